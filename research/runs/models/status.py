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
