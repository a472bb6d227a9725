"""`manage.py research --rows FILE`: rows of a file become a run, or an error names the line."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from research.runs.submission import Submission
from research.web.management import running
from tests.support.workbooks import workbook

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def research(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """The command without its crews: what it would submit."""
    taken: list[Submission] = []
    monkeypatch.setattr(running.RunCommand, "prepare", lambda self: None)
    monkeypatch.setattr(running.RunCommand, "run", lambda self, it, as_json: taken.append(it))

    def run(content: str | bytes, *options: str, name: str = "rows.csv") -> Submission:
        file = tmp_path / name
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        call_command("research", "--rows", str(file), "--model", "offline", *options)
        return taken.pop()

    return run


def rows(submission: Submission) -> list[tuple[str, dict[str, str]]]:
    return [(row.topic, row.inputs) for row in submission.rows]


def test_rows_of_a_csv(research: Any, capsys: pytest.CaptureFixture[str]) -> None:
    found = research("company;site\nQdrant;https://q.example\nQdrant;https://q.example\n")
    assert rows(found) == [("Qdrant", {"site": "https://q.example"})]
    told = capsys.readouterr()
    assert "cells separated by semicolons. The first line names the columns." in told.err
    assert "Line 3 is repeated and merged." in told.err and told.out == ""


def test_rows_of_a_workbook(research: Any) -> None:
    found = research(workbook([["company", "year"], ["Qdrant", 2021]]), name="rows.xlsx")
    assert rows(found) == [("Qdrant", {"year": "2021"})]


def test_another_topic_column_and_no_header(research: Any) -> None:
    text = "no,company\n1,Qdrant\n"
    assert rows(research(text, "--topic-column", "company")) == [("Qdrant", {"no": "1"})]
    found = research(text, "--no-header", "--topic-column", "2")
    assert rows(found)[0] == ("company", {"column 1": "no"})


@pytest.mark.parametrize("is_inside", [False, True])
def test_columns_are_taken_from_json(research: Any, tmp_path: Path, is_inside: bool) -> None:
    columns = [{"name": "License", "type": "text", "ask": "Which?"}]
    file = tmp_path / "columns.json"
    file.write_text(json.dumps({"columns": columns} if is_inside else columns))
    (column,) = research("topic\nQdrant\n", "--columns", str(file)).columns
    assert (column.name, column.ask) == ("License", "Which?")


@pytest.mark.parametrize("text", ["[", "{}", "[1]", "[" * 100_000, '[{"name": ""}]'])
def test_columns_that_cannot_be_read_are_told(research: Any, tmp_path: Path, text: str) -> None:
    file = tmp_path / "columns.json"
    file.write_text(text)
    with pytest.raises(CommandError) as refused:
        research("topic\nQdrant\n", "--columns", str(file))
    assert refused.value.returncode == 2


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        ("a,b\nx,1,2\n,y\n", (), "rows.csv holds rows that cannot run. Line 2: it has 3 cells"),
        ("a,b\nx,1\n", ("--topic-column", "c"), "rows.csv has no column 'c'. There are: a, b."),
        ("a,b\nx,1\n", ("a topic",), "both topics and rows"),
        ("", (), "rows.csv holds no row"),
        (b"PK\x03\x04", (), "rows.csv is damaged"),
    ],
)
def test_bad_input_is_status_2(
    research: Any, content: str | bytes, options: tuple[str, ...], message: str
) -> None:
    with pytest.raises(CommandError, match=message) as refused:
        research(content, *options)
    assert refused.value.returncode == 2


@pytest.mark.parametrize("path", ["/no/such.csv", "/"])
def test_a_file_that_cannot_be_opened_is_told(path: str) -> None:
    with pytest.raises(CommandError, match="cannot be opened"):
        call_command("research", "--rows", path)


def test_options_of_rows_need_rows() -> None:
    with pytest.raises(CommandError, match="belong to --rows"):
        call_command("research", "a topic", "--no-header")
