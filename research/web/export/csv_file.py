"""A run as CSV, a row for each topic, with nothing that a spreadsheet takes for a formula."""

import csv
import io
from collections.abc import Iterator
from datetime import date

from research.web.export.snapshot import Run
from research.web.export.tables import Row, safe, topics

MARK = "\ufeff"  # tells a spreadsheet that it reads UTF-8


def as_csv(run: Run) -> Iterator[str]:
    """In pieces."""
    before = MARK
    for row in topics(run):
        yield before + _line(row)
        before = ""


def _line(row: Row) -> str:
    line = io.StringIO()
    csv.writer(line, quoting=csv.QUOTE_NONNUMERIC).writerow(map(_cell, row))
    return line.getvalue()


def _cell(cell: object) -> object:
    """Numbers as they are, and texts that are not worked out."""
    match cell:
        case str():
            return safe(cell)
        case bool():
            return "yes" if cell else "no"
        case date():
            return cell.isoformat()
    return cell
