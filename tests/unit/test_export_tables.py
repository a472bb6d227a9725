"""Tables as CSV and XLSX: typed values, the proof of each, and nothing that is worked out."""

import csv
import io
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
from django.test import Client

from research.runs.models import Cell, Run, Source, Topic
from tests.support.exports import checked_run, export, finished_run

pytestmark = pytest.mark.django_db

COLUMNS = [
    {"name": "Licence", "type": "text", "unit": "", "choices": [], "ask": ""},
    {"name": "Stars", "type": "number", "unit": "k", "choices": [], "ask": ""},
    {"name": "Released", "type": "date", "unit": "", "choices": [], "ask": ""},
    {"name": "Typed", "type": "boolean", "unit": "", "choices": [], "ask": ""},
    {"name": "Tags", "type": "list", "unit": "", "choices": [], "ask": ""},
    {"name": "Status", "type": "text", "unit": "", "choices": [], "ask": ""},
]
VALUES = {
    "Licence": "MIT",
    "Stars": 12.5,
    "Released": "2024-05-01",
    "Typed": True,
    "Tags": ["web", "api"],
    "Status": "=1+1",
}


@pytest.fixture
def table() -> Run:
    """Two rows with an input; the second one's cells were not found."""
    run = finished_run("- **Licence:** MIT [1]", "- **Licence:** *Not found.*", text="Django")
    Run.objects.update(columns=COLUMNS)
    Topic.objects.update(inputs={"website": "https://example.org/=x"})
    first, second = run.topics.all()
    for name, value in VALUES.items():
        Cell.objects.create(
            topic=first,
            column=name,
            attempt=1,
            value=value,
            verdict="quoted",
            quote="the licence is MIT",
            source=1,
            start=7,
        )
        Cell.objects.create(topic=second, column=name, attempt=1, reason="No source says.")
    return Run.objects.get(pk=run.pk)


def workbook(client: Client, run: Run, **query: Any) -> Any:
    answer = export(client, run, format="xlsx", **query)
    return openpyxl.load_workbook(io.BytesIO(answer.content))


def rows(sheet: Any) -> list[dict[str, Any]]:
    head, *body = sheet.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in body]


def test_a_workbook_has_typed_values(client: Client, table: Run) -> None:
    first, second = rows(workbook(client, table)["Topics"])
    assert (first["position"], first["topic"]) == (1, "Django 0")
    assert first["website"] == "https://example.org/=x"
    assert (first["Licence"], first["Stars"], first["Typed"]) == ("MIT", 12.5, True)
    assert first["Released"] == datetime(2024, 5, 1) and first["Tags"] == "web, api"
    assert (first["status"], first["Status (column)"]) == ("succeeded", "=1+1")
    assert isinstance(first["started_at"], datetime) and first["tokens"] == 0
    assert [second[name] for name in ("Licence", "Stars", "Released", "Typed")] == [None] * 4


def test_each_cell_has_its_proof(client: Client, table: Run) -> None:
    Cell.objects.filter(column="Stars", value=12.5).update(correction=13, note="Counted.")
    found = rows(workbook(client, table)["Evidence"])
    assert len(found) == 12
    licence, stars = found[0], found[1]
    assert (licence["topic"], licence["column"], licence["value"]) == ("Django 0", "Licence", "MIT")
    assert (licence["quote"], licence["source"], licence["source_title"]) == (
        "the licence is MIT",
        1,
        "On bees",
    )
    assert (licence["start"], licence["end"], licence["verdict"]) == (7, 25, "quoted")
    assert (stars["value"], stars["verdict"], stars["note"]) == (13, "corrected", "Counted.")
    assert stars["correction"] == "it said: 12.5"
    assert found[6]["value"] is None and found[6]["reason"] == "No source says."


def test_claims_are_evidence_too(client: Client) -> None:
    claims = rows(workbook(client, checked_run())["Evidence"])
    differs = next(row for row in claims if row["verdict"] == "differs")
    assert differs["claim"].startswith("They live for 90 days") and "40 days" in differs["quote"]
    corrected = next(row for row in claims if row["verdict"] == "corrected")
    assert corrected["correction"] == "The queen lays | 2,000 eggs."
    assert corrected["decided"].startswith("by ann, 20")


def test_sources_have_a_sheet(client: Client) -> None:
    run = finished_run("x")
    Source.objects.update(origin={"author": "Ann Bee", "published": "2024-05-01", "engine": "e"})
    [source] = rows(workbook(client, run)["Sources"])
    assert (source["source"], source["title"], source["author"]) == (1, "On bees", "Ann Bee")
    assert source["published"] == "2024-05-01" and isinstance(source["seen_at"], datetime)


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "#REF!", "=HYPERLINK(1)"]
)
def test_no_cell_of_a_workbook_is_a_formula(client: Client, text: str) -> None:
    run = finished_run(text)
    Topic.objects.update(text=text, review_note=text)
    Source.objects.update(title=text)
    for sheet in workbook(client, run):
        kinds = {cell.data_type for row in sheet.iter_rows() for cell in row}
        assert kinds <= {"s", "inlineStr", "n", "d", "b"}
    [topic] = rows(workbook(client, run)["Topics"])
    assert topic["topic"].strip() == text.strip()


def test_a_cell_holds_what_it_can_and_says_so(client: Client) -> None:
    run = finished_run("x")
    Topic.objects.update(result="a\x00b" + "y" * 40_000)
    [topic] = rows(workbook(client, run)["Topics"])
    assert len(topic["result"]) == 32_767 and topic["result"].endswith("JSON has all of it.]")
    assert topic["result"].startswith("a\ufffdb")


def test_a_large_whole_number_keeps_its_digits(client: Client, table: Run) -> None:
    Cell.objects.filter(column="Stars", value=12.5).update(value=12345678901234567890)
    assert rows(workbook(client, table)["Topics"])[0]["Stars"] == "12345678901234567890"


def test_csv_has_inputs_and_columns(client: Client, table: Run) -> None:
    text = export(client, table, format="csv").content.decode("utf-8-sig")
    first, second = csv.DictReader(io.StringIO(text))
    assert (first["Stars"], first["Typed"], first["Released"]) == ("12.5", "yes", "2024-05-01")
    assert first["Status (column)"] == "'=1+1" and second["Stars"] == ""
    assert date.fromisoformat(first["started_at"][:10])


def test_what_is_unfinished_is_told(client: Client, table: Run) -> None:
    Run.objects.update(status="running")
    Topic.objects.filter(position=2).update(status="running")
    export(client, table, 409, format="xlsx")
    book = workbook(client, table, partial=1)
    about = {row["name"]: row["value"] for row in rows(book["Run"])}
    assert about["note"] == "Not finished: 1 of 2 topics had not ended."
    assert [row["status"] for row in rows(book["Topics"])] == ["succeeded", "running"]


def test_a_document_has_the_table(client: Client, table: Run) -> None:
    html = export(client, table, format="html").content.decode()
    for told in ("<th>Licence</th>", "<td>12.5 k</td>", "<td>yes</td>", "<em>not found</em>"):
        assert told in html
    assert "website: https://example.org/=x" in html


def test_an_empty_run_is_a_table_without_rows(client: Client, table: Run) -> None:
    Topic.objects.all().delete()
    assert rows(workbook(client, table)["Topics"]) == []
