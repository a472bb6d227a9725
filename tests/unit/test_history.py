"""The history: found again tomorrow."""

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from research.runs.models import Run, Status
from research.runs.submission import Submission

pytestmark = pytest.mark.django_db


def submitted(*topics: str, age: int = 0, blueprint: str = "quick", **fields: Any) -> Run:
    """A run that is `age` minutes old."""
    run = Submission.check(topics, blueprint, "offline").submit()
    fields["created_at"] = timezone.now() - timedelta(minutes=age)
    Run.objects.filter(pk=run.pk).update(**fields)
    return run


def shown(client: Client, path: str) -> list[str]:
    """The first topics of the runs on a page, from top to bottom."""
    response = client.get(path)
    assert response.status_code == 200
    return re.findall(r'<a href="/runs/[^"]+"><span>(.*?)</span>', response.content.decode())


def link(client: Client, path: str, rel: str) -> str | None:
    page = client.get(path).content.decode()
    found = re.search(rf'<a rel="{rel}" href="(.*?)"', page)
    return "/runs/" + found[1].replace("&amp;", "&") if found else None


def test_runs_stand_newest_first(client: Client) -> None:
    submitted("old", age=2)
    submitted("new", age=0)
    submitted("middle", age=1)
    assert shown(client, "/runs/") == ["new", "middle", "old"]


def test_nothing_yet_is_said(client: Client) -> None:
    assert "No runs yet" in client.get("/runs/").content.decode()
    assert "No run matches" in client.get("/runs/?q=anything").content.decode()


def test_all_words_are_looked_for_in_topics_and_results(client: Client) -> None:
    run = submitted("asyncio", "queues")
    run.topics.filter(position=2).update(result="Tasks are *cancelled* in a group.")
    submitted("weak references")
    assert shown(client, "/runs/?q=ASYNCIO") == ["asyncio"]
    assert shown(client, "/runs/?q=cancelled+queues") == ["asyncio"]
    assert shown(client, "/runs/?q=cancelled+weak") == []
    assert shown(client, "/runs/?q=100%25") == []


def test_runs_are_filtered_by_state_blueprint_and_model(client: Client) -> None:
    submitted("done", status=Status.SUCCEEDED)
    submitted("deep", blueprint="deep", age=1)
    submitted("other", model="ollama/llama3.2", age=2)
    assert shown(client, "/runs/?status=succeeded") == ["done"]
    assert shown(client, "/runs/?blueprint=deep") == ["deep"]
    assert shown(client, "/runs/?model=ollama/llama3.2&status=queued") == ["other"]


@pytest.mark.parametrize("query", ["status=sleeping", "model=nobody", "q=a%00b", "q=" + "a" * 201])
def test_a_filter_that_cannot_be_read_shows_an_error(client: Client, query: str) -> None:
    submitted("asyncio")
    assert 'class="error"' in client.get(f"/runs/?{query}").content.decode()


def test_pages_lead_on_and_back_and_keep_the_filter(client: Client) -> None:
    for number in range(60):
        submitted(f"t{number:02d}", age=number)
    submitted("other", blueprint="deep")
    first = "/runs/?blueprint=quick"
    second = link(client, first, "next") or ""
    third = link(client, second, "next") or ""
    names = [f"t{number:02d}" for number in range(60)]
    assert [shown(client, path) for path in (first, second, third)] == [
        names[:25],
        names[25:50],
        names[50:],
    ]
    assert link(client, third, "next") is None and link(client, first, "prev") is None
    back = link(client, third, "prev") or ""
    assert "blueprint=quick" in back and shown(client, back) == names[25:50]
    assert shown(client, link(client, back, "prev") or "") == names[:25]


def test_runs_of_the_same_moment_are_on_one_page_each(client: Client) -> None:
    moment = timezone.now()
    for number in range(30):
        submitted(f"t{number:02d}")
    Run.objects.update(created_at=moment)
    both = shown(client, "/runs/") + shown(client, link(client, "/runs/", "next") or "")
    assert sorted(both) == [f"t{number:02d}" for number in range(30)]


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "_",
        "2026-01-01T00:00:00Z_",
        f"2026-01-01T00:00:00_{uuid.UUID(int=1)}",
        f"0001-01-01T00:00:00+23:59_{uuid.UUID(int=1)}",
    ],
)
def test_a_cursor_that_is_none_is_a_404(client: Client, cursor: str) -> None:
    assert client.get("/runs/", {"before": cursor}).status_code == 404


def test_a_row_tells_how_the_run_went(client: Client) -> None:
    run = submitted("asyncio", "queues", "locks", "events", status=Status.PARTIAL)
    now = timezone.now()
    work = {"started_at": now - timedelta(seconds=10), "finished_at": now}
    Run.objects.update(**work)
    run.topics.update(status=Status.SUCCEEDED, prompt_tokens=1000, completion_tokens=250, **work)
    run.topics.filter(position=4).update(status=Status.FAILED)
    page = client.get("/runs/").content.decode()
    assert "and 1 more" in page and "3 of 4 succeeded, 1 failed" in page
    assert "5,000 tokens" in page and "10 s, 4.0 times" in page


@pytest.mark.parametrize("number", [1, 25])
def test_any_number_of_runs_takes_the_same_queries(
    client: Client, django_assert_num_queries: Any, number: int
) -> None:
    for _ in range(number):
        submitted("asyncio", "queues")
    client.get("/")  # the local user is there from here on
    with django_assert_num_queries(7):
        client.get("/runs/")
