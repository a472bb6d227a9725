"""What became of the cells of a row."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from research.runs.models import Cell, Run, Topic
from research.tables.cell import Value
from research.tables.columns import Column, ColumnType, key_of


class CellKind(StrEnum):
    """What is another one, in the order in which it matters to a reader."""

    NUMBER = "number"
    DATE = "date"
    VALUE = "value"
    VERDICT = "verdict"
    SOURCE = "source"


_VALUES = {ColumnType.NUMBER: CellKind.NUMBER, ColumnType.DATE: CellKind.DATE}


@dataclass(frozen=True)
class CellChange:
    """A column's cell as it was and as it is; None: there is none, as the column is not asked."""

    column: str
    kinds: tuple[CellKind, ...]
    before: Cell | None
    after: Cell | None


@dataclass(frozen=True)
class Row:
    """A topic's cells by their columns' keys, and its sources' names by number."""

    cells: Mapping[str, Cell]
    sources: Mapping[int, str]

    def source_of(self, key: str) -> str:
        """The name of the source that a cell rests on; empty: it rests on none."""
        cell = self.cells.get(key)
        return self.sources.get(cell.source, "") if cell and cell.source is not None else ""


def cells_of(topics: Sequence[Topic]) -> dict[int, dict[str, Cell]]:
    """By the topics' keys, then by the columns'; one query."""
    found: defaultdict[int, dict[str, Cell]] = defaultdict(dict)
    for cell in Cell.objects.filter(topic__in=topics):
        found[cell.topic_id][key_of(cell.column)] = cell
    return found


def columns_of(*runs: Run) -> dict[str, Column]:
    """The columns of all the runs, by key; the last run's where several have one."""
    return {column.key: column for run in runs for column in run.table_columns}


def changed_cells(columns: Mapping[str, Column], before: Row, after: Row) -> list[CellChange]:
    """Those that differ, the weightiest first."""
    found = []
    for key, column in columns.items():
        one, other = before.cells.get(key), after.cells.get(key)
        differ = _differences(column, one, other)
        if before.source_of(key) and after.source_of(key) not in ("", before.source_of(key)):
            differ.add(CellKind.SOURCE)
        if differ:
            kinds = tuple(kind for kind in CellKind if kind in differ)
            found.append(CellChange(column.name, kinds, one, other))
    order = list(CellKind)
    return sorted(found, key=lambda change: [order.index(kind) for kind in change.kinds])


def _differences(column: Column, one: Cell | None, other: Cell | None) -> set[CellKind]:
    if one is None or other is None:
        shown = one or other
        return {_kind(column)} if shown and shown.shown is not None else set()
    kinds = set()
    if _comparable(one.shown) != _comparable(other.shown):
        kinds.add(_kind(column))
    if one.verdict and other.verdict and one.verdict != other.verdict:
        kinds.add(CellKind.VERDICT)
    return kinds


def _kind(column: Column) -> CellKind:
    return _VALUES.get(column.type, CellKind.VALUE)


def _comparable(value: Value) -> Any:
    """A value without what makes no difference: case and white space, the order of a list."""
    if isinstance(value, str):
        return " ".join(value.casefold().split())
    return sorted(map(_comparable, value)) if isinstance(value, list) else value
