"""A run as an Excel workbook: topics, evidence, sources; each value with its type.

A text is stored as a text, also where it begins like a formula: nothing is worked out.
"""

import io
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from research.text.cleaning import printable
from research.web.export import tables
from research.web.export.snapshot import Run
from research.web.export.tables import Row

MOST_EXACT = 10**15  # a whole number with more digits is rounded by spreadsheets
LONGEST = 32_767  # characters that a cell holds
CUT = " [Cut here: a cell holds no more. JSON has all of it.]"
WIDTHS = {"topic": 32, "result": 80, "claim": 60, "quote": 60, "title": 40, "url": 40, "reason": 40}
_FROZEN = "C2"  # the head, and the columns up to the topic
_DATE = "yyyy-mm-dd hh:mm:ss"
_HEAD, _TOP = Font(bold=True), Alignment(vertical="top", wrap_text=True)


def as_xlsx(run: Run) -> bytes:
    book = Workbook(write_only=True)
    _sheet(book, "Topics", tables.topics(run))
    _sheet(book, "Evidence", tables.evidence(run))
    _sheet(book, "Sources", tables.sources(run))
    _sheet(book, "Run", _about(run))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _about(run: Run) -> Iterable[Row]:
    yield ["name", "value"]
    yield ["title", run.title]
    yield ["run", run.id]
    yield ["about", run.about]
    yield ["taken_at", run.taken_at]
    yield ["note", run.note]
    yield ["times", "All times are UTC."]


def _sheet(book: Workbook, title: str, rows: Iterable[Row]) -> None:
    sheet: Any = book.create_sheet(title)
    head, *body = rows
    sheet.freeze_panes = _FROZEN
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(head))}{len(body) + 1}"
    for number, name in enumerate(head, start=1):
        width = WIDTHS.get(str(name), 14)
        sheet.column_dimensions[get_column_letter(number)].width = width
    cells = [_cell(sheet, name) for name in head]
    for cell in cells:
        cell.font = _HEAD
    sheet.append(cells)
    for row in body:
        sheet.append([_cell(sheet, value) for value in row])


def _cell(sheet: Any, value: object) -> Any:
    """A cell of the value's own type; a text is one whatever it begins with."""
    match value:
        case None:
            return None
        case str():
            cell = WriteOnlyCell(sheet, fitting(value))
            cell.data_type = "s"  # openpyxl takes what begins with `=` for a formula
            cell.alignment = _TOP
            cell.quotePrefix = tables.safe(value) != value
        case datetime():
            cell = WriteOnlyCell(sheet, value.astimezone(UTC).replace(tzinfo=None))
            cell.number_format = _DATE
        case date():
            cell = WriteOnlyCell(sheet, value)
            cell.number_format = "yyyy-mm-dd"
        case int() if abs(value) > MOST_EXACT:
            return _cell(sheet, str(value))
        case Decimal():
            cell = WriteOnlyCell(sheet, float(value))
        case _:
            cell = WriteOnlyCell(sheet, value)
    return cell


def fitting(text: str) -> str:
    """A text that a cell can hold; it says so where it is cut."""
    shown = printable(text)
    return shown if len(shown) <= LONGEST else shown[: LONGEST - len(CUT)] + CUT
