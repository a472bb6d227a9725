"""Runs with columns whose cells are there, without a crew."""

from collections.abc import Mapping, Sequence
from typing import Any

from research.claims.claim import Verdict
from research.runs.events import record
from research.runs.models import Run, Source, Topic
from research.runs.submission import Submission
from research.tables.cell import Cell

COLUMNS: list[dict[str, Any]] = [
    {"name": "licence", "ask": "The licence's short name."},
    {"name": "size", "type": "number", "unit": "MB"},
    {"name": "since", "type": "date"},
    {"name": "kind", "type": "choice", "choices": ["library", "framework", "tool"]},
]
TEXT = "Licensed under the MIT licence. The wheel weighs 12 MB. It is a library, since 2019."
QUOTE = "Licensed under the MIT licence."


def found(column: str, value: Any, verdict: str = "quoted", **more: Any) -> Cell:
    """A cell whose quote stands at the beginning of the topic's one source."""
    proof = {"quote": QUOTE, "source": 1, "start": 0} | more
    return Cell(column, value, Verdict(verdict), **proof)


def not_found(column: str, reason: str = "No source says it.") -> Cell:
    return Cell(column, reason=reason)


def table(
    rows: Sequence[Mapping[str, Any] | str],
    *cells: Sequence[Cell] | None,
    columns: Sequence[Mapping[str, Any]] = COLUMNS,
    **more: Any,
) -> Run:
    """A run whose topics have succeeded with these cells; None: it is still queued."""
    given = [row if isinstance(row, Mapping) else {"topic": row} for row in rows]
    run = Submission.check([], "quick", "offline", rows=given, columns=columns, **more).submit()
    for position, filled in enumerate(cells, start=1):
        if filled is not None:
            fill(run, position, filled)
    return Run.objects.get(pk=run.pk)


def fill(run: Run, position: int, cells: Sequence[Cell]) -> Topic:
    """A crew takes the topic and ends it with these cells."""
    topic = run.topics.get(position=position)
    record(Topic.objects.claim([topic], "here:1"))
    Source.objects.get_or_create(
        topic=topic, number=1, defaults={"title": f"On {topic.text}", "text": TEXT}
    )
    record(topic.succeed("It is.", cells=cells))
    return Topic.objects.get(pk=topic.pk)
