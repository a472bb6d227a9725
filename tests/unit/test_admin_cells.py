"""Cells in the admin: listed, filtered, read with their proof, and noted."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from research.runs.models import Cell, Event
from tests.support.rows import LISTS, change_page, page_of
from tests.support.tables import QUOTE, found, not_found, table

pytestmark = pytest.mark.django_db

CELLS = [found("licence", "MIT"), found("size", 12, "invented"), not_found("since")]


@pytest.fixture
def cells() -> dict[str, Cell]:
    table(["django"], CELLS)
    return {cell.column: cell for cell in Cell.objects.all()}


def test_cells_are_listed_with_topic_column_value_and_verdict(
    client: Client, cells: dict[str, Cell]
) -> None:
    page = page_of(client, LISTS["cell"])
    for told in ("licence", "MIT", "12 MB", "✕ invented", "not found", "django"):
        assert told in page


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({"verdict__exact": "invented"}, {"size"}),
        ({"value": "missing"}, {"since"}),
        ({"value": "corrected"}, {"licence"}),
        ({"value": "found"}, {"licence", "size"}),
        ({"noted": "yes"}, {"size"}),
        ({"q": "since"}, {"since"}),
    ],
)
def test_they_are_filtered(
    client: Client, cells: dict[str, Cell], query: dict[str, str], shown: set[str]
) -> None:
    Cell.objects.filter(column="licence").update(correction="BSD")
    Cell.objects.filter(column="size").update(note="weigh it")
    page = page_of(client, LISTS["cell"], **query)
    assert {name for name in cells if f"/cell/{cells[name].pk}/change/" in page} == shown


def test_a_cell_is_read_with_its_proof_and_its_note_alone_is_written(
    client: Client, cells: dict[str, Cell]
) -> None:
    cell = cells["licence"]
    page = page_of(client, change_page(cell))
    assert QUOTE in page and f"/runs/{cell.topic.run_id}/table/#cell-1-1" in page
    assert page.count("<textarea") == 1 and 'name="correction"' not in page
    sent: dict[str, Any] = {"note": "As the file says.", "value": '"GPL"'}
    assert client.post(change_page(cell), sent).status_code == 302
    cell.refresh_from_db()
    assert (cell.note, cell.value) == ("As the file says.", "MIT")
    assert cell.noted_by and cell.noted_by.get_username() == "local"
    assert Event.objects.get(kind="value.reviewed").data["note"] == "As the file says."


def test_a_cell_of_a_column_that_is_gone_is_read_only(
    client: Client, cells: dict[str, Cell]
) -> None:
    run = cells["licence"].topic.run
    run.columns = run.columns[1:]
    run.save(update_fields=["columns"])
    assert "<textarea" not in page_of(client, change_page(cells["licence"]))


def test_the_list_takes_as_many_queries_for_many_as_for_few(client: Client) -> None:
    page_of(client, LISTS["cell"])  # the first request makes the local user
    costs: list[int] = []
    for rows in (1, 12):
        names = [f"topic {n}" for n in range(rows)]
        table(names, *[CELLS] * rows)
        with CaptureQueriesContext(connection) as queries:
            page_of(client, LISTS["cell"])
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_a_run_and_the_history_lead_to_the_table(client: Client, cells: dict[str, Cell]) -> None:
    run = cells["licence"].topic.run
    there = f"/runs/{run.pk}/table/"
    assert there in page_of(client, change_page(run))
    assert there in page_of(client, f"/runs/{run.pk}/") and there in page_of(client, "/runs/")
