"""Jupyter's notebooks: Markdown, code and what the code has written, as text."""

import json
import re
from collections.abc import Iterator
from typing import Any

from research.library.blocks import Block, Kind, Reading
from research.library.exceptions import BrokenFile
from research.library.readers import html, markdown

_COLOURS = re.compile(r"\x1b?\[[0-9;]*m")


def read(content: str, name: str) -> Reading:
    """The title is the notebook's own or its first heading; raises BrokenFile."""
    try:
        book = json.loads(content)
        cells = list(_cells(book))
        title, blocks = "", []
        for cell in cells:
            reading = _read_cell(cell)
            title = title or reading.title
            blocks += reading.blocks
        return Reading(_text(book.get("metadata", {}).get("title")) or title, blocks)
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError) as error:
        raise BrokenFile(name, reason="it is not a notebook of Jupyter") from error


def _cells(book: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Those of a notebook; the third format has them in worksheets."""
    if "cells" not in book and "worksheets" not in book:
        raise KeyError("cells")
    yield from book.get("cells", [])
    for sheet in book.get("worksheets", []):
        yield from sheet["cells"]


def _read_cell(cell: dict[str, Any]) -> Reading:
    source = _text(cell.get("source", cell.get("input")))
    if cell["cell_type"] == "markdown":
        return markdown.read(source)
    if cell["cell_type"] == "heading":  # of the third format
        return markdown.read(f"{'#' * cell.get('level', 1)} {source}")
    blocks = _code(source)
    for output in cell.get("outputs", []):
        blocks += _output(output)
    return Reading("", blocks)


def _output(output: dict[str, Any]) -> list[Block]:
    """Of the forms that a result has, the plain one, or the page's where there is no other."""
    if output["output_type"] in ("error", "pyerr"):
        error = f"{_text(output.get('ename'))}: {_text(output.get('evalue'))}"
        return _code("\n".join([error, *map(_text, output.get("traceback", []))]))
    data = output.get("data", output)
    plain = _text(data.get("text/plain", data.get("text")))
    page = _text(data.get("text/html", data.get("html")))
    if page:
        return html.read(page).blocks or _code(plain)
    return _code(plain) or markdown.read(_text(data.get("text/markdown"))).blocks


def _code(text: str) -> list[Block]:
    text = _COLOURS.sub("", text).strip("\n").rstrip()
    return [Block(Kind.CODE, text)] if text.strip() else []


def _text(value: Any) -> str:
    """A text, which a notebook may hold as a list of lines."""
    return "".join(value) if isinstance(value, list) else value or ""
