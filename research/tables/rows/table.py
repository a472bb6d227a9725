"""A table as it was read: records of text, before anything is decided about them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from research.tables.rows.exceptions import TooManyInputs, TooManyRows, TooMuchText
from research.tables.rows.limits import (
    EXCESS,
    MAX_CELL,
    MAX_CHARACTERS,
    MAX_COLUMNS,
    MAX_ROW,
)

NO_VALUE = "#NO VALUE!"  # what stands in the place of a formula's value that is not known
ERROR = re.compile(r"#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!|NO VALUE!)")


@dataclass(frozen=True, slots=True)
class Record:
    """The cells of a line or a sheet's row, by the number it has there; `trouble` says in a
    sentence why it cannot be used."""

    line: int
    cells: list[str]
    trouble: str = ""

    @property
    def is_blank(self) -> bool:
        return not self.trouble and not any(self.cells)


@dataclass(frozen=True, slots=True)
class Table:
    """What a file or a pasted text holds; `text` is the same, to be shown and corrected.

    `place` is what its records are counted in: a line or, of a workbook, a row.
    """

    name: str
    kind: str
    records: list[Record]
    text: str
    place: str = "line"
    blank: int = 0
    """Records that are empty, which are not among the others."""
    notes: list[str] = field(default_factory=list)
    has_header: bool | None = None
    """As its format says; None: the format does not say it."""


def bounded(
    name: str, place: str, records: Iterable[Record], most: int
) -> tuple[list[Record], int]:
    """The records of a table of which up to `most` may run, and how many more are empty.

    None is read beyond the limits. Raises RefusedFile.
    """
    kept: list[Record] = []
    blank = characters = last = 0
    for record in map(_held, records):
        if record.is_blank:
            blank += 1
            continue
        if len(record.cells) > MAX_COLUMNS and any(record.cells[MAX_COLUMNS:]):
            count, limit = len(record.cells), MAX_COLUMNS
            raise TooManyInputs(name, place=place, line=record.line, count=count, limit=limit)
        if len(kept) == EXCESS * most:
            many = f"more than {len(kept):,}"
            raise TooManyRows(name, count=many, limit=most, place=place, line=last)
        characters += sum(map(len, record.cells))
        if characters > MAX_CHARACTERS:
            raise TooMuchText(name, place=place, line=record.line, limit=MAX_CHARACTERS)
        kept.append(record)
        if len(kept) <= most:
            last = record.line
    return kept, blank


def _held(record: Record) -> Record:
    """The record in trouble, and cut, where a cell of it or all together are too long."""
    cells = [cell.strip() for cell in record.cells]
    for column, cell in enumerate(cells, start=1):
        if len(cell) > MAX_CELL:
            trouble = f"cell {column} is {len(cell):,} characters long; {MAX_CELL:,} is the most"
            return Record(record.line, list(_cut(cells)), record.trouble or trouble)
    if (length := sum(map(len, cells))) > MAX_ROW:
        trouble = f"the row is {length:,} characters long; {MAX_ROW:,} is the most"
        return Record(record.line, list(_cut(cells)), record.trouble or trouble)
    return Record(record.line, cells, record.trouble)


def _cut(cells: Iterable[str]) -> Iterator[str]:
    """Cells that are still too long, for whoever reads them again, and no longer than that."""
    left = MAX_ROW + 1
    for cell in cells:
        kept = cell[: min(MAX_CELL + 1, left)]
        left -= len(kept)
        yield kept


def columns_of(records: Iterable[Record]) -> Iterator[int]:
    """How many columns each record fills, to its last cell that is not empty."""
    for record in records:
        yield max((at for at, cell in enumerate(record.cells, start=1) if cell), default=0)
