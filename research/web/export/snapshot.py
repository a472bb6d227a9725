"""What is taken away of a run: plain data, which needs no database to be written as a file."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

Value = str | float | int | bool | list[str] | None


@dataclass(frozen=True, slots=True)
class Passage:
    """Characters `start` to `end` of a source's text, on which a claim rests."""

    source: int
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class Claim:
    """The characters from `start` to `end` of a result, and what stands of them."""

    start: int
    end: int
    text: str
    word: str
    """Its verdict, or that a person corrected it."""
    sign: str
    is_told: bool
    """Whether the text is marked at its place."""
    by: str
    """Who says so: `text`, `model` or `person`."""
    reason: str = ""
    correction: str = ""
    decided: str = ""
    """`by ann, 2026-11-25`; empty: no person decided."""
    passages: Sequence[Passage] = ()

    @property
    def note(self) -> str:
        """What is said behind its place: `≠ differs: Source 1 says 40.`"""
        head = " ".join(filter(None, (self.sign, self.word, self.decided)))
        if self.correction:
            return f"{head}; it said: {' '.join(self.text.split())}"
        return f"{head}: {self.reason}" if self.reason else head


@dataclass(frozen=True, slots=True)
class Column:
    """What a table asks of every row; its type is one of `research.tables.columns.ColumnType`."""

    name: str
    type: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a column of a row: a person's value, else the crew's; None: not found."""

    column: str
    value: Value
    word: str = ""
    """Its verdict, or that a person corrected it."""
    sign: str = ""
    quote: str = ""
    source: int | None = None
    start: int | None = None
    reason: str = ""
    note: str = ""
    decided: str = ""
    """`by ann, 2026-11-25`, of a correction."""
    found: Value = None
    """What the crew had found, where a person corrected it."""


@dataclass(frozen=True, slots=True)
class Source:
    """What the topic's crew saw."""

    number: int
    title: str
    url: str
    seen_at: datetime
    digest: str = ""
    origin: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic, its result and all that is said beside it."""

    position: int
    text: str
    status: str
    is_open: bool
    finding: str = ""
    remarks: Sequence[str] = ()
    """Sentences on its state, on what its result rests on, and on its review."""
    error: str = ""
    inputs: Mapping[str, str] = field(default_factory=dict)
    """The rest of its row."""
    cells: Mapping[str, Cell] = field(default_factory=dict)
    """By their columns."""
    result: str = ""
    claims: Sequence[Claim] = ()
    dropped: Sequence[tuple[str, str]] = ()
    """Claims that did not hold and were left out, each with its verdict and reason."""
    sources: Sequence[Source] = ()
    checked: Mapping[str, int] | None = None
    check_note: str = ""
    review: str = ""
    review_note: str = ""
    tokens: int = 0
    usd: Decimal | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """A run, or one topic of it."""

    id: str
    title: str
    about: str
    """When it was submitted, its blueprint, its model, its state."""
    is_open: bool
    taken_at: datetime
    topics: Sequence[Topic] = ()
    columns: Sequence[Column] = ()
    """Of a table; a run of topics has none."""
    waiting: int = 0
    """Rows behind a pilot that were not started."""

    @property
    def note(self) -> str:
        """What is missing of it; empty: nothing."""
        if not self.topics:
            return "This run has no topics."
        left = sum(topic.is_open for topic in self.topics)
        told = []
        if left:
            told = [f"Not finished: {left} of {len(self.topics)} topics had not ended."]
        if self.waiting:
            told += [f"{self.waiting} more rows wait to be started."]
        return " ".join(told)


def cell_remarks(cell: Cell) -> Iterator[str]:
    """Sentences on what people did with a cell."""
    if cell.decided:
        yield f"{cell.column}: {cell.sign} {cell.word} {cell.decided}; it said: {cell.found}"
    if cell.note:
        yield f"{cell.column}: note: {cell.note}"
