"""Pages of runs by cursor: each costs the same however deep it lies, and new runs shift nothing."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from research.runs.models import Run, RunQuerySet, count_topics


@dataclass(frozen=True)
class Cursor:
    """A run's place among all runs; its text form is made for a query string."""

    created_at: datetime
    id: uuid.UUID

    @classmethod
    def of(cls, run: Run) -> Self:
        return cls(run.created_at, run.id)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ValueError for a text that is not a cursor."""
        moment, _, run_id = text.partition("_")
        created_at = datetime.fromisoformat(moment)
        if created_at.utcoffset() != timedelta(0):
            raise ValueError("A cursor's time is in UTC.")
        return cls(created_at, uuid.UUID(run_id))

    def __str__(self) -> str:
        return f"{self.created_at.isoformat().replace('+00:00', 'Z')}_{self.id}"


@dataclass(frozen=True)
class Page:
    """Some runs with their counts, newest first, and the cursors that lead on both ways."""

    runs: list[Run]
    newer: Cursor | None
    older: Cursor | None


def page_of(
    runs: RunQuerySet, size: int, before: Cursor | None = None, after: Cursor | None = None
) -> Page:
    """The runs that follow `before`, or that precede `after`, or the newest ones."""
    if after:
        oldest_first = runs.after(after.created_at, after.id).order_by("created_at", "id")
        found = list(oldest_first[: size + 1])
        shown, more = found[:size][::-1], len(found) > size
        return _page(shown, newer=more, older=True)
    if before:
        runs = runs.before(before.created_at, before.id)
    found = list(runs.newest_first()[: size + 1])
    return _page(found[:size], newer=before is not None, older=len(found) > size)


def _page(runs: list[Run], newer: bool, older: bool) -> Page:
    count_topics(runs)
    return Page(
        runs,
        newer=Cursor.of(runs[0]) if newer and runs else None,
        older=Cursor.of(runs[-1]) if older and runs else None,
    )
