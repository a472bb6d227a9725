"""A result that rests on nothing says so, wherever it is shown."""

from typing import Any

import pytest
from django.test import Client

from research.runs import findings
from research.runs.events import record
from research.runs.models import Finding, Run, Source, Topic
from research.runs.submission import Submission

NOTHING = "The library holds nothing on “bees” that could be quoted."


class Seen:
    def __init__(self, url: str) -> None:
        self.url = url


SEEN = {1: Seen("/library/3/"), 2: Seen("https://example.com/bees")}


@pytest.mark.parametrize(
    ("result", "sources", "finding"),
    [
        ("Bees fly [1].", SEEN, Finding.FOUND),
        ("Bees fly, says https://example.com/bees.", SEEN, Finding.FOUND),
        ("Bees fly.", SEEN, Finding.UNCITED),
        ("Bees fly [3].", SEEN, Finding.UNCITED),
        ("Bees fly at [0, 1] km/h, see xs[1].", SEEN, Finding.UNCITED),
        ("Bees fly.\n\n## Sources\n\n- [1] On bees", SEEN, Finding.UNCITED),
        ("Bees fly [1].", {}, Finding.NOTHING_FOUND),
        ("The sources hold nothing on bees.", {}, Finding.NOTHING_FOUND),
        (NOTHING, SEEN, Finding.NOTHING_FOUND),
    ],
)
def test_what_a_result_rests_on(result: str, sources: Any, finding: Finding) -> None:
    assert findings.basis_of(result, sources).finding == finding


@pytest.mark.parametrize(
    ("result", "sources", "unknown"),
    [
        ("Bees fly [1][2].", SEEN, 0),
        ("Bees fly [3], and again [3], and [2, 7-9].", SEEN, 4),
        ("Bees fly [1].", {}, 1),
        ("Bees fly at [0, 5] km/h, see xs[9], as in [2024].", SEEN, 0),
        ("```\nx = y [9]\n```", SEEN, 0),
    ],
)
def test_numbers_of_sources_never_seen_are_counted(result: str, sources: Any, unknown: int) -> None:
    assert findings.basis_of(result, sources).unknown_citations == unknown


def ended(result: str, finding: Finding | None, model: str = "offline") -> Run:
    run = Submission.check(["bees"], model="offline").submit()
    Run.objects.update(model=model)
    Topic.objects.claim(Topic.objects.next_in_line(1), "here:1")
    topic = Topic.objects.get()
    Source.objects.create(topic=topic, number=1, title="On bees", text="Bees fly.")
    record(topic.succeed(result, finding))
    return Run.objects.get(pk=run.pk)


@pytest.mark.django_db
def test_nothing_found_is_grey_and_says_what_to_do(client: Client) -> None:
    run = ended(NOTHING, Finding.NOTHING_FOUND)
    for path in (f"/runs/{run.pk}/", "/runs/"):
        page = client.get(path).content.decode()
        assert "is-nothing_found" in page and "pill is-succeeded" not in page
        assert "1 found nothing" in page
    assert "Add documents on it to the library" in client.get(f"/runs/{run.pk}/").content.decode()
    topic = client.get(f"/api/runs/{run.pk}").json()["topics"][0]
    assert (topic["status"], topic["finding"]) == ("succeeded", "nothing_found")
    assert "Add documents" in topic["advice"]
    admin = client.get(f"/admin/research/topic/{Topic.objects.get().pk}/change/")
    assert "Nothing found." in admin.content.decode()


@pytest.mark.django_db
def test_a_result_that_cites_nothing_says_so(client: Client) -> None:
    run = ended("Bees fly.", Finding.UNCITED)
    page = client.get(f"/runs/{run.pk}/").content.decode()
    assert "No source cited" in page and "1 cites no source" in page
    for path in ("/runs/", "/runs/?q=bees"):
        assert client.get(path).content.decode().count(">no source cited<") == path.count("=") + 1
    assert client.get(f"/api/runs/{run.pk}").json()["topics"][0]["finding"] == "uncited"


@pytest.mark.django_db
def test_what_is_found_needs_no_word(client: Client) -> None:
    run = ended("Bees fly [1].", Finding.FOUND)
    assert "pill is-succeeded" in client.get(f"/runs/{run.pk}/").content.decode()
    topic = client.get(f"/api/runs/{run.pk}").json()["topics"][0]
    assert (topic["finding"], topic["advice"]) == ("found", None)


@pytest.mark.django_db
def test_an_open_topic_has_no_finding(client: Client) -> None:
    run = Submission.check(["bees"], model="offline").submit()
    assert client.get(f"/api/runs/{run.pk}").json()["topics"][0]["finding"] is None


@pytest.mark.django_db
def test_without_web_search_a_real_model_is_told_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = ended("Bees fly.", Finding.NOTHING_FOUND, model="openai/gpt-4o-mini")
    assert "SERPER_API_KEY" in findings.advice(run.topics.get())
    monkeypatch.setenv("SERPER_API_KEY", "k" * 20)
    assert "SERPER_API_KEY" not in findings.advice(run.topics.get())


@pytest.mark.django_db
def test_the_page_says_that_only_the_library_is_searched(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = ended("Bees fly [1].", Finding.FOUND, model="openai/gpt-4o-mini")
    told = "only the library is searched"
    assert told in client.get(f"/runs/{run.pk}/").content.decode()
    Source.objects.update(url="https://example.com/bees")  # it was set up then
    assert told not in client.get(f"/runs/{run.pk}/").content.decode()
    Source.objects.update(url="/library/1/")
    monkeypatch.setenv("SERPER_API_KEY", "k" * 20)
    assert told not in client.get(f"/runs/{run.pk}/").content.decode()
