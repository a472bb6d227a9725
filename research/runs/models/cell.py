"""The cells of a table: what was found for each column of a row, with its proof."""

from collections.abc import Iterable
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from research.claims.claim import Verdict as Judged
from research.kinds import Kind
from research.runs.models.event import NewEvent
from research.runs.models.status import Verdict
from research.runs.models.topic import Topic
from research.tables.cell import Cell as Found
from research.tables.cell import Value
from research.text.cleaning import clean

MAX_CELL_NOTE = 2_000  # characters


class CellQuerySet(models.QuerySet["Cell"]):
    def filled(self) -> Self:
        """Those that a crew has answered, be it that it found nothing."""
        return self.filter(attempt__gt=0)

    def standing(self) -> Self:
        """Those with a value, a crew's or a person's."""
        return self.filter(Q(value__isnull=False) | Q(correction__isnull=False))

    def with_people(self) -> Self:
        """With who noted and who corrected them."""
        return self.select_related("noted_by", "corrected_by")

    def keep(self, topic: Topic, found: Iterable[Found]) -> list[NewEvent]:
        """Stores what a crew found, in place of what an earlier one did.

        Notes and corrections are a person's, and stay. The caller holds the topic's row.
        """
        found = list(found)
        rows = [Cell.of(topic, cell) for cell in found]
        Cell.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["topic", "column"],
            update_fields=[*FOUND, "attempt", "found_at"],
        )
        return [
            topic.event(Kind.VALUE_FOUND, column=cell.column, **cell.as_data()) for cell in found
        ]


class Cell(models.Model):
    """A value of a topic's row, or why there is none; `quote` stands at `start` in its source."""

    topic = models.ForeignKey(Topic, models.CASCADE, related_name="cells")
    column = models.CharField(max_length=80)
    attempt = models.PositiveIntegerField(help_text="The attempt that found it; 0: none has.")
    value = models.JSONField(null=True, help_text="Of the column's type; null: not found.")
    verdict = models.CharField(max_length=12, choices=Verdict, blank=True)
    quote = models.TextField(blank=True)
    source = models.PositiveIntegerField(null=True, help_text="The number of the topic's source.")
    start = models.PositiveIntegerField(null=True)
    reason = models.TextField(blank=True)
    found_at = models.DateTimeField(default=timezone.now)
    note = models.TextField(blank=True, db_default="")
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    noted_at = models.DateTimeField(null=True)
    correction = models.JSONField(null=True, help_text="A person's value, in place of the crew's.")
    corrected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    corrected_at = models.DateTimeField(null=True)

    objects = CellQuerySet.as_manager()

    class Meta:
        ordering = ["topic", "id"]
        constraints = [
            models.UniqueConstraint(fields=["topic", "column"], name="one_cell_per_column")
        ]

    def __str__(self) -> str:
        return f"{self.column}: {self.value}"

    @classmethod
    def of(cls, topic: Topic, found: Found) -> "Cell":
        """The row for what was found."""
        return cls(
            topic=topic,
            column=found.column,
            attempt=topic.attempt,
            value=found.value,
            verdict=found.verdict.value if found.verdict else "",
            quote=clean(found.quote),
            source=found.source,
            start=found.start,
            reason=clean(found.reason),
        )

    @property
    def found(self) -> Found:
        """The cell as the check knows it."""
        verdict = Judged(self.verdict) if self.verdict else None
        return Found(
            column=self.column,
            value=self.value,
            verdict=verdict,
            quote=self.quote,
            source=self.source,
            start=self.start,
            reason=self.reason,
        )

    def amend(self, by: Any, **changes: Any) -> list[NewEvent]:
        """Keeps a person's `note` or `correction`, of the column's type; None takes it back.

        The caller holds the topic's row.
        """
        now = timezone.now()
        fields: list[str] = []
        if "note" in changes and (changes["note"] or "") != self.note:
            self.note = changes["note"] or ""
            self.noted_by, self.noted_at = (by, now) if self.note else (None, None)
            fields += ["note", "noted_by", "noted_at"]
        if "correction" in changes and not _same(changes["correction"], self.correction):
            self.correction = changes["correction"]
            self.corrected_by, self.corrected_at = (by, now) if self.is_corrected else (None, None)
            fields += ["correction", "corrected_by", "corrected_at"]
        if not fields:
            return []
        self.save(update_fields=fields if self.pk else None)
        told = {"column": self.column, "correction": self.correction, "note": self.note}
        return [self.topic.event(Kind.VALUE_REVIEWED, **told, by=by and by.get_username())]

    @property
    def version(self) -> str:
        """Another one as soon as a crew or a person has changed the cell."""
        moments = (self.noted_at, self.corrected_at)
        told = "/".join(moment.isoformat() if moment else "" for moment in moments)
        return f"{self.attempt}/{told}"

    @property
    def is_corrected(self) -> bool:
        return self.correction is not None

    @property
    def shown(self) -> Value:
        """What stands: a person's value, else the crew's."""
        standing: Value = self.correction if self.is_corrected else self.value
        return standing

    def as_data(self) -> dict[str, Any]:
        """As the API has it."""
        return self.found.as_data()


def _same(one: Value, other: Value) -> bool:
    """Whether two values are equal, and of one type: 1 is not `true`."""
    return type(one) is type(other) and one == other


FOUND = ("value", "verdict", "quote", "source", "start", "reason")
