"""The page of a run as the server writes it: complete from the database, at any moment."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from research.runs.events import record
from research.runs.models import Run, Source, Status, TaskResult, Topic
from research.runs.submission import Submission

pytestmark = pytest.mark.django_db

START = datetime(2026, 1, 1, 12, tzinfo=UTC)


def submitted(*topics: str, blueprint: str = "quick") -> Run:
    return Submission.check(topics, blueprint, "offline").submit()


def claimed(run: Run, position: int = 1) -> Topic:
    topic = run.topics.get(position=position)
    record(Topic.objects.claim([topic], "worker"))
    return topic


def read(client: Client, run: Run) -> str:
    response = client.get(f"/runs/{run.id}/")
    assert response.status_code == 200
    return response.content.decode()


def test_a_queued_run_waits_and_reloads_without_a_script(client: Client) -> None:
    page = read(client, submitted("asyncio", "queues"))
    assert "asyncio" in page and "and 1 more" in page and "Waits for its turn" in page
    assert "0 of 2 topics done" in page
    assert '<noscript><meta http-equiv="refresh"' in page


def test_a_running_topic_shows_what_its_crew_does(client: Client) -> None:
    run = submitted("asyncio")
    topic = claimed(run)
    assert "The crew gets ready" in read(client, run)
    record([topic.event("tool.started", call="1", note="Research analyst searches: “<asyncio>”")])
    record([topic.event("tool.finished", call="1")])
    page = read(client, run)
    assert "Research analyst searches: “&lt;asyncio&gt;”" in page
    assert 'data-status="running"' in page and 'data-seq="4"' in page


def test_a_result_cites_the_sources_that_its_crew_saw(client: Client) -> None:
    run = submitted("asyncio")
    topic = claimed(run)
    Source.objects.create(
        topic=topic, number=3, title="Tasks", url="https://docs.python.org/", text="As it was."
    )
    Source.objects.create(topic=topic, number=4, title="Trap", url="javascript:alert(1)", text="")
    record(topic.succeed("- It **works** [3] and more [9]\n\n<script>alert(1)</script>"))
    page = read(client, run)
    assert '<a class="cite" href="#topic-1-source-3" title="Tasks"' in page
    assert 'id="topic-1-source-3"' in page and "As it was." in page
    assert 'class="unknown-source"' in page and "<strong>works</strong>" in page
    assert 'href="https://docs.python.org/"' in page
    assert "<script>alert" not in page and 'href="javascript' not in page
    assert 'http-equiv="refresh"' not in page


def test_a_long_source_is_shown_in_part(client: Client) -> None:
    run = submitted("asyncio")
    Source.objects.create(topic=run.topics.get(), number=1, title="Long", text="word " * 5000)
    assert len(read(client, run)) < 12_000


def test_a_failure_shows_its_kind_and_message_beside_the_others(client: Client) -> None:
    run = submitted("asyncio", "queues")
    record(claimed(run, 1).fail("provider_timeout", "The provider <did not> answer."))
    record(claimed(run, 2).succeed("A result."))
    page = read(client, run)
    assert "Provider timeout" in page and "The provider &lt;did not&gt; answer." in page
    assert "A result." in page and 'data-status="partial"' in page
    assert "1 succeeded" in page and "1 failed" in page


def test_the_outputs_of_earlier_tasks_can_be_opened(client: Client) -> None:
    run = submitted("asyncio", blueprint="deep")
    topic = claimed(run)
    for index, (name, output) in enumerate([("research", "*Notes*"), ("report", "The end")]):
        TaskResult.objects.create(
            topic=topic,
            attempt=1,
            index=index,
            name=name,
            agent="Researcher",
            output=output,
            started_at=START,
            finished_at=START + timedelta(seconds=12),
        )
    record(topic.succeed("The end"))
    page = read(client, run)
    assert "Research <span" in page and "by Researcher in 12 s" in page
    assert "<em>Notes</em>" in page and "Report <span" not in page


def test_the_figure_sums_the_run_up(client: Client) -> None:
    run = submitted("a", "b", "c")
    ended = {"status": Status.SUCCEEDED, "started_at": START}
    for position, seconds in enumerate([12, 14, 15], start=1):
        finished_at = START + timedelta(seconds=seconds)
        run.topics.filter(position=position).update(finished_at=finished_at, **ended)
    Run.objects.update(finished_at=START + timedelta(seconds=12), **ended)
    page = read(client, run)
    assert "<b>41 s</b> of crew work in <b>12 s</b>, <b>3.4 times</b>" in page
    assert "3 of 3 topics done" in page and 'max="3" value="3"' in page


@pytest.mark.parametrize("number", [2, 200])
def test_a_run_of_any_size_takes_the_same_queries(
    client: Client, django_assert_num_queries: Any, number: int
) -> None:
    run = submitted(*(f"topic {n}" for n in range(number)))
    for topic in run.topics.all():
        Source.objects.create(topic=topic, number=1, title="Tasks", text="Text.")
    claimed(run)
    client.get("/")  # the local user is there from here on
    with django_assert_num_queries(8):
        page = read(client, run)
    assert page.count('<li class="topic"') == number


def test_an_open_page_fetches_the_lines_it_asks_for(client: Client) -> None:
    run = submitted("asyncio", "queues", "locks")
    page = client.get(f"/runs/{run.id}/lines/?positions=1,3,99,x,-1,9999999999").content.decode()
    assert 'id="topic-1"' in page and 'id="topic-3"' in page and 'id="topic-2"' not in page
    assert 'id="summary"' in page and 'id="filter"' in page and "<html" not in page


def test_a_line_is_the_same_on_the_page_and_fetched(client: Client) -> None:
    run = submitted("asyncio", "queues")
    record(claimed(run).succeed("A result."))
    lines = client.get(f"/runs/{run.id}/lines/?positions=1").content.decode()
    line = lines[lines.index('<li class="topic"') :]
    assert line[: line.index("</li>")] in read(client, run)


def test_a_run_of_many_topics_shows_a_line_for_each_and_the_reports_that_are_asked_for(
    client: Client,
) -> None:
    run = submitted("asyncio", "queues", "locks")
    for position in (1, 2, 3):
        result = f"## Title\n\nThe sentence {position}. And **more**."
        record(claimed(run, position).succeed(result))
    page = read(client, run)
    assert "The sentence 2." in page and "<strong>more</strong>" not in page
    opened = client.get(f"/runs/{run.id}/?open=2").content.decode()
    assert 'id="topic-2-result"' in opened and 'id="topic-1-result"' not in opened
    everything = client.get(f"/runs/{run.id}/?open=all").content.decode()
    assert everything.count("<strong>more</strong>") == 3
    assert "<strong>more</strong>" in client.get(f"/runs/{run.id}/3/report/").content.decode()


@pytest.mark.parametrize(
    "query", ["status=nonsense", "sort=nonsense", "open=x,-1,99999999", "open="]
)
def test_an_address_with_nonsense_shows_the_run(client: Client, query: str) -> None:
    run = submitted("asyncio", "queues")
    page = client.get(f"/runs/{run.id}/?{query}").content.decode()
    assert page.count('<li class="topic"') == 2 and 'value="" checked' in page


def test_failures_that_differ_in_figures_only_share_a_cause(client: Client) -> None:
    run = submitted("a", "b", "c", "d", "e")
    for position, message in enumerate(["Wait 1.5 s.", "Wait 20 s.", "No <key>.", "Gone."], 1):
        record(claimed(run, position).fail("rate_limited", message))
    record(claimed(run, 5).fail("other", "Wait 3 s."))
    page = read(client, run)
    assert "2 topics failed: rate limited." in page and page.count('class="cause"') == 1
    assert 'data-positions="1,2"' in page and 'name="positions" value="1,2"' in page


def test_the_topics_of_one_cause_are_retried_together(client: Client) -> None:
    run = submitted("a", "b", "c")
    for position in (1, 2, 3):
        record(claimed(run, position).fail("timeout", "Too late."))
    client.post(f"/runs/{run.id}/retry/", {"positions": "1,3"})
    assert list(run.topics.values_list("status", flat=True)) == ["queued", "failed", "queued"]


def test_a_script_gets_an_answer_in_place_of_the_page(client: Client) -> None:
    run = submitted("a", "b")
    answer = client.post(f"/runs/{run.id}/1/cancel/", headers={"x-requested-with": "fetch"})
    assert (answer.status_code, answer.content) == (204, b"")
    refused = client.post(
        f"/runs/{run.id}/retry/", {"token_budget": "many"}, headers={"x-requested-with": "fetch"}
    )
    assert refused.status_code == 400 and b"token budget" in refused.content
    page = client.post(f"/runs/{run.id}/2/cancel/")
    assert page.headers["location"].endswith("/#topic-2")


def test_what_a_report_lists_is_bounded(client: Client) -> None:
    run = submitted("asyncio")
    topic = claimed(run)
    Source.objects.bulk_create(
        Source(topic=topic, number=number, title="t" * 300, url="u" * 2000, text="x" * 5000)
        for number in range(1, 1001)
    )
    record(topic.succeed("[1]" * 50_000 + " and [1000]"))
    page = client.get(f"/runs/{run.id}/1/")
    assert len(page.content) < 2_000_000
    assert "And 800 more" in page.content.decode()


def test_an_unknown_run_is_a_404_in_the_look_of_the_site(client: Client) -> None:
    for path in (
        f"/runs/{uuid.UUID(int=0)}/",
        f"/runs/{uuid.UUID(int=0)}/lines/",
        f"/runs/{uuid.UUID(int=0)}/1/",
        "/runs/nonsense/",
    ):
        response = client.get(path)
        assert response.status_code == 404
        assert "There is nothing here" in response.content.decode()
