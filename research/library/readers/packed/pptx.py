"""PPTX: the slides in order, each with its title as the heading, and its speaker's notes."""

import io
from collections.abc import Iterator
from typing import Any

from lxml import etree
from pptx import Presentation
from pptx.exc import PythonPptxError

from research.library.blocks import Block, Kind, Reading
from research.library.exceptions import BrokenFile
from research.library.readers import rows
from research.library.readers.packed.package import Package

BROKEN = (PythonPptxError, etree.XMLSyntaxError, KeyError, ValueError, AttributeError)
MACROS = (  # what a presentation with macros says that it is, and one without
    b"application/vnd.ms-powerpoint.presentation.macroEnabled.main+xml",
    b"application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml",
)
TYPES = "[Content_Types].xml"


def read(content: bytes, name: str) -> Reading:
    """The title is the first slide's, or the one among the file's properties."""
    package = Package(content, name)
    types = package.read(TYPES).replace(*MACROS)
    try:
        show = Presentation(io.BytesIO(package.repacked({TYPES: types})))
        blocks = [
            block
            for number, slide in enumerate(show.slides, start=1)
            for block in _slide(slide, number)
        ]
        title = _title(show.slides[0]) if len(show.slides) else ""
    except BROKEN as error:
        raise BrokenFile(name, reason="it is not a presentation of PowerPoint") from error
    has_text = any(block.kind != Kind.HEADING for block in blocks)
    package.check_text(has_text)
    return Reading(title or package.title("docProps/core.xml"), blocks if has_text else [])


def _title(slide: Any) -> str:
    return _line(slide.shapes.title.text_frame.text) if slide.shapes.title is not None else ""


def _slide(slide: Any, number: int) -> Iterator[Block]:
    title = slide.shapes.title
    yield Block(Kind.HEADING, _title(slide) or f"Slide {number}", 2)
    for shape in slide.shapes:
        if title is None or shape.shape_id != title.shape_id:
            yield from _shape(shape)
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        yield from _paragraphs(slide.notes_slide.notes_text_frame, Kind.PROSE)


def _shape(shape: Any) -> Iterator[Block]:
    """What a shape says: a group, a table, a chart, a text."""
    if hasattr(shape, "shapes"):
        for each in shape.shapes:
            yield from _shape(each)
    elif getattr(shape, "has_table", False):
        table = shape.table
        yield from rows.blocks([cell.text for cell in row.cells] for row in table.rows)
    elif getattr(shape, "has_chart", False):
        yield from _chart(shape.chart)
    elif shape.has_text_frame:
        kind = Kind.ITEM if shape.is_placeholder else Kind.PROSE
        yield from _paragraphs(shape.text_frame, kind)


def _chart(chart: Any) -> Iterator[Block]:
    """A chart's title, and its figures: a row for each category, a column for each series."""
    if chart.has_title and chart.chart_title.has_text_frame:
        yield from _paragraphs(chart.chart_title.text_frame, Kind.PROSE)
    for plot in chart.plots:
        columns = [["", *map(str, plot.categories)]]
        columns += [[each.name, *map(str, each.values)] for each in plot.series]
        yield from rows.blocks(zip(*columns, strict=False))


def _paragraphs(frame: Any, kind: Kind) -> Iterator[Block]:
    for paragraph in frame.paragraphs:
        if text := _line(paragraph.text):
            yield Block(kind, text)


def _line(text: str) -> str:
    return " ".join(text.split())
