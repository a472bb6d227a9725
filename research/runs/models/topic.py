"""A topic: one line of a run, which one crew works on."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils import timezone

from research.kinds import Kind
from research.runs.models.event import NewEvent
from research.runs.models.fields import OrderedJSONField
from research.runs.models.status import (
    AT_WORK,
    OPEN,
    RETRIABLE,
    TOPIC_STATUSES,
    Finding,
    Priority,
    Review,
    Status,
    in_words,
)
from research.runs.models.topic_queries import (
    MAX_CRASHES,
    NOTHING_RESERVED,
    SUSPECT,
    TopicQuerySet,
)
from research.tables.naming import MOST_NAMES
from research.text.cleaning import MAX_FIELD, clean

if TYPE_CHECKING:
    from research.runs.models.claim_queries import Checked
    from research.tables.cell import Cell

CRASHED = (
    "The process that ran this topic fell three times in a row. Look at the site's log for what "
    "brought it down; then retry."
)
MAX_NOTE = 2_000  # characters of a reviewer's note
NO_RESULT: dict[str, Any] = {
    "result": "",
    "finding": "",
    "incomplete": False,
    "unknown_citations": None,
    "checked": None,
    "check_note": "",
}
NO_REVIEW: dict[str, Any] = {
    "review_follows": False,
    "review": Review.UNREVIEWED,
    "review_note": "",
    "reviewed_by": None,
    "reviewed_at": None,
}
QUEUED_AGAIN: dict[str, Any] = {
    "status": Status.QUEUED,
    "turn": 0,  # its place in the line is given by who queues it
    "error_kind": "",
    "error_message": "",
    "crashes": 0,
    "job": None,
    "started_at": None,
    "finished_at": None,
    **NO_REVIEW,
}
ASKED_AGAIN: dict[str, Any] = {
    "attempt": F("attempt") + 1,
    "anew_from": F("attempt") + 1,
    **QUEUED_AGAIN,
}
"""A topic that has ended, queued again for some cells of its row; its result stays until then."""


def _feedback(note: str) -> str:
    """A reviewer's note as the next crew is told it, in one paragraph."""
    said = " ".join(note.split())
    return f"A reviewer rejected the last result: {said or 'it was not good enough.'}"


def span(start: datetime | None, end: datetime | None) -> float | None:
    """Seconds from start to end, or to now; None without a start."""
    return ((end or timezone.now()) - start).total_seconds() if start else None


class Topic(models.Model):
    """One line of a run: what one crew works on, and what came of it."""

    run = models.ForeignKey("research.Run", models.CASCADE, related_name="topics")
    position = models.PositiveIntegerField()
    text = models.TextField()
    inputs = OrderedJSONField(
        default=dict,
        db_default=models.Value({}, OrderedJSONField()),
        help_text="The rest of its row: what blueprints name as {website}.",
    )
    asked = models.JSONField(
        null=True, help_text="Columns that this attempt is to fill in; null: all of them."
    )
    status = models.CharField(max_length=10, choices=TOPIC_STATUSES, default=Status.QUEUED)
    priority = models.SmallIntegerField(  # the run's, here for the line's index
        choices=Priority, default=Priority.NORMAL, db_default=Priority.NORMAL
    )
    turn = models.PositiveIntegerField(
        default=0, db_default=0, help_text="Its team's turn in the line at which it goes."
    )
    attempt = models.PositiveIntegerField(default=1)
    result = models.TextField(blank=True)
    finding = models.CharField(max_length=15, choices=Finding, blank=True, db_default="")
    incomplete = models.BooleanField(
        default=False, db_default=False, help_text="The provider cut the answer."
    )
    unknown_citations = models.PositiveIntegerField(
        null=True, help_text="Cited numbers of sources that the crew never saw."
    )
    checked = models.JSONField(
        null=True, help_text="How many claims the result makes, and with which verdicts."
    )
    check_note = models.TextField(
        blank=True, db_default="", help_text="What of the result could not be checked, and why."
    )
    error_kind = models.CharField(max_length=40, blank=True)
    error_message = models.TextField(blank=True)
    prompt_tokens = models.PositiveIntegerField(default=0)
    completion_tokens = models.PositiveIntegerField(default=0)
    tokens_estimated = models.BooleanField(
        default=False, db_default=False, help_text="The provider told no usage for some call."
    )
    model_calls = models.PositiveIntegerField(default=0, help_text="Those that were answered.")
    prompt_reserved = models.PositiveIntegerField(
        default=0, help_text="Tokens that the run's budget holds for prompts of open calls."
    )
    completion_reserved = models.PositiveIntegerField(
        default=0, help_text="Tokens that the run's budget holds for answers to open calls."
    )
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    review = models.CharField(
        max_length=10, choices=Review, default=Review.UNREVIEWED, db_default=Review.UNREVIEWED
    )
    review_note = models.TextField(blank=True, db_default="")
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    reviewed_at = models.DateTimeField(null=True)
    review_follows = models.BooleanField(
        default=False, db_default=False, help_text="The review follows from decisions on claims."
    )
    feedback = models.TextField(
        blank=True,
        db_default="",
        help_text="What a reviewer said of the last result, for the crew.",
    )
    anew_from = models.PositiveIntegerField(
        default=1, db_default=1, help_text="Finished tasks of earlier attempts are not reused."
    )
    job = models.BigIntegerField(null=True, help_text="Procrastinate's, where it carries the work.")
    worker = models.CharField(max_length=80, blank=True, help_text="Who claimed it last.")
    lease_until = models.DateTimeField(null=True)
    crashes = models.PositiveIntegerField(
        default=0, help_text="Workers that fell with it in a row, without a task finished between."
    )

    objects = TopicQuerySet.as_manager()

    claimed_at: datetime | None = None
    """When the worker that holds this object took the topic; not stored."""
    is_resumed = False
    """Whether another worker has begun this attempt before; known once claimed, not stored."""

    class Meta:
        ordering = ["run", "position"]
        constraints = [
            models.UniqueConstraint(fields=["run", "position"], name="one_topic_per_position")
        ]
        indexes = [
            # next_in_line
            models.Index(fields=["status", "-priority", "crashes", "turn"], name="topic_line"),
            # The admin's filters, whose lists begin with the newest.
            models.Index(fields=["review", "-id"], name="topic_by_review"),
            models.Index(fields=["error_kind", "-id"], name="topic_by_error"),
            models.Index(fields=["finding", "-id"], name="topic_by_finding"),
            models.Index(fields=["-unknown_citations", "-id"], name="topic_by_citations"),
        ]

    def __str__(self) -> str:
        return self.text[:80]

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def is_retriable(self) -> bool:
        """Whether `retry` takes it: a result that was not rejected stays."""
        rejected = self.status == Status.SUCCEEDED and self.review == Review.REJECTED
        return self.status in RETRIABLE or rejected

    @property
    def is_judged(self) -> bool:
        """Whether a person gave the topic a review of its own: none that follows from claims."""
        return self.review != Review.UNREVIEWED and not self.review_follows

    @property
    def is_suspect(self) -> bool:
        """Whether one more fall would be the topic's last."""
        return self.crashes >= SUSPECT

    @property
    def queued_at(self) -> datetime:
        """When it was submitted, or retried last."""
        if self.attempt == 1:
            return self.run.created_at
        retried = self.run.events.filter(kind=Kind.TOPIC_RETRIED, position=self.position)
        return retried.latest("seq").at

    @property
    def seconds(self) -> float | None:
        """How long the crew worked, to now while it does; None before it started."""
        return span(self.started_at, self.finished_at)

    @property
    def tokens(self) -> int:
        return self.prompt_tokens + self.completion_tokens

    @property
    def concerns(self) -> list[str]:
        """What a reviewer should look at, in a word or two each."""
        unknown = self.unknown_citations
        told = (
            self.error_kind.replace("_", " "),
            "" if self.finding in ("", Finding.FOUND) else self.finding.replace("_", " "),
            f"{unknown} unknown citation{'s' if unknown > 1 else ''}" if unknown else "",
            self.doubts,
            "incomplete" if self.incomplete else "",
        )
        return [concern for concern in told if concern]

    @property
    def doubts(self) -> str:
        """`2 invented, 1 differs`: the claims that do not hold at all; else empty."""
        return in_words(self.checked or {})

    def other_rows(self) -> tuple[str, ...]:
        """What the other rows of its table are about; the first of them where they are many."""
        others = self.run.topics.exclude(pk=self.pk).order_by("position")
        return tuple(others.values_list("text", flat=True)[:MOST_NAMES])

    @property
    def error(self) -> dict[str, str] | None:
        if not self.error_kind:
            return None
        return {"kind": self.error_kind, "message": self.error_message}

    def begin(self, worker: str, now: datetime) -> list[NewEvent]:
        """The topic was claimed: it has started, or goes on, and so does its run."""
        self.is_resumed = self.started_at is not None
        self.status, self.worker, self.claimed_at = Status.RUNNING, worker, now
        self.started_at = self.started_at or now
        if not self.is_resumed:
            waited = round((now - self.queued_at).total_seconds(), 3)
            event = self.event(Kind.TOPIC_STARTED, attempt=self.attempt, waited=waited)
        else:
            event = self.event(Kind.TOPIC_RESUMED, attempt=self.attempt)
        return [*self.run.begin(), event]

    def succeed(
        self,
        result: str,
        finding: Finding | None = None,
        unknown_citations: int | None = None,
        claims: "Sequence[Checked] | None" = None,
        check_note: str = "",
        cells: "Iterable[Cell]" = (),
    ) -> list[NewEvent]:
        """Ends the topic with its result, and with what that rests on if it is known.

        `claims` are those of the result as it is stored; None: it could not be checked, for the
        reason in `check_note`. `cells` are those that this attempt has filled in.
        """
        told = {"finding": finding.value} if finding else {}
        ended = self._finish(
            Status.SUCCEEDED,
            Kind.TOPIC_SUCCEEDED,
            told,
            result=clean(result),
            finding=finding or "",
            unknown_citations=unknown_citations,
            check_note=check_note,
        )
        if not ended:
            return []
        found = self.cells.keep(self, cells)
        return [*found, *(self.keep_claims(claims) if claims is not None else ()), *ended]

    def keep_claims(self, claims: "Sequence[Checked]") -> list[NewEvent]:
        """Stores what the topic's result claims; the caller holds the topic's row."""
        checked = self.claims.keep(self, claims)
        self._change(Topic.objects.filter(pk=self.pk), checked=checked)
        return [self.event(Kind.CLAIM_CHECKED, checked=checked)]

    def fail(self, kind: str, message: str) -> list[NewEvent]:
        """Ends the topic with a kind and a sentence that a person can act on."""
        message = clean(message, MAX_FIELD)
        error = {"kind": kind, "message": message}
        return self._finish(
            Status.FAILED,
            Kind.TOPIC_FAILED,
            {"error": error},
            error_kind=kind,
            error_message=message,
        )

    def cancel(self) -> list[NewEvent]:
        """Cancels a queued topic, or asks its worker to; one that has ended stays as it is."""
        this = Topic.objects.filter(pk=self.pk)
        if self._change(
            this.filter(status=Status.QUEUED),
            status=Status.CANCELLED,
            finished_at=timezone.now(),
        ):
            return [self.event(Kind.TOPIC_CANCELLED)]
        self._change(this.filter(status=Status.RUNNING), status=Status.CANCELLING)
        return []

    def let_go(self) -> list[NewEvent]:
        """The topic's worker stops: it is cancelled if that was asked for, else queued again.

        The next claim resumes it.
        """
        own = self._own()
        if self._change(
            own.filter(status=Status.CANCELLING),
            status=Status.CANCELLED,
            finished_at=timezone.now(),
            lease_until=None,
            **NOTHING_RESERVED,
        ):
            return [self.event(Kind.TOPIC_CANCELLED, **self._worked())]
        self._change(
            own.filter(status=Status.RUNNING),
            status=Status.QUEUED,
            lease_until=None,
            **NOTHING_RESERVED,
        )
        return []

    def lost(self) -> list[NewEvent]:
        """The topic's worker is gone without a word: as `let_go`, but not for ever.

        A topic that was at work in three falls in a row, with no task finished between, fails.
        """
        if self.crashes + 1 >= MAX_CRASHES:
            return self.fail("crashed", CRASHED)
        self._change(self._own(), crashes=self.crashes + 1)
        return self.let_go()

    def retry(self) -> list[NewEvent]:
        """Queues a failed, cancelled or rejected topic again; its finished tasks are kept.

        After a rejection the crew starts anew instead, and is told what the reviewer said.
        """
        attempt, told = self.attempt + 1, {}
        anew: dict[str, Any] = {}
        if self.review == Review.REJECTED:
            note = self.review_note or self.claims.objections(self.attempt)
            told = {"note": note}
            anew = {"feedback": _feedback(note), "anew_from": attempt, "asked": None}
        if not self._change(
            Topic.objects.filter(pk=self.pk, attempt=self.attempt).retriable(),
            attempt=attempt,
            **QUEUED_AGAIN,
            **NO_RESULT,
            **anew,
        ):
            return []
        self.claims.retire()
        self.run.reopen()
        return [self.event(Kind.TOPIC_RETRIED, attempt=attempt, **told)]

    def judge(self, state: Review, note: str | None, by: Any) -> list[NewEvent]:
        """Keeps what a person thinks of the topic, once it has ended; None leaves the last note."""
        note = self.review_note if note is None else clean(note, MAX_NOTE)
        if not self._change(
            Topic.objects.filter(pk=self.pk, attempt=self.attempt).exclude(status__in=OPEN),
            review=state,
            review_note=note,
            reviewed_by=by,
            reviewed_at=timezone.now(),
            review_follows=False,
        ):
            return []
        if self.checked is not None:
            self.claims.filter(attempt=self.attempt).await_person(self.is_judged)
        who = by and by.get_username()
        return [self.event(Kind.TOPIC_REVIEWED, state=state.value, note=note, by=who)]

    def follow_claims(self, checked: dict[str, int], by: Any) -> list[NewEvent]:
        """A claim was decided: the counts follow, and so does the review.

        Once no claim needs a person any more, the topic is rejected if one of its claims was, else
        approved. A review that a person gave the topic itself stays.
        """
        self._change(Topic.objects.filter(pk=self.pk), checked=checked)
        if self.is_judged:
            return []
        state = self.claims.review(self.attempt)
        return self.follow(state, by) if state != self.review else []

    def follow(self, state: Review, by: Any) -> list[NewEvent]:
        """Keeps what follows from decisions on claims, of this topic or of its run's others."""
        events = self.judge(state, None, by)
        self._change(Topic.objects.filter(pk=self.pk), review_follows=True)
        return events

    def reserve(self, prompt: int, completion: int) -> None:
        """Holds tokens of the run's budget for a model call.

        Changes the row only, not this object: other calls of the topic change it as well. A
        worker that takes the topic over from a dead one frees what that one held.
        """
        self._own().update(
            prompt_reserved=F("prompt_reserved") + prompt,
            completion_reserved=F("completion_reserved") + completion,
        )

    def release(self, prompt: int, completion: int) -> None:
        """Gives back what `reserve` held, unless the topic's end has done so; in the row only."""
        self._own().update(
            prompt_reserved=Greatest(F("prompt_reserved") - prompt, 0),
            completion_reserved=Greatest(F("completion_reserved") - completion, 0),
        )

    def _finish(
        self, status: Status, kind: Kind, data: dict[str, Any], **fields: Any
    ) -> list[NewEvent]:
        """Leaves AT_WORK once: a second ending of the same topic changes and tells nothing.

        Nor does one by a worker that was taken for dead, whose topic another one has by now.
        """
        ended = self._change(
            self._own(),
            status=status,
            finished_at=timezone.now(),
            lease_until=None,
            **NOTHING_RESERVED,
            **fields,
        )
        return [self.event(kind, **data, **self._worked())] if ended else []

    def _worked(self) -> dict[str, float]:
        """Seconds since this worker claimed the topic; nothing where another one has."""
        if self.claimed_at is None:
            return {}
        return {"seconds": round((timezone.now() - self.claimed_at).total_seconds(), 3)}

    def _change(self, rows: TopicQuerySet, **values: Any) -> bool:
        """Updates the topic's row if it is among `rows`, and this object with it."""
        if not rows.update(**values):
            return False
        for name, value in values.items():
            setattr(self, name, value)
        return True

    def _own(self) -> TopicQuerySet:
        """The topic while its worker works on this attempt; else none."""
        return Topic.objects.filter(
            pk=self.pk, status__in=AT_WORK, worker=self.worker, attempt=self.attempt
        )

    def event(self, kind: str, **data: Any) -> "NewEvent":
        return NewEvent(self.run_id, kind, self.position, data)
