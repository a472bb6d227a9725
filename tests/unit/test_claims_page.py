"""A result's claims on its page: marked in the text, summed up, listed with their passages."""

import re
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from research.claims.check import check
from research.claims.claim import Source as Seen
from research.runs import control
from research.runs.events import record
from research.runs.models import Decision, Run, Source, TaskResult, Topic
from research.runs.submission import Submission
from tests.support.claims import Found, Passage, found
from tests.support.html import Elements

pytestmark = pytest.mark.django_db

SEEN = "Long ago it was so. Honey bees dance to tell each other. They live for 40 days in summer."
RESULT = """# Bees

Honey bees dance to tell each other [1]. They live for **90 days** in summer [1].
"""


def submitted(*topics: str) -> Run:
    run = Submission.check(topics or ("bees",), model="offline").submit()
    Topic.objects.claim(Topic.objects.next_in_line(len(topics) or 1), "here:1")
    for topic in run.topics.all():
        Source.objects.create(topic=topic, number=1, title="On bees", url="/library/1/", text=SEEN)
    return run


def checked(result: str = RESULT) -> Run:
    """A run of one topic whose result was checked against what was seen."""
    run = submitted()
    topic = run.topics.get()
    record(topic.succeed(result, claims=check(result, [Seen(1, "On bees", "", SEEN)], "bees")))
    return run


def read(client: Client, run: Run, path: str = "") -> str:
    answer = client.get(f"/runs/{run.pk}/{path}")
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("path", ["", "1/", "1/report/", "?open=all"])
def test_what_does_not_hold_is_marked_with_its_reason(client: Client, path: str) -> None:
    page = read(client, checked(), path)
    assert page.count('class="claim is-differs"') == 3  # around, in and behind the emphasis
    [mark] = re.findall(r'<a class="claim-mark is-differs".*?</a>', page)
    assert 'href="#topic-1-claim-1"' in mark and "≠ differs" in mark
    assert "Source 1 differs" in mark
    assert "2 claims: 1 quoted, 1 differs" in page


def test_a_citation_leads_to_its_claim_which_shows_the_passage_in_context(client: Client) -> None:
    page = read(client, checked(), "1/")
    assert 'href="#topic-1-source-1" title="On bees" data-claim="topic-1-claim-0"' in page
    entry = page[page.index('id="topic-1-claim-0"') : page.index('id="topic-1-claim-1"')]
    assert "On bees" in entry and "quoted" in entry
    context = "Long ago it was so. <mark>Honey bees dance to tell each other</mark>. They live"
    assert context in entry


def test_a_passage_is_shown_without_context_where_the_text_is_another_one(client: Client) -> None:
    run = checked()
    Source.objects.update(text="Something else by now.")
    page = read(client, run)
    assert '<blockquote dir="auto"><mark>Honey bees' in page and "no longer the one" in page


def test_a_source_that_is_gone_says_so(client: Client) -> None:
    run = checked()
    Source.objects.all().delete()
    page = read(client, run)
    assert "not among those that are kept" in page and "<mark>Honey bees" in page


def test_what_could_not_be_checked_says_so(client: Client) -> None:
    run = submitted()
    record(run.topics.get().succeed("It is.", claims=None, check_note="Not checked: too long."))
    assert read(client, run).count("Not checked: too long.") == 2  # at its state, in its report
    assert ">not checked</span>" in read(client, run)
    assert "1 not checked" in client.get("/runs/").content.decode()
    old = submitted()
    record(old.topics.get().succeed("It is."))
    page = read(client, old)
    assert "No sentence of this result was checked" in page and ">not checked</span>" not in page


def test_a_claim_that_was_not_checked_is_told_apart_from_an_unsupported_one(client: Client) -> None:
    run = submitted()
    claim = Found("It is.", "unsupported", 0, 6, reason="Not checked: the sentence is too long.")
    record(run.topics.get().succeed("It is.", claims=[claim]))
    assert "… not checked" in read(client, run)


def test_a_correction_stands_in_the_text_with_who_made_it(client: Client) -> None:
    run = checked()
    ann = get_user_model().objects.create(username="ann")
    control.decide(run, 1, 1, Decision.CORRECTED, ann, "They live for <40> days.")
    page = read(client, run)
    assert "<ins>They live for &lt;40&gt; days.</ins>" in page and "✎ corrected" in page
    assert "Corrected</b> by ann" in page and "the check said differs" in page
    assert "2 claims: 1 quoted, 1 supported" in page


def test_what_was_dropped_and_the_first_text_can_be_read(client: Client) -> None:
    run = checked()
    topic = run.topics.get()
    TaskResult.objects.create(
        topic=topic,
        attempt=1,
        index=0,
        name="findings",
        agent="analyst",
        output=topic.result,
        first_output="Bees live for *900* days.",
        dropped=[{"text": "<b>900</b> days.", "verdict": "invented", "reason": "Nobody saw 900."}],
        started_at=topic.started_at,
        finished_at=topic.finished_at,
    )
    page = read(client, run)
    assert "1 dropped" in page and "<del>&lt;b&gt;900&lt;/b&gt; days.</del>" in page
    assert "Nobody saw 900." in page and "Bees live for <em>900</em> days." in page


def test_many_claims_are_listed_in_part_the_bad_ones_first(client: Client) -> None:
    run = submitted()
    claims = found(*["supported"] * 400, "invented")
    record(run.topics.get().succeed("It is.", claims=claims))
    page = read(client, run, "1/")
    assert page.count('class="claim-told"') == 300 and "And 101 more" in page
    assert 'id="topic-1-claim-400"' in page


def test_a_page_of_many_reports_lists_what_does_not_hold(client: Client) -> None:
    page = read(client, checked(), "?open=all")
    assert page.count('class="claim-told"') == 1 and "And 1 more" in page


def test_hostile_words_stay_words(client: Client) -> None:
    evil = '<script>alert(1)</script>" onmouseover="x'
    run = submitted()
    claim = Found(evil, "invented", 0, len(evil), reason=evil, evidence=(Passage(quote=evil),))
    record(run.topics.get().succeed(evil, claims=[claim]))
    Source.objects.update(title=evil)
    page = read(client, run)
    assert "<script>alert" not in page
    assert not [a for _, a in Elements(page).found if "onmouseover" in a]


@pytest.mark.parametrize("number", [2, 20])
def test_opened_reports_take_the_same_queries(
    client: Client, django_assert_num_queries: Any, number: int
) -> None:
    run = submitted(*(f"topic {n}" for n in range(number)))
    for topic in run.topics.all():
        record(topic.succeed(RESULT, claims=check(RESULT, [Seen(1, "On bees", "", SEEN)])))
    client.get("/")  # the local user is there from here on
    opened = ",".join(map(str, range(1, number + 1)))
    with django_assert_num_queries(13):
        page = read(client, run, f"?open={opened}")
    assert page.count(">≠ differs<") == number
