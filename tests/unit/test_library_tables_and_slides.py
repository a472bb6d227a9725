"""Workbooks, presentations and CSV keep every cell, value and note."""

import io
import zipfile

import pytest
from openpyxl import Workbook
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from research.confined.exceptions import RefusedFile
from research.library.documents import add_bytes
from research.library.exceptions import BrokenFile, EncryptedFile, NoText, UnpacksTooLarge
from tests.support.office import a_part_bomb, changed, saved

pytestmark = pytest.mark.django_db

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")


def a_workbook() -> bytes:
    workbook = Workbook()
    workbook.properties.title = "Hives"
    sheet = workbook.active
    sheet.title = "Counts"
    sheet.append(["Hive", "Bees", "Alive"])
    sheet.append(["North", 40000, True])
    sheet.append(["All", "=SUM(B2:B2)"])
    workbook.create_sheet("Far")["XFD9"] = "farword"
    return saved(workbook)


def calculated(workbook: bytes) -> bytes:
    """The workbook as a spreadsheet would have saved it, with what its formula came to."""
    part = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(io.BytesIO(workbook)) as package:
        sheet = package.read(part)
    return changed(
        workbook,
        {part: sheet.replace(b"<v/>", b"<v>41234</v>").replace(b"<v></v>", b"<v>41234</v>")},
    )


def test_a_workbook_keeps_its_cells() -> None:
    document = add_bytes("hives.xlsx", calculated(a_workbook())).document
    assert document.title == "Hives"
    assert "## Counts" in document.text and "## Far" in document.text
    assert "Hive | Bees | Alive\nNorth | 40000 | TRUE\nAll | 41234" in document.text
    assert "farword" in document.text and "SUM" not in document.text


def test_a_formula_without_a_value_stands_for_itself() -> None:
    assert "All | =SUM(B2:B2)" in add_bytes("hives.xlsx", a_workbook()).document.text


def a_show() -> bytes:
    show = Presentation()
    slide = show.slides.add_slide(show.slide_layouts[1])
    slide.shapes.title.text = "Bees dance"
    slide.placeholders[1].text = "pointword"
    slide.notes_slide.notes_text_frame.text = "noteword"
    slide = show.slides.add_slide(show.slide_layouts[6])
    size = (Inches(1), Inches(1), Inches(4), Inches(2))
    slide.shapes.add_textbox(*size).text_frame.text = "boxword"
    slide.shapes.add_group_shape().shapes.add_textbox(*size).text_frame.text = "groupword"
    table = slide.shapes.add_table(1, 2, *size).table
    table.cell(0, 0).text, table.cell(0, 1).text = "leftword", "rightword"
    data = CategoryChartData()
    data.categories = ["northword"]
    data.add_series("seriesword", [17.5])
    slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *size, data)
    return saved(show)


def test_a_presentation_keeps_what_its_slides_say() -> None:
    document = add_bytes("bees.pptx", a_show()).document
    assert document.title == "Bees dance"
    assert document.text.startswith("## Bees dance\n\n- pointword\n\nnoteword\n\n## Slide 2")
    for said in ["boxword", "groupword", "leftword | rightword", "seriesword", "northword | 17.5"]:
        assert said in document.text


def test_a_presentation_with_macros_is_read_without_them() -> None:
    show = changed(a_show(), {"ppt/vbaProject.bin": b"macroword"})
    assert "macroword" not in add_bytes("bees.pptm", show).document.text


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_csv_is_cut_as_it_is_written(delimiter: str) -> None:
    rows = [["Hive", "Note"], ["North", '"strong, quick; well"'], ["South", "weak"]]
    text = "\r\n".join(delimiter.join(row) for row in rows)
    assert add_bytes("hives.csv", text.encode()).document.text == (
        "```\nHive | Note\nNorth | strong, quick; well\nSouth | weak\n```"
    )


@pytest.mark.parametrize(
    ("name", "content", "refusal"),
    [
        ("a.xlsx", b"a,b", BrokenFile),
        ("a.xlsx", a_workbook()[:3000], BrokenFile),
        ("a.xlsx", a_show(), BrokenFile),
        ("a.xlsx", OLE, EncryptedFile),
        ("a.xlsx", a_part_bomb(a_workbook(), "xl/worksheets/sheet1.xml"), UnpacksTooLarge),
        ("a.xlsx", saved(Workbook()), NoText),
        ("a.pptx", b"", BrokenFile),
        ("a.pptx", a_show()[:3000], BrokenFile),
        ("a.pptx", a_workbook(), BrokenFile),
        ("a.pptx", a_part_bomb(a_show(), "ppt/slides/slide1.xml"), UnpacksTooLarge),
        ("a.pptx", OLE, EncryptedFile),
        ("a.csv", b",,\n,,\n", NoText),
    ],
)
def test_what_cannot_be_read_is_refused(
    name: str, content: bytes, refusal: type[RefusedFile]
) -> None:
    with pytest.raises(refusal, match=rf"^{name} "):
        add_bytes(name, content)
