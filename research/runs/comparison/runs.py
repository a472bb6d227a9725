"""What became of a run's answers in another run of the same topics."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from research.claims.changes import ORDER, Change, Changes, compare
from research.runs.comparison.cells import (
    CellChange,
    CellKind,
    Row,
    cells_of,
    changed_cells,
    columns_of,
)
from research.runs.comparison.settings import settings_between
from research.runs.comparison.told import Seen, Told, claims_of, sources_of
from research.runs.comparison.topics import Pair, paired
from research.runs.models import Run, Status, Topic
from research.tables.columns import Column

MOST_CLAIMS = 20_000  # of both runs that are compared at once; a topic by itself always is
TOO_MANY = "Not compared here: the runs have too many claims. Compare this topic by itself."
TOO_LONG = (
    "Not compared here: the result was not checked, and is long. Compare this topic by itself."
)


@dataclass(frozen=True)
class Sources:
    """Sources that only the later crew saw, those whose text is another one, those only earlier."""

    added: list[Seen] = field(default_factory=list)
    changed: list[Seen] = field(default_factory=list)
    gone: list[Seen] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.gone)


@dataclass(frozen=True)
class ComparedTopic:
    """A topic in the earlier run and in the later one; None: it is not there."""

    before: Topic | None
    after: Topic | None
    claims: Changes = field(default_factory=Changes)
    old: Sequence[Told] = ()
    """The earlier result's claims, to whose places `claims` points; `new` are the later one's."""
    new: Sequence[Told] = ()
    sources: Sources = field(default_factory=Sources)
    cells: Sequence[CellChange] = ()
    """Those that differ, the weightiest first."""
    note: str = ""
    """Why claims were not compared; else empty."""

    @property
    def text(self) -> str:
        return self._either.text

    @property
    def _either(self) -> Topic:
        topic = self.after or self.before
        assert topic is not None  # noqa: S101 a pair has one of the two
        return topic

    @property
    def position(self) -> int:
        """In the later run, or else in the earlier one."""
        return self._either.position

    @property
    def is_in_both(self) -> bool:
        return self.before is not None and self.after is not None

    @property
    def is_changed(self) -> bool:
        """Whether a reader has something to look at."""
        claims = self.claims
        return bool(self.note or self.cells or claims.added or claims.changed or claims.gone)

    @property
    def inputs(self) -> dict[str, dict[str, str | None]]:
        """Inputs that are others, by name."""
        if not self.before or not self.after:
            return {}
        old, new = self.before.inputs, self.after.inputs
        return {
            name: {"before": old.get(name), "after": new.get(name)}
            for name in {**old, **new}
            if old.get(name) != new.get(name)
        }

    @property
    def weight(self) -> tuple[Any, ...]:
        """To sort by: the topic with the weightiest change first."""
        in_cells = [-sum(kind in cell.kinds for cell in self.cells) for kind in CellKind]
        by_kind = [-sum(kind in change.kinds for change in self.claims.changed) for kind in ORDER]
        loose = len(self.claims.added) + len(self.claims.gone)
        return (not self.note, *in_cells, *by_kind, -loose, not self.sources, self.position)


@dataclass(frozen=True)
class Comparison:
    """`before` is the run that was submitted first, whichever of the two is asked about."""

    before: Run
    after: Run
    settings: dict[str, Any]
    topics: list[ComparedTopic]
    """In the order of the later run."""

    @property
    def columns(self) -> list[Column]:
        """Those of both runs; the later one's where both have one."""
        return list(columns_of(self.before, self.after).values())

    @property
    def weightiest(self) -> list[ComparedTopic]:
        return sorted(self.topics, key=lambda topic: topic.weight)


def compare_runs(one: Run, other: Run, position: int | None = None) -> Comparison:
    """Two runs side by side, or the topic at a position of `one`; a fixed number of queries.

    Changes are told from the earlier run to the later one.
    """
    before, after = sorted((one, other), key=lambda run: (run.created_at, run.pk))
    pairs = paired(*(list(_topics(run)) for run in (before, after)))
    if position is not None:
        at = 0 if one == before else 1
        pairs = [pair for pair in pairs if (own := pair[at]) and own.position == position]
    compared = list(_compared(pairs, columns_of(before, after)))
    return Comparison(before, after, settings_between(before, after), compared)


def _topics(run: Run) -> "QuerySet[Topic]":
    return run.topics.order_by("position").defer("result", "feedback")


def _compared(pairs: Sequence[Pair], columns: Mapping[str, Column]) -> Iterator[ComparedTopic]:
    both = [topic for before, after in pairs if before and after for topic in (before, after)]
    known = _Known([topic for topic in both if topic.status == Status.SUCCEEDED], columns)
    for before, after in pairs:
        if not before or not after:
            yield ComparedTopic(before, after)
        elif note := _without_result(before, after):
            yield ComparedTopic(before, after, note=note)
        else:
            yield known.compared(before, after)


class _Known:
    """What is stored of topics that have a result: sources, cells, and claims as far as told."""

    def __init__(self, topics: Sequence[Topic], columns: Mapping[str, Column]) -> None:
        self._columns = columns
        self._few = _within(topics)
        self._seen = sources_of(topics)
        self._cells = cells_of(topics) if columns else {}
        self._told = claims_of([topic for topic in topics if topic.pk in self._few], self._seen)

    def compared(self, before: Topic, after: Topic) -> ComparedTopic:
        told = self._told
        sources = _sources(self._seen.get(before.pk, []), self._seen.get(after.pk, []))
        cells = changed_cells(self._columns, self._row(before), self._row(after))
        if not {before.pk, after.pk} <= told.keys():
            note = TOO_LONG if {before.pk, after.pk} <= self._few else TOO_MANY
            return ComparedTopic(before, after, sources=sources, cells=cells, note=note)
        old, new = told[before.pk], told[after.pk]
        changes = compare([each.statement for each in old], [each.statement for each in new])
        return ComparedTopic(before, after, changes, old, new, sources, cells)

    def _row(self, topic: Topic) -> Row:
        names = {each.number: each.name for each in self._seen.get(topic.pk, [])}
        return Row(self._cells.get(topic.pk, {}), names)


def _within(topics: Sequence[Topic]) -> set[int]:
    """The keys of those topics, from the first, whose claims are few enough together."""
    found: set[int] = set()
    left = MOST_CLAIMS
    for topic in topics:
        left -= (topic.checked or {}).get("claims", 0)
        if left >= 0:
            found.add(topic.pk)
    return found


def _without_result(before: Topic, after: Topic) -> str:
    """In which run there is no result; empty: both have one."""
    told = [
        f"{topic.status} in the {which} run"
        for which, topic in (("earlier", before), ("later", after))
        if topic.status != Status.SUCCEEDED
    ]
    return f"Not compared: {', '.join(told)}." if told else ""


def _sources(before: Sequence[Seen], after: Sequence[Seen]) -> Sources:
    old, new = ({each.name: each for each in side} for side in (before, after))
    return Sources(
        added=[each for name, each in new.items() if name not in old],
        changed=[
            each
            for name, each in new.items()
            if name in old and each.digest and old[name].digest not in ("", each.digest)
        ],
        gone=[each for name, each in old.items() if name not in new],
    )


def sides(topic: ComparedTopic, change: Change) -> tuple[Told, Told]:
    """A changed claim as it was and as it is."""
    return topic.old[change.before], topic.new[change.after]
