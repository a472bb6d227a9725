"""XLSX: the values that a spreadsheet shows; what is hostile is refused by a process that ends."""

import datetime

import pytest
from openpyxl import Workbook

from research.confined.exceptions import RefusedFile, TakesTooLong
from research.tables.rows import read
from research.tables.rows.exceptions import (
    BrokenWorkbook,
    NoRows,
    NotATable,
    TooManyInputs,
    TooManyRows,
    WorkbookBomb,
)
from research.tables.rows.preview import preview
from research.tables.rows.read import read_file
from research.tables.rows.table import Table
from tests.support.workbooks import MAIN, saved, sheet, with_parts, with_strings, workbook


def table(content: bytes, name: str = "rows.xlsx") -> Table:
    return read_file(content, name, 200)


def test_values_are_read_as_they_are_shown() -> None:
    may = datetime.datetime(2024, 5, 1)
    book = workbook(
        [["Name", "Year", "Share", "When", "Is it"], ["Qdrant", 2021, 0.1 + 0.2, may, True]]
    )
    assert table(book).records[1].cells == ["Qdrant", "2021", "0.3", "2024-05-01", "yes"]


def test_rows_are_named_as_in_the_sheet_and_the_text_is_read_again() -> None:
    found = table(
        workbook([["Name", "Note"], [None, None], ["A", "one\ntwo"], [None, "x"]], "More")
    )
    seen = preview(found, 200)
    assert [placed.line for placed in seen.rows] == [3]
    assert [str(problem) for problem in seen.problems] == [
        "Row 4: “Name”, which is the topic, is empty."
    ]
    assert "The sheet “Sheet” was read; the other one was not." in seen.notes
    again = preview(read.read_text(found.text, most=200), 200)
    assert again.as_data() == seen.as_data()


def test_a_formula_without_a_value_and_an_error_are_named() -> None:
    found = preview(table(workbook([["a", "b"], ["x", "=1+1"], ["y", "#N/A"], ["z", "w"]])), 200)
    first, second = map(str, found.problems)
    assert first.startswith("Row 2: cell B2 is a formula without a stored value")
    assert second == "Row 3: cell B3 holds the error #N/A."
    assert found.as_data() == [{"topic": "z", "b": "w"}]


@pytest.mark.parametrize(
    "cells",
    [["a, b", "c, d"], ['say "hi"', "x"], ["one\ntwo", "three"], ["<html>", "x"], ["[[", "1"]],
)
def test_a_column_alone_comes_back_as_one_column(cells: list[str]) -> None:
    found = table(workbook([[cell] for cell in cells]))
    again = read.read_text(found.text, most=200)
    assert [record.cells for record in again.records] == [[cell] for cell in cells]


def test_what_cannot_run_cannot_as_text_either() -> None:
    """An upload comes back as text: no row becomes one that runs, and none is lost, on that way."""
    rows = [["a", "b"], ["x", "=1+1"], ["y", "#N/A"], ["v", "w" * 5000], ["u", "t"], [None, "s"]]
    table_of_it = table(workbook(rows))
    again = preview(read.read_text(table_of_it.text, most=200), 200)
    assert [problem.line for problem in again.problems] == [2, 3, 4, 6]
    assert str(again.problems[0]) == "Line 2: “b” holds #NO VALUE!; put the value in its place."
    assert again.as_data() == preview(table_of_it, 200).as_data() == [{"topic": "u", "b": "t"}]


def test_a_formulas_last_value_is_taken() -> None:
    rows = '<row r="1"><c r="A1" t="str"><f>"a"&amp;"b"</f><v>ab</v></c></row>'
    book = with_parts(workbook([["a"]]), {"xl/worksheets/sheet1.xml": sheet(rows)})
    assert table(book).records[0].cells == ["ab"]


def test_macros_are_not_run_and_told() -> None:
    book = with_parts(workbook([["a"], ["b"]]), {"xl/vbaProject.bin": b"macro"})
    assert "None was run" in table(book, "rows.xlsm").notes[0]


def test_limits_name_the_row() -> None:
    with pytest.raises(TooManyRows, match="the last that fits is row 200"):
        table(workbook([[f"x{n}"] for n in range(2500)]))
    with pytest.raises(TooManyInputs, match="500 columns at row 1"):
        table(workbook([["x"] * 500]))
    (problem,) = preview(table(workbook([["a", "b"], ["x", "y" * 5000], ["z", "w"]])), 200).problems
    assert str(problem) == "Row 2: cell 2 is 5,000 characters long; 4,000 is the most."


def test_a_cell_far_away_costs_no_memory() -> None:
    book = Workbook()
    book.active["A1"], book.active["A200000"] = "near", "far"
    assert [record.line for record in table(saved(book)).records] == [1, 200_000]


def test_a_zip_bomb_is_refused_unread() -> None:
    with pytest.raises(WorkbookBomb):
        table(with_parts(workbook([["a"]]), {"xl/media/x.bin": b"\0" * 60_000_000}))


def test_a_workbook_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "SECONDS", 1)
    strings = f'<sst xmlns="{MAIN}">{"<si><t>a</t></si>" * 2_500_000}</sst>'
    with pytest.raises(TakesTooLong):
        table(with_strings(strings))


@pytest.mark.parametrize(
    "entity", ['SYSTEM "file:///etc/passwd"', '"&b;&b;&b;&b;"><!ENTITY b "&c;&c;&c;&c;"']
)
def test_entities_are_not_followed(entity: str) -> None:
    strings = f'<!DOCTYPE x [<!ENTITY a {entity}>]><sst xmlns="{MAIN}"><si><t>&a;</t></si></sst>'
    with pytest.raises(BrokenWorkbook):
        table(with_strings(strings))


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (workbook([["a"]])[:500], BrokenWorkbook),
        (
            with_parts(workbook([["a"]]), {"xl/worksheets/sheet1.xml": "<worksheet><x"}),
            BrokenWorkbook,
        ),
        (with_parts(workbook([["a"]]), {"word/document.xml": "<w/>"}), NotATable),
        (workbook([]), NoRows),
    ],
)
def test_what_is_broken_or_another_kind_is_told(content: bytes, refusal: type[RefusedFile]) -> None:
    with pytest.raises(refusal):
        table(content)
