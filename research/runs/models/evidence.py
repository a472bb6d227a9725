"""What a topic's crew put out and saw; kept as evidence, and changed by nobody."""

import hashlib

from django.db import models
from django.utils import timezone

from research.runs.models.event import NewEvent
from research.runs.models.topic import Topic
from research.runs.rows import insert, row_of


class TaskResult(models.Model):
    """What one task of a topic's crew put out; a resumed crew starts from these."""

    topic = models.ForeignKey(Topic, models.CASCADE, related_name="task_results")
    attempt = models.PositiveIntegerField()
    index = models.PositiveIntegerField(help_text="The task's place in the blueprint, from 0.")
    name = models.CharField(max_length=100)
    agent = models.CharField(max_length=200)
    output = models.TextField()
    reasoning = models.TextField(
        blank=True, db_default="", help_text="What the model thought aloud; no part of the output."
    )
    first_output = models.TextField(
        blank=True, db_default="", help_text="Before the crew mended what did not hold in it."
    )
    dropped = models.JSONField(
        null=True, help_text="Claims that were taken out because they did not hold."
    )
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

    def keep(self, is_incomplete: bool = False) -> list[NewEvent]:
        """Stores the output; a topic that gets on is no longer a suspect.

        A topic that rests on an output which the provider cut says so.

        The topic's object keeps its count of crashes: the change may have to be made again.
        """
        insert(TaskResult, [row_of(self)])
        if self.topic.crashes or is_incomplete:
            marks = {"incomplete": True} if is_incomplete else {}
            Topic.objects.filter(pk=self.topic.pk).update(crashes=0, **marks)
        return []


class Source(models.Model):
    """What a tool returned, as this topic saw it; a report cites it by number."""

    topic = models.ForeignKey(Topic, models.CASCADE, related_name="sources")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=300)
    url = models.CharField(max_length=2000, blank=True)
    text = models.TextField()
    seen_at = models.DateTimeField(default=timezone.now)
    digest = models.CharField(
        max_length=64, blank=True, db_default="", help_text="The text's SHA-256; empty: unknown."
    )
    origin = models.JSONField(
        null=True, help_text="A search engine and query, or a library document and its version."
    )

    class Meta:
        ordering = ["topic", "number"]
        constraints = [
            models.UniqueConstraint(fields=["topic", "number"], name="one_source_per_number")
        ]

    def __str__(self) -> str:
        return f"[{self.number}] {self.title}"

    @property
    def is_altered(self) -> bool:
        """Whether the text is another one than the crew saw; never where no hash was kept."""
        return bool(self.digest) and self.digest != digest_of(self.text)


def digest_of(text: str) -> str:
    """A text's SHA-256 in hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()
