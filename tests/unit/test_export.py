"""A run taken away as Markdown, CSV or JSON: with verdicts, corrections, and nothing that acts."""

import csv
import io
from typing import Any

import pytest
from django.test import Client

from research.runs.models import Run, Source, TaskResult, Topic
from research.runs.submission import Submission
from research.web.pages.rendering import render_markdown
from tests.support.exports import checked_run, export

pytestmark = pytest.mark.django_db


@pytest.fixture
def run() -> Run:
    return checked_run()


def rows(client: Client, run: Run) -> list[dict[str, str]]:
    text = export(client, run, format="csv").content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_markdown_has_the_marks_at_their_places(client: Client, run: Run) -> None:
    answer = export(client, run, format="md")
    assert f'filename="research-{run.pk}.md"' in answer["Content-Disposition"]
    text = answer.content.decode()
    assert "- Honey bees dance [1].\n" in text
    assert "in summer [1]. **\\[≠ differs: Source 1 differs" in text
    assert "- The queen lays \\| 2,000 eggs. **\\[✎ corrected by ann, " in text
    assert "; it said: The queen lays 3,000 eggs \\[1\\].\\]**" in text
    assert "4 claims: 1 quoted, 1 supported, 1 differs, 1 invented." in text
    assert "- \\[1\\] On \\*bees\\* <https://example.org/>, seen " in text
    html = render_markdown(text, {})
    assert html.count("<td>") == 2 and "✕ invented" in html[html.index("<td>2031") :]


def test_csv_counts_marks_and_corrects(client: Client, run: Run) -> None:
    [row] = rows(client, run)
    assert row["topic"] == "bees" and row["finding"] == "found"
    assert (row["claims"], row["quoted"], row["differs"], row["uncited"]) == ("4", "1", "1", "0")
    assert "differs (Source 1 differs" in row["marks"] and "invented (2031" in row["marks"]
    assert "→ The queen lays | 2,000 eggs. (by ann, " in row["corrections"]


def test_json_is_the_run(client: Client, run: Run) -> None:
    exported = export(client, run, format="json").json()
    assert exported["id"] == str(run.pk)
    assert exported["topics"][0]["claims"][2]["correction"] == "The queen lays | 2,000 eggs."


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1+cmd|' /C calc'!A0", "@SUM(A1)", " =1", "\t=1", "\uff1d1", "\n=1"]
)
def test_nothing_in_a_csv_is_a_formula(client: Client, run: Run, text: str) -> None:
    Topic.objects.update(text=text, result=text, error_message=text, review_note=text)
    Source.objects.update(title=text, number=1)
    [row] = rows(client, run)
    for name, cell in row.items():
        assert not cell.lstrip().startswith(("=", "+", "-", "@", "\uff1d")), name
    assert row["result"] == f"'{text}"


def test_what_was_not_checked_is_empty_and_not_zero(client: Client, run: Run) -> None:
    Topic.objects.update(checked=None, check_note="Not checked: it took too long.")
    [row] = rows(client, run)
    assert (row["claims"], row["invented"]) == ("", "")
    assert row["check_note"] == "Not checked: it took too long."
    assert "it took too long" in export(client, run, format="md").content.decode()


def test_what_was_dropped_is_told(client: Client, run: Run) -> None:
    topic = run.topics.get()
    dropped = [{"text": "Bees <b>read</b>.", "verdict": "uncited", "reason": "Nobody says so."}]
    times = {"started_at": topic.started_at, "finished_at": topic.finished_at}
    TaskResult.objects.create(
        topic=topic, attempt=1, index=0, name="n", agent="a", output="", dropped=dropped, **times
    )
    text = export(client, run, format="md").content.decode()
    assert r"- Bees \<b\>read\</b\>. (uncited: Nobody says so.)" in text


def test_one_topic_can_be_taken(client: Client, run: Run) -> None:
    answer = export(client, run, format="md", topic=1)
    assert f'filename="research-{run.pk}-1.md"' in answer["Content-Disposition"]
    for topic in (2, -1, 10**30):
        refused = export(client, run, 404, format="csv", topic=topic).json()
        assert refused["error"]["code"] == "not_found"


def test_a_run_at_work_is_exported_on_request(client: Client) -> None:
    run = Submission.check(["bees", "wasps"], model="offline").submit()
    assert export(client, run, 409, format="md").json()["error"]["code"] == "not_finished"
    assert b"*Not finished: queued.*" in export(client, run, format="md", partial=1).content


@pytest.mark.parametrize("query", [{}, {"format": "exe"}, {"format": "md", "topic": "x"}])
def test_a_bad_request_is_refused(client: Client, run: Run, query: dict[str, str]) -> None:
    assert export(client, run, 400, **query).json()["error"]["code"] == "bad_input"


def test_an_unknown_run_is_not_there(client: Client) -> None:
    for key in ("00000000-0000-0000-0000-000000000000", "x"):
        assert client.get(f"/api/runs/{key}/export?format=md").status_code == 404


def test_the_pages_lead_to_the_files(client: Client, run: Run) -> None:
    page = client.get(f"/runs/{run.pk}/").content.decode()
    assert f'href="/api/runs/{run.pk}/export?format=md"' in page
    assert 'format=csv&amp;topic=1"' in client.get(f"/runs/{run.pk}/1/").content.decode()


@pytest.mark.parametrize("number", [1, 30])
def test_an_export_takes_the_same_queries(
    client: Client, run: Run, django_assert_num_queries: Any, number: int
) -> None:
    for position in range(2, number + 1):
        Topic.objects.create(run=run, position=position, text="t", status="succeeded", result="r.")
    with django_assert_num_queries(6):
        export(client, run, format="md")
