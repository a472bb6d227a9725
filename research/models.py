"""Runs and what they are made of. State verbs live on the models, collections on the QuerySets.

A verb changes rows and returns the events that tell of it; its caller hands them to
`research.events.record` in the same transaction.
"""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Count, F, Q
from django.db.models.functions import Coalesce, Now
from django.urls import reverse
from django.utils import timezone

from research.exceptions import NotFound


class Status(models.TextChoices):
    """States of a run and of a topic; `partial` is a run's only."""

    QUEUED = "queued"
    RUNNING = "running"
    CANCELLING = "cancelling"
    SUCCEEDED = "succeeded"
    PARTIAL = "partial"
    FAILED = "failed"
    CANCELLED = "cancelled"


TOPIC_STATUSES = [choice for choice in Status.choices if choice[0] != Status.PARTIAL]
OPEN = (Status.QUEUED, Status.RUNNING, Status.CANCELLING)
AT_WORK = (Status.RUNNING, Status.CANCELLING)
LEASE = timedelta(seconds=12)  # a claim that is not renewed for this long belongs to nobody
RETRIABLE = (Status.FAILED, Status.CANCELLED)


class Review(models.TextChoices):
    """What a person thinks of a finished run."""

    UNREVIEWED = "unreviewed"
    APPROVED = "approved"
    REJECTED = "rejected"


class Blueprint(models.Model):
    """A crew as data: agents, tasks, context and tools (schema in research.crews.blueprints)."""

    name = models.SlugField(unique=True)
    title = models.CharField(max_length=80)
    description = models.CharField(max_length=300)
    definition = models.JSONField()
    built_in = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering = ["-built_in", "-name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        from research.crews.blueprints import Definition

        try:
            Definition.model_validate(self.definition)
        except ValueError as error:
            raise ValidationError({"definition": str(error)}) from None


class RunQuerySet(models.QuerySet["Run"]):
    def newest_first(self) -> Self:
        return self.order_by("-created_at", "-id")

    def before(self, created_at: datetime, pk: uuid.UUID) -> Self:
        """The runs that stand after this one in `newest_first`, for paging without an offset."""
        return self.filter(Q(created_at__lt=created_at) | Q(created_at=created_at, id__lt=pk))

    def after(self, created_at: datetime, pk: uuid.UUID) -> Self:
        """The runs that stand before this one in `newest_first`."""
        return self.filter(Q(created_at__gt=created_at) | Q(created_at=created_at, id__gt=pk))

    def matching(self, words: str) -> Self:
        """Runs with a topic whose text or result holds all the words."""
        runs = self
        for word in words.split():
            held = Q(text__icontains=word) | Q(result__icontains=word)
            runs = runs.filter(models.Exists(Topic.objects.filter(held, run=models.OuterRef("pk"))))
        return runs

    def with_counts(self) -> Self:
        """Adds `topic_count`, `succeeded_count`, `failed_count`, `token_count` and `crew_time`."""
        worked = Coalesce("finished_at", Now()) - F("started_at")
        return self.annotate(
            topic_count=_per_run(Count("pk")),
            succeeded_count=_per_run(Count("pk", filter=Q(status=Status.SUCCEEDED))),
            failed_count=_per_run(Count("pk", filter=Q(status=Status.FAILED))),
            token_count=_per_run(models.Sum(F("prompt_tokens") + F("completion_tokens"))),
            crew_time=_per_run(models.Sum(worked), models.DurationField()),
        )

    def awaiting_review(self) -> Self:
        return self.exclude(status__in=OPEN).filter(review=Review.UNREVIEWED)


def _per_run(
    aggregate: models.Aggregate, output_field: "models.Field[Any, Any] | None" = None
) -> models.Subquery:
    """An aggregate over a run's topics as a subquery, so that it is worked out for a page only."""
    topics = Topic.objects.filter(run=models.OuterRef("pk")).order_by().values("run")
    return models.Subquery(
        topics.annotate(value=aggregate).values("value"),
        output_field=output_field or models.IntegerField(),
    )


class Run(models.Model):
    """One submission: many topics, one blueprint as it was then, one model."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    blueprint = models.CharField(max_length=50)
    definition = models.JSONField(help_text="The blueprint as it was when the run was submitted.")
    model = models.CharField(max_length=200)
    status = models.CharField(max_length=10, choices=Status, default=Status.QUEUED)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    last_seq = models.PositiveIntegerField(default=0)
    idempotency_key = models.CharField(max_length=200, null=True, unique=True)
    review = models.CharField(max_length=10, choices=Review, default=Review.UNREVIEWED)
    review_note = models.TextField(blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    reviewed_at = models.DateTimeField(null=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="run_newest"),  # history, API list
            models.Index(fields=["status", "-created_at"], name="run_by_status"),  # their filter
            models.Index(fields=["review", "-created_at"], name="run_by_review"),  # the admin's
        ]

    def __str__(self) -> str:
        return f"{self.blueprint} {str(self.id)[:8]}"

    def get_absolute_url(self) -> str:
        return reverse("run", args=[self.id])

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def wall_seconds(self) -> float | None:
        """From the first crew's start to the last one's end, or to now; None before the start."""
        return _span(self.started_at, self.finished_at)

    def topic_at(self, position: int) -> "Topic":
        """The topic at a position, from 1; raises NotFound."""
        topic = self.topics.filter(position=position).first()
        if topic is None:
            raise NotFound(thing="topic", name=position)
        return topic

    def begin(self) -> "list[NewEvent]":
        """A topic has started: the run is running, which is told once."""
        if self.status != Status.QUEUED:
            return []
        self.status, now = Status.RUNNING, timezone.now()
        begun = Run.objects.filter(pk=self.pk, status=Status.QUEUED).update(
            status=Status.RUNNING, started_at=self.started_at or now
        )
        if not begun:
            return []
        return [NewEvent(self.pk, "run.started", data={"model": self.model})]

    def cancel(self) -> "list[NewEvent]":
        """Cancels what is not finished; a run that has ended stays as it is."""
        asked = Run.objects.filter(pk=self.pk, status__in=(Status.QUEUED, Status.RUNNING)).update(
            status=Status.CANCELLING
        )
        events = [NewEvent(self.pk, "run.cancelling")] if asked else []
        for topic in self.topics.filter(status__in=(Status.QUEUED, Status.RUNNING)):
            events += topic.cancel()
        return events

    def retry(self) -> "list[NewEvent]":
        """Queues the failed and cancelled topics again."""
        return [
            event for topic in self.topics.filter(status__in=RETRIABLE) for event in topic.retry()
        ]

    def reopen(self) -> None:
        """A topic is queued again: the run has not finished after all."""
        Run.objects.filter(pk=self.pk).exclude(status__in=OPEN).update(
            status=Status.QUEUED, finished_at=None
        )

    def settle(self) -> "list[NewEvent]":
        """Finishes the run when none of its topics is open any more; the caller holds its row."""
        counts = dict(self.topics.order_by().values_list("status").annotate(Count("pk")))
        if any(counts.get(status) for status in OPEN):
            return []
        status = _sum_up(counts)
        finished = Run.objects.filter(pk=self.pk, status__in=OPEN).update(
            status=status, finished_at=timezone.now()
        )
        if not finished:
            return []
        return [NewEvent(self.pk, "run.finished", data={"status": status.value, "topics": counts})]

    def record_review(self, state: str, note: str, user: Any) -> None:
        """Keeps a person's verdict, and who gave it when."""
        self.review, self.review_note = state, note
        self.reviewed_by, self.reviewed_at = user, timezone.now()
        self.save(update_fields=["review", "review_note", "reviewed_by", "reviewed_at"])


def _sum_up(counts: dict[str, int]) -> Status:
    """A finished run's state from how many of its topics ended how."""
    ended = {status for status, number in counts.items() if number}
    if ended == {Status.SUCCEEDED}:
        return Status.SUCCEEDED
    if Status.SUCCEEDED in ended:
        return Status.PARTIAL
    return Status.FAILED if Status.FAILED in ended else Status.CANCELLED


def _span(start: datetime | None, end: datetime | None) -> float | None:
    return ((end or timezone.now()) - start).total_seconds() if start else None


class TopicQuerySet(models.QuerySet["Topic"]):
    def next_in_line(self, limit: int, run: uuid.UUID | None = None) -> "list[Topic]":
        """Queued topics, every run's first ones before any run's second ones.

        Topics of the same run share its object.
        """
        waiting = self.filter(status=Status.QUEUED)
        if run:
            waiting = waiting.filter(run=run)
        return list(waiting.order_by("position", "pk").prefetch_related("run")[:limit])

    def renew_leases(self) -> None:
        self.filter(status__in=AT_WORK).update(lease_until=timezone.now() + LEASE)

    def to_be_stopped(self) -> Self:
        return self.filter(status=Status.CANCELLING)

    def abandoned(self) -> Self:
        """Topics whose worker stopped renewing its lease."""
        return self.filter(status__in=AT_WORK, lease_until__lt=timezone.now())

    def crew_seconds(self) -> float:
        """The time all crews worked, added up; those at work count to now."""
        spans = self.exclude(started_at=None).values_list("started_at", "finished_at")
        return sum(_span(start, end) or 0 for start, end in spans)


class Topic(models.Model):
    """One line of a run: what one crew works on, and what came of it."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="topics")
    position = models.PositiveIntegerField()
    text = models.TextField()
    status = models.CharField(max_length=10, choices=TOPIC_STATUSES, default=Status.QUEUED)
    attempt = models.PositiveIntegerField(default=1)
    result = models.TextField(blank=True)
    error_kind = models.CharField(max_length=40, blank=True)
    error_message = models.TextField(blank=True)
    prompt_tokens = models.PositiveIntegerField(default=0)
    completion_tokens = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)

    objects = TopicQuerySet.as_manager()

    class Meta:
        ordering = ["run", "position"]
        constraints = [
            models.UniqueConstraint(fields=["run", "position"], name="one_topic_per_position")
        ]
        indexes = [
            models.Index(fields=["status", "position"], name="topic_queue"),  # next_in_line
        ]

    def __str__(self) -> str:
        return self.text[:80]

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def seconds(self) -> float | None:
        """How long the crew worked, to now while it does; None before it started."""
        return _span(self.started_at, self.finished_at)

    @property
    def error(self) -> dict[str, str] | None:
        if not self.error_kind:
            return None
        return {"kind": self.error_kind, "message": self.error_message}

    def claim(self) -> "list[NewEvent] | None":
        """Takes a queued topic for the caller, who then renews its lease; None when it is gone."""
        now = timezone.now()
        taken = Topic.objects.filter(pk=self.pk, status=Status.QUEUED, attempt=self.attempt).update(
            status=Status.RUNNING,
            started_at=self.started_at or now,
            lease_until=now + LEASE,
        )
        if not taken:
            return None
        kind = "topic.resumed" if self.started_at else "topic.started"
        return [*self.run.begin(), self.event(kind, attempt=self.attempt)]

    def succeed(self, result: str) -> "list[NewEvent]":
        return self._finish(Status.SUCCEEDED, "topic.succeeded", {}, result=result)

    def fail(self, kind: str, message: str) -> "list[NewEvent]":
        """Ends the topic with a kind and a sentence that a person can act on."""
        error = {"kind": kind, "message": message}
        return self._finish(
            Status.FAILED,
            "topic.failed",
            {"error": error},
            error_kind=kind,
            error_message=message,
        )

    def cancel(self) -> "list[NewEvent]":
        """Cancels a queued topic, or asks its worker to; one that has ended stays as it is."""
        now = timezone.now()
        queued = Topic.objects.filter(pk=self.pk, status=Status.QUEUED).update(
            status=Status.CANCELLED, finished_at=now
        )
        if queued:
            return [self.event("topic.cancelled")]
        Topic.objects.filter(pk=self.pk, status=Status.RUNNING).update(status=Status.CANCELLING)
        return []

    def let_go(self) -> "list[NewEvent]":
        """The topic's worker stops: it is cancelled if that was asked for, else queued again.

        The next claim resumes it.
        """
        cancelling = Topic.objects.filter(pk=self.pk, status=Status.CANCELLING)
        cancelled = cancelling.update(
            status=Status.CANCELLED, finished_at=timezone.now(), lease_until=None
        )
        if cancelled:
            return [self.event("topic.cancelled")]
        Topic.objects.filter(pk=self.pk, status=Status.RUNNING).update(
            status=Status.QUEUED, lease_until=None
        )
        return []

    def retry(self) -> "list[NewEvent]":
        """Queues a failed or cancelled topic again; what the last attempt left is kept."""
        again = Topic.objects.filter(pk=self.pk, status__in=RETRIABLE, attempt=self.attempt).update(
            status=Status.QUEUED,
            attempt=self.attempt + 1,
            error_kind="",
            error_message="",
            started_at=None,
            finished_at=None,
        )
        if not again:
            return []
        self.run.reopen()
        return [self.event("topic.retried", attempt=self.attempt + 1)]

    def _finish(
        self, status: Status, kind: str, data: dict[str, Any], **fields: Any
    ) -> "list[NewEvent]":
        """Leaves AT_WORK once: a second ending of the same topic changes and tells nothing."""
        ended = Topic.objects.filter(pk=self.pk, status__in=AT_WORK).update(
            status=status, finished_at=timezone.now(), lease_until=None, **fields
        )
        return [self.event(kind, **data)] if ended else []

    def event(self, kind: str, **data: Any) -> "NewEvent":
        return NewEvent(self.run_id, kind, self.position, data)


class TaskResult(models.Model):
    """What one task of a topic's crew put out; a resumed crew starts from these."""

    topic = models.ForeignKey(Topic, models.CASCADE, related_name="task_results")
    attempt = models.PositiveIntegerField()
    index = models.PositiveIntegerField(help_text="The task's place in the blueprint, from 0.")
    name = models.CharField(max_length=100)
    agent = models.CharField(max_length=200)
    output = models.TextField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()

    class Meta:
        ordering = ["topic", "attempt", "index"]
        constraints = [
            models.UniqueConstraint(
                fields=["topic", "attempt", "index"], name="one_result_per_task"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Source(models.Model):
    """What a tool returned, as this topic saw it; a report cites it by number."""

    topic = models.ForeignKey(Topic, models.CASCADE, related_name="sources")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=300)
    url = models.CharField(max_length=2000, blank=True)
    text = models.TextField()
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["topic", "number"]
        constraints = [
            models.UniqueConstraint(fields=["topic", "number"], name="one_source_per_number")
        ]

    def __str__(self) -> str:
        return f"[{self.number}] {self.title}"


class NewEvent:
    """An event that has no `seq` yet."""

    __slots__ = ("at", "data", "kind", "position", "run_id")

    def __init__(
        self,
        run_id: uuid.UUID,
        kind: str,
        position: int | None = None,
        data: dict[str, Any] | None = None,
    ) -> None:
        self.run_id, self.kind, self.position = run_id, kind, position
        self.data = data or {}
        self.at = timezone.now()


class EventQuerySet(models.QuerySet["Event"]):
    def after(self, seq: int) -> Self:
        return self.filter(seq__gt=seq).order_by("seq")

    def telling(self) -> Self:
        """Each topic's last event that says what its crew does now; for the events of one run."""
        last = self.filter(kind__in=Event.TELLING).order_by().values("position")
        return self.filter(seq__in=last.annotate(last=models.Max("seq")).values("last"))


class Event(models.Model):
    """Something that happened in a run. `seq` counts 1, 2, 3 … within the run, without a gap."""

    class Kind(models.TextChoices):
        RUN_STARTED = "run.started"
        RUN_CANCELLING = "run.cancelling"
        RUN_FINISHED = "run.finished"
        TOPIC_QUEUED = "topic.queued"
        TOPIC_STARTED = "topic.started"
        TOPIC_RESUMED = "topic.resumed"
        TOPIC_SUCCEEDED = "topic.succeeded"
        TOPIC_FAILED = "topic.failed"
        TOPIC_CANCELLED = "topic.cancelled"
        TOPIC_RETRIED = "topic.retried"
        TASK_STARTED = "task.started"
        TASK_FINISHED = "task.finished"
        LLM_STARTED = "llm.started"
        LLM_FINISHED = "llm.finished"
        LLM_FAILED = "llm.failed"
        TOOL_STARTED = "tool.started"
        TOOL_FINISHED = "tool.finished"
        TOOL_FAILED = "tool.failed"
        SOURCE_FOUND = "source.found"

    TELLING = (
        Kind.TOPIC_STARTED,
        Kind.TOPIC_RESUMED,
        Kind.TASK_STARTED,
        Kind.LLM_STARTED,
        Kind.TOOL_STARTED,
    )

    run = models.ForeignKey(Run, models.CASCADE, related_name="events")
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=20, choices=Kind)
    position = models.PositiveIntegerField(null=True, help_text="The topic's, or none.")
    at = models.DateTimeField()
    data = models.JSONField()

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["run", "seq"]
        constraints = [models.UniqueConstraint(fields=["run", "seq"], name="one_event_per_seq")]

    def __str__(self) -> str:
        return f"{self.seq} {self.kind}"

    def as_json(self) -> dict[str, Any]:
        """The event as the WebSocket and the API send it."""
        return {
            "seq": self.seq,
            "kind": self.kind,
            "topic": self.position,
            "at": self.at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{self.at.microsecond // 1000:03d}Z",
            "data": self.data,
        }


def touched_runs(events: Iterable[NewEvent]) -> Sequence[uuid.UUID]:
    """The runs of some events, each once, in a fixed order so that two writers cannot deadlock."""
    return sorted({event.run_id for event in events})
