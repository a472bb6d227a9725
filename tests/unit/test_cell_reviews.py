"""A person notes and corrects cells: by the API, typed by the column, told by an event."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from research.runs.models import Cell, Event, Run
from research.runs.table import retry_missing
from tests.support.tables import COLUMNS, fill, found, not_found, table

pytestmark = pytest.mark.django_db


@pytest.fixture
def run() -> Run:
    cells = [found("licence", "MIT"), not_found("size"), found("kind", "tool", "unsupported")]
    return table(["django", "flask"], cells)


def amend(client: Client, run: Run, column: str, position: int = 1, **body: Any) -> Any:
    path = f"/api/runs/{run.pk}/topics/{position}/values/{column}"
    return client.patch(path, body, content_type="application/json")


def test_a_correction_stands_beside_what_the_crew_found(client: Client, run: Run) -> None:
    told = amend(client, run, "LICENCE", correction=" BSD-3-Clause ").json()
    assert (told["value"], told["correction"]) == ("MIT", "BSD-3-Clause")
    assert told["corrected_by"] == "local" and told["corrected_at"] and told["noted_by"] is None
    assert Cell.objects.get(column="licence").shown == "BSD-3-Clause"
    [topic, _] = client.get(f"/api/runs/{run.pk}").json()["topics"]
    assert topic["values"]["licence"] == told
    event = Event.objects.get(kind="value.reviewed")
    expected = {"column": "licence", "correction": "BSD-3-Clause", "note": "", "by": "local"}
    assert (event.position, event.data) == (1, expected)


def test_null_takes_back_and_what_is_left_out_stays(client: Client, run: Run) -> None:
    amend(client, run, "size", correction="12 MB", note="weighed")
    told = amend(client, run, "size", correction=None).json()
    assert (told["correction"], told["corrected_by"], told["corrected_at"]) == (None, None, None)
    assert (told["note"], told["noted_by"]) == ("weighed", "local")
    told = amend(client, run, "size", note=None).json()
    assert (told["note"], told["noted_by"], told["noted_at"]) == ("", None, None)


def test_nothing_is_told_where_nothing_changes(client: Client, run: Run) -> None:
    for _ in range(2):
        amend(client, run, "licence", note="as seen")
    amend(client, run, "size", correction=None)
    assert Event.objects.filter(kind="value.reviewed").count() == 1


@pytest.mark.parametrize(
    ("column", "typed", "kept"),
    [
        ("size", "1,500 kB", 1.5),
        ("size", 7, 7),
        ("since", "May 2019", "2019-05"),
        ("kind", "FRAMEWORK", "framework"),
    ],
)
def test_a_correction_is_read_as_its_columns_type(
    client: Client, run: Run, column: str, typed: Any, kept: Any
) -> None:
    assert amend(client, run, column, correction=typed).json()["correction"] == kept


@pytest.mark.parametrize(
    ("column", "body", "code", "says"),
    [
        ("size", {"correction": "large"}, "bad_correction", "“large” holds no number"),
        ("kind", {"correction": "toy"}, "bad_correction", "library, framework, tool"),
        ("licence", {"correction": "  "}, "no_value", "empty"),
        ("licence", {"note": "x" * 2001}, "note_too_long", "2000"),
        ("licence", {"verdict": "quoted"}, "bad_input", "verdict"),
        ("colour", {"note": "x"}, "unknown_column", "licence, size, since, kind"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_a_reason(
    client: Client, run: Run, column: str, body: dict[str, Any], code: str, says: str
) -> None:
    error = amend(client, run, column, **body).json()["error"]
    assert error["code"] == code and says in error["message"]
    assert not Event.objects.filter(kind="value.reviewed").exists()


def test_a_cell_that_no_crew_has_filled_in_takes_a_correction(client: Client, run: Run) -> None:
    told = amend(client, run, "since", position=2, correction="2010").json()
    assert (told["value"], told["correction"]) == (None, "2010")
    fill(run, 2, [found("since", "2011")])
    cell = Cell.objects.get(column="since")
    assert (cell.value, cell.shown, cell.attempt) == ("2011", "2010", 1)


def test_a_correction_stands_when_the_cell_is_asked_for_again(client: Client, run: Run) -> None:
    amend(client, run, "licence", correction="BSD", note="see the file")
    path = f"/api/runs/{run.pk}/topics/1/values/licence/retry"
    assert client.post(path, content_type="application/json").status_code == 202
    fill(run, 1, [found("licence", "MIT or BSD")])
    cell = Cell.objects.get(column="licence")
    assert (cell.value, cell.shown, cell.note) == ("MIT or BSD", "BSD", "see the file")


def test_what_is_missing_in_a_column_is_asked_for_again(client: Client) -> None:
    full = [found(column["name"], "x") for column in COLUMNS]
    partly = [found("licence", "MIT"), not_found("size"), not_found("since"), not_found("kind")]
    run = table(["one", "two", "three", "four"], full, partly, partly)
    amend(client, run, "size", position=3, correction=3)
    path = f"/api/runs/{run.pk}/columns/Size/retry"
    topics = client.post(path, content_type="application/json").json()["topics"]
    assert [topic["status"] for topic in topics] == ["succeeded", "queued", "succeeded", "queued"]
    assert run.topics.get(position=2).asked == ["size"]  # the fourth was queued before
    again = client.post(path, content_type="application/json")
    assert (again.status_code, again.json()["error"]["code"]) == (409, "nothing_missing")


def test_any_number_of_rows_is_asked_again_by_the_same_queries() -> None:
    """Rows that lack another cell besides are asked for that, too."""
    taken = []
    for number in (2, 12):
        partly = [found("licence", "MIT"), not_found("size")]
        run = table([f"row {n}" for n in range(number)], *[partly] * (number - 1), partly[1:])
        with CaptureQueriesContext(connection) as queries:
            retry_missing(run, "size")
        taken.append(len(queries))
        asked = list(run.topics.order_by("position").values_list("asked", "attempt", "status"))
        assert asked[:-1] == [(["size", "since", "kind"], 2, "queued")] * (number - 1)
        assert asked[-1] == (["licence", "size", "since", "kind"], 2, "queued")
        retried = Event.objects.filter(run=run, kind="topic.retried").order_by("position")
        assert [event.data["columns"] for event in retried] == [each[0] for each in asked]
    assert taken[0] == taken[1]


def test_a_budget_comes_with_what_is_asked_for_again(client: Client, run: Run) -> None:
    path = f"/api/runs/{run.pk}/columns/size/retry"
    body = {"budget": {"tokens": 5000}}
    answer = client.post(path, body, content_type="application/json").json()
    assert answer["budget"]["tokens"] == 5000


def test_the_api_describes_it(client: Client) -> None:
    paths = client.get("/api/openapi.json").json()["paths"]
    assert "patch" in paths["/api/runs/{run_id}/topics/{position}/values/{column}"]
