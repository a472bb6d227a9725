"""The table of a run as the server writes it: each cell with its state, rows, proofs and forms."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from research.runs.events import record
from research.runs.models import Cell, Run, Topic
from research.runs.table import retry_cell
from tests.support.tables import QUOTE, fill, found, not_found, table

pytestmark = pytest.mark.django_db

FULL = [
    found("licence", "MIT"),
    found("size", 12.5, "differs", reason="The source says 12 MB."),
    not_found("since", "No source dates it."),
    found("kind", "library", "supported"),
]


def read(client: Client, run: Run, more: str = "", status: int = 200, **headers: str) -> str:
    response = client.get(f"/runs/{run.pk}/table/{more}", headers=headers)
    assert response.status_code == status
    return response.content.decode()


def row(page: str, position: int) -> str:
    [html] = re.findall(rf'<tr id="row-{position}".*?</tr>', page, re.DOTALL)
    return str(html)


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def test_each_cell_tells_its_value_and_verdict_by_sign_and_word(client: Client) -> None:
    rows = [{"topic": "django", "website": "https://x.example/"}, {"topic": "flask"}]
    page = read(client, table(rows, FULL))
    told = words(row(page, 1))
    assert "django succeeded https://x.example/ MIT ” quoted 12.5 MB ≠ differs" in told
    assert "\N{EN DASH} not found library ✓ supported" in told
    assert words(row(page, 2)).count("… waiting") == 4
    assert "3 of 8 cells found, 1 of 2 rows done" in words(page)


def test_a_row_that_failed_says_so_and_its_cells_are_not_filled_in(client: Client) -> None:
    run = table(["django", "flask"])
    for topic in run.topics.all():
        record(Topic.objects.claim([topic], "here:1"))
        record(topic.fail("provider_timeout", "The provider <b>slept</b>."))
    page = read(client, run)
    assert words(row(page, 1)).count("○ not filled in") == 4
    assert "failed provider timeout" in words(row(page, 1))
    assert "2 rows failed: provider timeout." in words(page)
    assert "<b>slept" not in page and "0 of 8 cells found" in words(page)


def test_what_came_from_outside_is_escaped(client: Client) -> None:
    cells = [found("licence", "<script>alert(1)</script>")]
    row_ = {"topic": "a <i>b</i>", "<u>x</u>": "<s>y</s>"}
    columns = [{"name": "licence", "ask": '"><script>alert(2)</script>'}]
    page = read(client, table([row_], cells, columns=columns))
    assert not re.search(r"<script>alert|<i>b|<u>x|<s>y", page)


def test_a_long_value_is_cut_in_the_table_and_whole_in_its_proof(client: Client) -> None:
    long = "word " * 390 + "end"
    run = table(["django"], [found("licence", long)])
    assert "…</span>" in row(read(client, run), 1) and len(row(read(client, run), 1)) < 2_000
    assert "word end" in read(client, run, "1/1/")


def test_a_run_without_columns_offers_one(client: Client) -> None:
    page = words(read(client, table(["django"], [], columns=[])))
    assert "No columns yet" in page and "Add a column" in page


def test_the_number_of_queries_does_not_grow(client: Client) -> None:
    read(client, table(["one"], FULL))  # the first request looks more up
    counts = []
    for number in (2, 20):
        run = table([f"topic {n}" for n in range(number)], *[FULL] * number)
        with CaptureQueriesContext(connection) as queries:
            read(client, run)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_changed_rows_come_by_themselves(client: Client) -> None:
    run = table(["one", "two", "three"], FULL, FULL)
    part = read(client, run, "rows/?positions=2,3,99")
    assert [int(n) for n in re.findall(r'<tr id="row-(\d+)"', part)] == [2, 3]
    assert 'id="summary"' in part and "<html" not in part


# The proof ----------------------------------------------------------------------------------


def test_a_proof_shows_the_quote_in_its_source_and_why(client: Client) -> None:
    run = table(["django"], FULL)
    page = read(client, run, "1/2/")
    assert f"<mark>{QUOTE}</mark> The wheel weighs 12 MB." in page
    assert "The source says 12 MB." in page and "≠ differs" in words(page)
    assert f"/runs/{run.pk}/1/#topic-1-source-1" in page
    assert "No source dates it." in read(client, run, "1/3/")
    assert "<html" not in read(client, run, "1/2/", x_requested_with="fetch")
    for nowhere in ("1/5/", "1/0/", "2/1/"):
        read(client, run, nowhere, status=404)


def say(client: Client, run: Run, cell: str, status: int = 302, **fields: Any) -> str:
    response = client.post(f"/runs/{run.pk}/table/{cell}", fields)
    assert response.status_code == status
    return response.content.decode()


def test_a_correction_is_kept_told_and_taken_back(client: Client) -> None:
    run = table(["django"], FULL)
    say(client, run, "1/1/", do="correct", correction="BSD-3-Clause")
    told = words(read(client, run, "1/1/"))
    assert "BSD-3-Clause ✎ corrected" in told and "Corrected by local" in told
    assert "The crew found MIT , quoted" in told
    assert "BSD-3-Clause ✎ corrected" in words(row(read(client, run), 1))
    retry_cell(run, 1, "licence")
    fill(run, 1, [found("licence", "Apache")])
    assert "The crew has found since Apache" in words(read(client, run, "1/1/"))
    say(client, run, "1/1/", do="restore")
    assert "Apache ” quoted" in words(row(read(client, run), 1))


def test_a_note_shows_with_who_wrote_it(client: Client) -> None:
    run = table(["django"], FULL)
    say(client, run, "1/3/", do="note", note="Ask the author.\r\nTwice.")
    assert "\N{EN DASH} not found · note" in words(row(read(client, run), 1))
    assert "Note by local" in words(read(client, run, "1/3/"))
    assert Cell.objects.get(column="since").note == "Ask the author.\nTwice."


def test_what_was_typed_and_cannot_be_kept_stays_in_the_field(client: Client) -> None:
    run = table(["django"], FULL)
    page = say(client, run, "1/2/", status=400, do="correct", correction="quite large")
    assert "“quite large” holds no number" in page and 'value="quite large"' in page


def test_the_second_of_two_who_correct_a_cell_is_told(client: Client) -> None:
    run = table(["django"], FULL)
    seen = re.findall(r'name="seen" value="([^"]*)"', read(client, run, "1/1/"))[0]
    say(client, run, "1/1/", do="correct", correction="BSD", seen=seen)
    page = say(client, run, "1/1/", status=409, do="correct", correction="GPL", seen=seen)
    assert "In the meantime" in page and "GPL</textarea>" in page


# Asked again --------------------------------------------------------------------------------


def test_one_cell_is_asked_for_again_with_a_forecast_and_a_budget(client: Client) -> None:
    run = table(["django"], FULL)
    run.topics.update(model_calls=3, prompt_tokens=900, completion_tokens=100)
    told = words(read(client, run, "1/3/"))
    assert "By the 1 row that is done, about 3 model calls, 1,000 tokens" in told
    say(client, run, "1/3/", do="again", token_budget="5,000")
    run.refresh_from_db()
    assert (run.token_budget, run.topics.get().asked) == (5000, ["since"])
    assert words(row(read(client, run), 1)).count("… waiting") == 1
    page = say(client, run, "1/3/", status=409, do="again")
    assert "is still queued" in page


def test_what_a_column_lacks_is_asked_for_again(client: Client) -> None:
    run = table(["one", "two"], FULL, FULL)
    assert "since : 2 rows" in words(read(client, run))
    assert "Ask for 2 cells again" in read(client, run, "columns/3/")
    say(client, run, "columns/3/")
    assert "2 cells of “since” asked for again" in words(read(client, run))
    assert [topic.asked for topic in run.topics.all()] == [["since"], ["since"]]
    assert "No row lacks a value" in say(client, run, "columns/3/", status=409)


def test_a_column_is_added(client: Client) -> None:
    run = table(["one", "two"], FULL, FULL)
    assert "All 2 rows will be asked" in words(read(client, run, "columns/"))
    fields = {"name": "stars", "type": "number", "unit": "thousand", "ask": "GitHub's"}
    given = {f"column-{name}": value for name, value in fields.items()}
    say(client, run, "columns/", **given)
    run.refresh_from_db()
    assert run.columns[-1] == fields | {"choices": []}
    assert "at work" in say(client, run, "columns/", status=409, **given)
    other = table(["one"], FULL)
    assert "has no name" in say(client, other, "columns/", status=400)
