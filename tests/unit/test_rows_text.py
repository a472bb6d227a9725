"""Rows as text: how its cells are told apart, and what is wrong with a line."""

import contextlib
import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from research.confined.exceptions import BinaryContent, FileTooLarge, RefusedFile
from research.tables.rows import limits
from research.tables.rows.exceptions import (
    BrokenQuotes,
    NoRows,
    NotATable,
    OldWorkbook,
    TooManyInputs,
    TooManyLines,
    TooManyRows,
    TooMuchText,
)
from research.tables.rows.preview import preview
from research.tables.rows.read import read_file, read_text

MOST = 200


def cells(text: str, name: str = "rows") -> list[list[str]]:
    return [record.cells for record in read_text(text, name, MOST).records]


def troubles(text: str) -> list[str]:
    return [str(problem) for problem in preview(read_text(text, most=MOST), MOST).problems]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("a\tb\nx, y\tz\n", "tabs"),
        ("a,b\nx,y; z\n", "commas"),
        ("a;b\r\n3,5;1,0\r\n", "semicolons"),
        ("a|b\nx|y\n", "bars"),
        ("sep=;\na;b\n1,2;3\n", "semicolons"),
        ("a,b\n'x, y',z\n", "commas"),
    ],
)
def test_the_sign_between_cells_is_found(text: str, kind: str) -> None:
    assert read_text(text, most=MOST).kind == f"cells separated by {kind}"


def test_a_list_of_topics_is_one_column() -> None:
    """Commas of some lines separate nothing; in a CSV they do."""
    text = "asyncio\nqueues, locks\nweak references\n"
    assert cells(text) == [["asyncio"], ["queues, locks"], ["weak references"]]
    assert cells(text, "topics.csv")[1] == ["queues", "locks"]


def test_quotes_hold_separators_quotes_and_line_breaks() -> None:
    text = 'a,b\n"x, ""y""","one\ntwo"\nlast,cell\n'
    table = read_text(text, most=MOST)
    assert [record.cells for record in table.records[1:]] == [
        ['x, "y"', "one\ntwo"],
        ["last", "cell"],
    ]
    assert [record.line for record in table.records] == [1, 2, 4]
    assert cells("'a','b'\n'x, y','z'\n") == [["a", "b"], ["x, y", "z"]]


def test_a_markdown_table_is_read() -> None:
    table = read_text("| a | b |\n|---|:-:|\n| x | y \\| z |\n| v | |\n", most=MOST)
    assert (table.kind, table.has_header) == ("a Markdown table", True)
    assert [record.cells for record in table.records] == [["a", "b"], ["x", "y | z"], ["v", ""]]


@pytest.mark.parametrize("separator", ["\t", ",", ";", "|"])
@settings(max_examples=60, deadline=None)
@given(
    st.integers(2, 5).flatmap(
        lambda width: st.lists(
            st.lists(
                st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1),
                min_size=width,
                max_size=width,
            ),
            min_size=2,
            max_size=8,
        )
    )
)
def test_what_is_written_is_read(separator: str, rows: list[list[str]]) -> None:
    """Any cells, as Python writes them, told the sign that separates them."""
    held = io.StringIO()
    csv.writer(held, delimiter=separator, quoting=csv.QUOTE_ALL).writerows(rows)
    assert cells(f"sep={separator}\n{held.getvalue()}") == rows


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252", "cp1251", "cp932"]
)
def test_an_encoding_is_found(encoding: str) -> None:
    text = {"cp1251": "Имя;Город\nКомпания;Москва\n", "cp932": "会社;都市\n東京電力;東京\n"}.get(
        encoding, "Firma;Preis\nMüller & Söhne;5\n"
    )
    table = read_file(text.encode(encoding), "a.csv", MOST)
    assert [";".join(record.cells) for record in table.records] == text.splitlines()
    assert any("is a guess" in note for note in table.notes) == encoding.startswith("cp")


def test_a_line_with_broken_quotes_is_named_and_the_next_is_read() -> None:
    text = 'a,b\nx,"y\nz,w\nv,"u" t\n'
    rule = "a quote inside of quotes is written twice."
    assert troubles(text) == [
        f"Line 2: text follows a closing quote in line 4; {rule}",
        f"Line 4: text follows a closing quote; {rule}",
    ]
    assert troubles('a,b\nx,"y\n') == ["Line 2: a quote is opened here and never closed."]
    assert preview(read_text(text, most=MOST), MOST).as_data() == [{"topic": "z", "b": "w"}]


def test_broken_quotes_throughout_are_told_once() -> None:
    with pytest.raises(BrokenQuotes, match="the first of them line 2"):
        read_text("a,b\n" + '"x\n' * 100_000, most=MOST)


@pytest.mark.parametrize("quote", ["", '"'])
@pytest.mark.parametrize("length", [limits.MAX_CELL + 1, 5_000_000])
def test_a_cell_that_is_too_long_is_named(quote: str, length: int) -> None:
    (trouble,) = troubles(f"a,b\nx,{quote}{'y' * length}{quote}\nz,w\n")
    assert trouble.startswith("Line 2: ") and "4,000" in trouble


def test_limits_name_the_line() -> None:
    with pytest.raises(TooManyRows, match=r"more than 2,000 rows.* the last that fits is line 200"):
        read_text("".join(f"x{n},y\n" for n in range(100_000)), most=MOST)
    with pytest.raises(TooManyInputs, match="500 columns at line 2"):
        read_text("a,b\n" + ",".join("x" * 500), most=MOST)
    with pytest.raises(TooMuchText, match="2,000,000 characters by line 501"):
        read_text("a,b\n" + f"x,{'y' * 3999}\n" * 600, most=MOST)
    with pytest.raises(TooManyLines):
        read_text("\n" * 1_000_000, most=MOST)
    with pytest.raises(FileTooLarge):
        read_file(b"x" * (limits.MAX_BYTES + 1), "a.csv", MOST)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300).filter(lambda content: not content.startswith(b"PK")))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    with contextlib.suppress(RefusedFile):
        preview(read_file(content, "a.csv", MOST), MOST)


def test_errors_of_a_spreadsheet_are_named() -> None:
    assert troubles("a\tb\nx\t#N/A\n") == ["Line 2: “b” holds #N/A; put the value in its place."]


@pytest.mark.parametrize("text", ["", "\n \n\t\n"])
def test_nothing_is_refused(text: str) -> None:
    with pytest.raises(NoRows):
        read_text(text, most=MOST)


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"%PDF-1.7 \n", NotATable),
        (b"<!doctype html><table>", NotATable),
        (b'[{"topic": "a"}]', NotATable),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", OldWorkbook),
        (b"\x89PNG\r\n\x1a\n", NotATable),
        (bytes(range(256)) * 20, BinaryContent),
    ],
)
def test_another_kind_of_file_is_named(content: bytes, refusal: type[RefusedFile]) -> None:
    with pytest.raises(refusal, match=r"^other\.csv "):
        read_file(content, "other.csv", MOST)
