"""A table as a page shows it: one query for its rows, one for its cells."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from research.runs.models import Cell, Run, Topic, Verdict
from research.runs.verdicts import CORRECTED, SIGNS
from research.tables.cell import Value, written
from research.tables.columns import Column

MISSING, WAITING, UNFILLED = "missing", "waiting", "unfilled"
STATES = (*Verdict.values, CORRECTED, MISSING, UNFILLED, WAITING)
"""What a cell is: its verdict, or why it has none. Also classes of the style sheet."""
WORDS: dict[str, str] = {MISSING: "not found", UNFILLED: "not filled in"}
SIGN: dict[str, str] = SIGNS | {MISSING: "\N{EN DASH}", UNFILLED: "○", WAITING: "…"}


class ShownCell(NamedTuple):
    """What stands in a cell; `state` is one of STATES."""

    state: str
    value: Value = None
    has_note: bool = False

    @property
    def word(self) -> str:
        """`supported`, `not found`; a cell that keeps its value meanwhile is `asked again`."""
        if self.state == WAITING and self.value is not None:
            return "asked again"
        return WORDS.get(self.state, self.state)

    @property
    def sign(self) -> str:
        return SIGN[self.state]


@dataclass(frozen=True)
class Row:
    topic: Topic
    cells: Sequence[ShownCell]
    """One for each column."""


@dataclass(frozen=True)
class Table:
    """A run's rows in their order, and what was asked of each."""

    run: Run
    columns: tuple[Column, ...]
    rows: Sequence[Row]

    @cached_property
    def inputs(self) -> list[str]:
        """The names of what came with the rows, in the order in which they come first."""
        return list(dict.fromkeys(name for row in self.rows for name in row.topic.inputs))

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many cells have each state; none that has no cell."""
        found = Counter(cell.state for row in self.rows for cell in row.cells)
        return {state: found[state] for state in STATES if found[state]}

    @property
    def total(self) -> int:
        return len(self.rows) * len(self.columns)

    @property
    def found(self) -> int:
        """Cells with a value, a crew's or a person's."""
        return sum(cell.value is not None for row in self.rows for cell in row.cells)

    def values(self, number: int) -> Iterator[Value]:
        """Those that stand in a column, by its number from 1."""
        cells = (row.cells[number - 1] for row in self.rows)
        return (cell.value for cell in cells if cell.value is not None)

    def lacking(self, number: int) -> int:
        """How many rows could be asked for the column again: they have ended without a value."""
        cells = (row.cells[number - 1] for row in self.rows if not row.topic.is_open)
        return sum(cell.value is None for cell in cells)


def table_of(run: Run) -> Table:
    """Two queries, whatever the table's size."""
    columns = run.table_columns
    kept = _cells(run)
    topics = run.topics.only(
        "run", "position", "text", "inputs", "status", "asked", "error_kind", "error_message"
    )
    rows = [
        Row(topic, [_shown(topic, column, kept.get((topic.pk, column.name))) for column in columns])
        for topic in topics
    ]
    return Table(run, columns, rows)


class _Kept(NamedTuple):
    value: Value
    verdict: str
    correction: Value
    note: str
    attempt: int


def _cells(run: Run) -> Mapping[tuple[int, str], _Kept]:
    """By topic and column, without the model's objects: thousands would take most of the time."""
    rows = Cell.objects.filter(topic__run=run.pk).order_by()
    fields = rows.values_list("topic_id", "column", *_Kept._fields)
    return {(topic, column): _Kept(*fields) for topic, column, *fields in fields}


def _shown(topic: Topic, column: Column, cell: _Kept | None) -> ShownCell:
    is_asked = topic.is_open and (topic.asked is None or column.name in topic.asked)
    if cell is None:
        return ShownCell(WAITING if is_asked else UNFILLED)
    has_note = bool(cell.note)
    if cell.correction is not None:
        return ShownCell(CORRECTED, cell.correction, has_note)
    if is_asked:
        return ShownCell(WAITING, cell.value, has_note)
    if cell.value is None:
        return ShownCell(MISSING if cell.attempt else UNFILLED, None, has_note)
    return ShownCell(cell.verdict or Verdict.UNSUPPORTED, cell.value, has_note)


def state_of(cell: Cell, column: Column) -> ShownCell:
    """The same of one cell."""
    kept = _Kept(cell.value, cell.verdict, cell.correction, cell.note, cell.attempt)
    return _shown(cell.topic, column, kept if cell.pk else None)


def sort_key(column: Column, value: Value) -> float | None:
    """What a number or a choice is sorted by; None: its text."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    if value in column.choices:
        return column.choices.index(str(value))
    return None


def in_words(column: Column, value: Value) -> str:
    return written(value, column.unit)
