"""XLSX: a line for each row of each sheet, with the values that were last calculated."""

import datetime
import io
from collections.abc import Iterator
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from research.library.blocks import Block, Kind, Reading
from research.library.exceptions import BrokenFile
from research.library.readers import rows
from research.library.readers.packed.package import Package

MIDNIGHT = datetime.time()
BROKEN = (
    InvalidFileException,
    OSError,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    SyntaxError,
)
"""What openpyxl raises for parts that are missing or cannot be read; XML's is a SyntaxError."""


def read(content: bytes, name: str) -> Reading:
    """A sheet's name is the heading of its rows; sheets that are hidden are read, too."""
    package = Package(content, name)
    try:
        # A formula's last value stands in the one, the formula itself in the other.
        values, formulas = (
            load_workbook(io.BytesIO(content), read_only=True, data_only=is_value)
            for is_value in (True, False)
        )
        blocks = []
        for sheet, written in zip(values.worksheets, formulas.worksheets, strict=True):
            found = list(rows.blocks(_rows(sheet, written)))
            blocks += [Block(Kind.HEADING, sheet.title, 2), *found] if found else []
        title = values.properties.title or ""
    except BROKEN as error:
        raise BrokenFile(name, reason="it is not a workbook of Excel") from error
    package.check_text(bool(blocks))
    return Reading(" ".join(title.split()), blocks)


def _rows(sheet: Any, written: Any) -> Iterator[list[str]]:
    for each in (sheet, written):
        each.reset_dimensions()  # a sheet may claim any
    both = zip(sheet.iter_rows(values_only=True), written.iter_rows(values_only=True), strict=True)
    for row, formulas in both:
        yield [_text(*cell) for cell in zip(row, formulas, strict=True)]


def _text(value: Any, formula: Any) -> str:
    """A cell as it reads; a formula that was never calculated stands for itself."""
    value = formula if value is None else value
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime.datetime):
        is_day = value.time() == MIDNIGHT
        return value.date().isoformat() if is_day else value.isoformat(" ")
    return str(getattr(value, "text", value))  # a formula of several cells is an object
