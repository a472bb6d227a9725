"""Workbooks as spreadsheets save them, and as nobody should."""

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from openpyxl import Workbook

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRINGS = (
    '<Override PartName="/xl/sharedStrings.xml" ContentType="application/'
    'vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>'
)


def workbook(rows: Iterable[Sequence[Any]], *more_sheets: str) -> bytes:
    """An XLSX with a sheet of rows, and empty sheets behind it."""
    book = Workbook()
    for row in rows:
        book.active.append(row)
    for title in more_sheets:
        book.create_sheet(title)
    return saved(book)


def saved(book: Workbook) -> bytes:
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def with_parts(content: bytes, parts: Mapping[str, bytes | str]) -> bytes:
    """The same workbook with other parts, or with more of them."""
    held = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, part in parts.items():
            new.writestr(name, part)
    return held.getvalue()


def with_strings(strings: bytes | str) -> bytes:
    """A workbook whose only cell shows the first of its shared strings."""
    plain = workbook([["a"]])
    types = zipfile.ZipFile(io.BytesIO(plain)).read("[Content_Types].xml").decode()
    return with_parts(
        plain,
        {
            "[Content_Types].xml": types.replace("</Types>", STRINGS),
            "xl/worksheets/sheet1.xml": sheet('<row r="1"><c r="A1" t="s"><v>0</v></c></row>'),
            "xl/sharedStrings.xml": strings,
        },
    )


def sheet(rows: str) -> str:
    """A sheet's XML."""
    return f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
