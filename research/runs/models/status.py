"""The states of runs and topics, and of what a person thinks of them."""

from collections.abc import Mapping
from datetime import timedelta

from django.db import models


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
CANCELLABLE = (Status.QUEUED, Status.RUNNING)
RETRIABLE = (Status.FAILED, Status.CANCELLED)


class Priority(models.IntegerChoices):
    """Which runs come first: none of a lower one starts a topic while a higher one has some."""

    LOW = -1, "low"
    NORMAL = 0, "normal"
    HIGH = 1, "high"


class Finding(models.TextChoices):
    """What a succeeded topic's result rests on."""

    FOUND = "found"
    NOTHING_FOUND = "nothing_found"
    UNCITED = "uncited"


class Verdict(models.TextChoices):
    """What stands of a claim: the verdicts of `research.claims`, as they are stored."""

    QUOTED = "quoted"
    SUPPORTED = "supported"
    DIFFERS = "differs"
    UNSUPPORTED = "unsupported"
    UNCITED = "uncited"
    INVENTED = "invented"


WORST_FIRST = (Verdict.INVENTED, Verdict.DIFFERS, Verdict.UNSUPPORTED, Verdict.UNCITED)
"""The verdicts that a person should look at."""


def rank(verdict: str) -> int:
    """How bad a verdict is, from 0, for one that holds, to 4."""
    return len(WORST_FIRST) - WORST_FIRST.index(verdict) if verdict in WORST_FIRST else 0


def in_words(counts: Mapping[str, int | None]) -> str:
    """`2 invented, 1 differs`: how many claims have the two worst verdicts, if any has."""
    told = {
        Verdict.INVENTED: "invented",
        Verdict.DIFFERS: "differs" if counts.get(Verdict.DIFFERS) == 1 else "differ",
    }
    return ", ".join(
        f"{counts[verdict]} {word}" for verdict, word in told.items() if counts.get(verdict)
    )


class Judge(models.TextChoices):
    """Who says that a claim has its verdict: the check of its text, a model, or a person."""

    TEXT = "text"
    MODEL = "model"
    PERSON = "person"


class Decision(models.TextChoices):
    """What a person decided of a claim."""

    NONE = "", "undecided"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    CORRECTED = "corrected"


class Review(models.TextChoices):
    """What a person thinks of a topic that has ended."""

    UNREVIEWED = "unreviewed"
    APPROVED = "approved"
    REJECTED = "rejected"

    @classmethod
    def of_run(cls, topics: Mapping[str, int]) -> "Review":
        """A run's review, from how many of its topics are in each state.

        It is unreviewed until all its topics are reviewed. One rejected topic makes it rejected.
        """
        if topics.get(cls.UNREVIEWED) or not any(topics.values()):
            return cls.UNREVIEWED
        return cls.REJECTED if topics.get(cls.REJECTED) else cls.APPROVED
