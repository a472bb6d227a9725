"""XLSX to records: values only, no macro is run. Called in a reader's process only."""

import datetime
import io
import zipfile
from collections.abc import Iterator
from typing import Any

from openpyxl import load_workbook
from openpyxl.cell.read_only import EmptyCell
from openpyxl.utils.exceptions import InvalidFileException

from research.tables.rows.exceptions import BrokenWorkbook, NoRows
from research.tables.rows.table import NO_VALUE, Record

MACROS = "xl/vbaProject.bin"
MIDNIGHT = datetime.time()
BROKEN = (InvalidFileException, KeyError, ValueError, TypeError, AttributeError, SyntaxError)
"""What openpyxl raises for parts that are missing or cannot be read; XML's is a SyntaxError."""


class Workbook:
    """The first visible sheet that holds something; raises RefusedFile, which calls it `name`."""

    def __init__(self, content: bytes, name: str) -> None:
        self._name = name
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as parts:
                self.has_macros = MACROS in parts.namelist()
            # A formula's last value stands in the one, the formula itself in the other.
            self._values, self._formulas = (
                load_workbook(io.BytesIO(content), read_only=True, data_only=is_value)
                for is_value in (True, False)
            )
            sheets = [s for s in self._values.worksheets if s.sheet_state == "visible"]
            self.sheets = [sheet.title for sheet in sheets]
            self.sheet = next((s.title for s in sheets if _is_filled(s)), None)
        except (*BROKEN, zipfile.BadZipFile) as error:
            raise _broken(name, error) from None
        if self.sheet is None:
            raise NoRows(name)

    def records(self) -> Iterator[Record]:
        """The rows with their numbers in the sheet."""
        for book in (self._values, self._formulas):
            book[self.sheet].reset_dimensions()  # a sheet may claim any
        values, formulas = (book[self.sheet].iter_rows() for book in (self._values, self._formulas))
        try:
            for number, (row, written) in enumerate(zip(values, formulas, strict=True), start=1):
                yield _record(number, row, written)
        except BROKEN as error:
            raise _broken(self._name, error) from None


def _is_filled(sheet: Any) -> bool:
    sheet.reset_dimensions()  # a sheet may claim any
    rows = sheet.iter_rows(values_only=True)
    return any(value is not None for row in rows for value in row)


def _record(number: int, row: tuple[Any, ...], written: tuple[Any, ...]) -> Record:
    pairs = list(zip(row, written, strict=True))
    trouble = next(filter(None, (_trouble(cell, formula) for cell, formula in pairs)), "")
    return Record(number, [_text(cell, formula) for cell, formula in pairs], trouble)


def _trouble(cell: Any, formula: Any) -> str:
    if cell.value is None and _is_formula(formula):
        return (
            f"cell {cell.coordinate} is a formula without a stored value; open the file in a "
            "spreadsheet and save it, or put the value in its place"
        )
    is_error = not isinstance(cell, EmptyCell) and cell.data_type == "e"
    return f"cell {cell.coordinate} holds the error {cell.value}" if is_error else ""


def _is_formula(cell: Any) -> bool:
    return not isinstance(cell, EmptyCell) and cell.data_type == "f"


def _text(cell: Any, formula: Any) -> str:
    """A value as a spreadsheet shows it, near enough; dates as 2024-05-01."""
    match cell.value:
        case None:
            return NO_VALUE if _is_formula(formula) else ""
        case bool() as value:
            return "yes" if value else "no"
        case int() | float() as value:
            if "%" in (cell.number_format or ""):
                return f"{100 * value:.10g}%"
            return f"{value:.15g}" if isinstance(value, float) else str(value)
        case datetime.datetime() as value:
            return value.date().isoformat() if value.time() == MIDNIGHT else value.isoformat(" ")
        case value:
            return str(value)


def _broken(name: str, error: Exception) -> BrokenWorkbook:
    reason = " ".join(str(error).split()).split(". ")[0][:200].rstrip(".")
    return BrokenWorkbook(name, reason=reason or type(error).__name__)
