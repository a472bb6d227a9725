"""What a topic's result claims, sentence by sentence, and whether it holds."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from research.kinds import Kind
from research.runs.models.claim_queries import Checked, ClaimQuerySet
from research.runs.models.event import NewEvent
from research.runs.models.status import Decision, Judge, Verdict, rank
from research.runs.models.topic import Topic
from research.text.cleaning import clean

MAX_CORRECTION = 4_000  # characters


class Claim(models.Model):
    """A sentence, bullet or cell of a topic's result, with a verdict and what that rests on.

    A claim of an earlier attempt stays; the result that it stood in does not.
    """

    topic = models.ForeignKey(Topic, models.CASCADE, related_name="claims")
    attempt = models.PositiveIntegerField()
    index = models.PositiveIntegerField(help_text="The claim's place in the result, from 0.")
    text = models.TextField()
    start = models.PositiveIntegerField(help_text="Its first character in the result.")
    end = models.PositiveIntegerField(help_text="The character behind its last one.")
    citations = models.JSONField(default=list, help_text="Numbers of the sources it cites.")
    verdict = models.CharField(max_length=12, choices=Verdict, help_text="What stands now.")
    by = models.CharField(max_length=6, choices=Judge, default=Judge.TEXT)
    found = models.CharField(
        max_length=12, choices=Verdict, help_text="The check's verdict, whatever a person decided."
    )
    found_by = models.CharField(max_length=6, choices=Judge, default=Judge.TEXT)
    rank = models.PositiveSmallIntegerField(
        default=0, help_text="How bad the check's verdict is; 0 holds."
    )
    reason = models.TextField(blank=True)
    evidence = models.JSONField(
        default=list, help_text="Passages: source, start and end in its text, quote."
    )
    awaiting = models.BooleanField(
        default=False, help_text="It needs a person, and none has decided."
    )
    decision = models.CharField(max_length=10, choices=Decision, blank=True)
    correction = models.TextField(blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        ordering = ["topic", "attempt", "index"]
        constraints = [
            models.UniqueConstraint(
                fields=["topic", "attempt", "index"], name="one_claim_per_index"
            )
        ]
        indexes = [
            models.Index(  # awaiting_review: the desk's pages, and the count beside its link
                fields=["-rank", "topic", "index"],
                condition=Q(awaiting=True),
                name="claim_awaiting",
            ),
            models.Index(  # decided
                fields=["-decided_at", "-id"], condition=~Q(decision=""), name="claim_decided"
            ),
        ]

    def __str__(self) -> str:
        return self.text[:80]

    @classmethod
    def of(cls, topic: Topic, index: int, claim: Checked) -> Self:
        """The row for a claim that was found in the topic's result, as that is stored."""
        verdict, by = str(claim.verdict), str(claim.by)
        evidence = [
            {"source": e.source, "start": e.start, "end": e.end, "quote": e.quote}
            for e in claim.evidence
        ]
        return cls(
            topic=topic,
            attempt=topic.attempt,
            index=index,
            text=claim.text,
            start=claim.start,
            end=claim.end,
            citations=list(claim.citations),
            verdict=verdict,
            by=by,
            found=verdict,
            found_by=by,
            rank=rank(verdict),
            reason=claim.reason,
            evidence=evidence,
            awaiting=rank(verdict) > 0 and not topic.is_judged,
        )

    @property
    def is_decided(self) -> bool:
        return self.decision != Decision.NONE

    @property
    def version(self) -> str:
        """Another one after each decision, and for the same place in a later result."""
        decided = self.decided_at.isoformat() if self.decided_at else ""
        return f"{self.attempt} {decided}"

    def decide(self, decision: Decision, by: Any, correction: str = "") -> list[NewEvent]:
        """Keeps what a person decided, or takes it back; the caller holds the topic's row.

        The topic's counts follow, and so does its review, unless a person gave it one.
        """
        self.decision = decision
        self.correction = clean(correction) if decision == Decision.CORRECTED else ""
        is_decided = decision != Decision.NONE
        self.decided_by = by if is_decided else None
        self.decided_at = timezone.now() if is_decided else None
        self.verdict, self.by = self._standing()
        self.awaiting = self.rank > 0 and not is_decided and not self.topic.is_judged
        self.save(update_fields=DECIDED)
        checked = Claim.objects.filter(topic=self.topic, attempt=self.attempt).counts()
        told = {"claim": self.index, "decision": decision.value or None, "checked": checked}
        who = by and by.get_username()
        return [
            self.topic.event(Kind.CLAIM_CHECKED, **told, by=who),
            *self.topic.follow_claims(checked, by),
        ]

    def _standing(self) -> tuple[str, str]:
        """The verdict after the decision, and who says so.

        What is accepted or corrected holds. What is rejected does not, even where its text did.
        """
        match self.decision:
            case Decision.NONE:
                return self.found, self.found_by
            case Decision.REJECTED:
                verdict = self.found if self.rank else Verdict.UNSUPPORTED
            case Decision.ACCEPTED if self.rank == 0:
                verdict = self.found
            case _:
                verdict = Verdict.SUPPORTED
        return verdict, Judge.PERSON


DECIDED = ("decision", "correction", "decided_by", "decided_at", "verdict", "by", "awaiting")
