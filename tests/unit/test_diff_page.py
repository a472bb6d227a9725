"""The page that sets two runs side by side, and the choice of the other one."""

import uuid
from typing import Any

import pytest
from django.test import Client

from research.runs.again import again
from research.runs.models import Cell, Run
from research.runs.submission import Submission
from research.web.pages import comparing
from research.web.pages.word_marks import marked, plain
from tests.support.claims import Found
from tests.support.comparing import COLUMNS, end, fill, submitted
from tests.support.html import text_of

pytestmark = pytest.mark.django_db


def read(client: Client, one: Run, other: Run, query: str = "") -> str:
    response = client.get(f"/runs/{one.pk}/diff/{other.pk}/{query}")
    assert response.status_code == 200
    return response.content.decode()


def two(*topics: str) -> tuple[Run, Run]:
    old = submitted(*topics)
    return old, again(old, model="ollama/llama3.2").submit()


def test_it_names_what_was_asked_and_answered_differently(client: Client) -> None:
    old, new = two("bees")
    end(
        old,
        1,
        Found("Bees live for 40 days [1].", "supported"),
        Found("They hum.", "quoted"),
        a="x",
    )
    end(new, 1, Found("Bees live for 50 days [1].", "differs"), Found("<b>New.", "uncited"), a="x")
    page = read(client, old, new)
    text = text_of(page)
    assert "Model offline ollama/llama3.2" in text
    assert "number verdict 40 days → 50 days" in text
    assert "<del>40</del>" in page and "<ins>50</ins>" in page
    assert "Gone They hum." in text and "Added <b>New." in text and "<b>New" not in page
    assert "1 number 1 verdict 1 added 1 gone" in text


def test_the_topic_with_the_weightiest_change_comes_first(client: Client) -> None:
    old, new = two("ants", "bees", "wasps")
    for position, (before, after) in enumerate(
        [
            ("Ants are many.", "Ants are very many."),
            ("Bees are 5.", "Bees are 6."),
            ("Wasps sting.", "Wasps sting."),
        ],
        1,
    ):
        end(old, position, Found(before, "quoted"))
        end(new, position, Found(after, "quoted"))
    page = read(client, old, new)
    assert page.index('id="topic-2"') < page.index('id="topic-1"')
    assert 'id="topic-3"' not in page and "1 topic as before wasps" in text_of(page)


def test_cells_stand_beside_each_other(client: Client) -> None:
    old = Submission.check(["Qdrant"], model="offline", columns=COLUMNS).submit()
    new = again(old).submit()
    fill(old, {"Stars": 20.0, "Licence": "MIT"}, "a")
    fill(new, {"Stars": 25.0, "Licence": "MIT"}, "b")
    Cell.objects.filter(topic__run=new, column="Licence").update(verdict="differs")
    page = read(client, old, new)
    assert "<del>20</del>" in page and "<ins>25</ins>" in page and "<del>MIT</del>" not in page
    assert "verdict, source" in page


def test_a_long_comparison_shows_a_part_and_leads_to_the_rest(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparing, "MOST_TOPICS", 1)
    old, new = two("ants", "bees")
    names = ("queen", "drone", "worker", "larva", "honey", "wax", "comb", "sting", "wing", "leg")
    for position in (1, 2):
        for run, number in ((old, 5), (new, 6)):
            end(run, position, *(Found(f"The {n} weighs {number} grams.", "quoted") for n in names))
    page = read(client, new, old)
    assert page.count('class="change"') == comparing.MOST_CHANGES
    assert '<a href="?topic=1">2 more changes of this topic</a>' in page
    assert "1 topic with other changes bees" in text_of(page)
    alone = read(client, new, old, "?topic=2")
    assert alone.count('class="change"') == 10 and 'id="topic-1"' not in alone
    for odd in ("3", "x", "-1"):
        assert client.get(f"/runs/{new.pk}/diff/{old.pk}/?topic={odd}").status_code == 404


def test_topics_of_one_run_only_and_those_without_a_result_are_told(client: Client) -> None:
    old, new = submitted("bees", "wasps"), submitted("bees", "ants")
    text = text_of(read(client, old, new))
    assert "Not compared: queued in the earlier run, queued in the later run." in text
    assert "1 topic in the later run only ants" in text
    assert "1 topic in the earlier run only wasps" in text


def test_two_runs_that_share_nothing_say_so(client: Client) -> None:
    page = text_of(read(client, submitted("bees"), submitted("ants")))
    assert "No topic is in both runs." in page and "the same model, blueprint and budget" in page


def test_the_other_run_is_chosen_among_those_that_share_topics(client: Client) -> None:
    old = submitted("bees", "wasps")
    new = again(old).submit()
    newest = again(new, {1}).submit()
    other, stranger = submitted("wasps"), submitted("ants")
    page = client.get(f"/runs/{new.pk}/diff/").content.decode()
    linked = [run for run in (old, newest, other) if f"/runs/{new.pk}/diff/{run.pk}/" in page]
    assert len(linked) == 3 and str(stranger.pk) not in page
    order = [page.index(str(run.pk)) for run in linked]
    assert order == sorted(order)
    text = text_of(page)
    assert "this one runs it again" in text and "runs this one again" in text
    assert "No other run has a topic" in client.get(f"/runs/{stranger.pk}/diff/").content.decode()
    to = client.get(f"/runs/{new.pk}/diff/?other={old.pk}")
    assert to.headers["location"] == f"/runs/{new.pk}/diff/{old.pk}/"


def test_what_is_not_there_is_a_404(client: Client) -> None:
    run = submitted("bees").pk
    for path in (f"{run}/diff/{uuid.UUID(int=0)}/", f"{uuid.UUID(int=0)}/diff/{run}/"):
        assert client.get(f"/runs/{path}").status_code == 404


@pytest.mark.parametrize("number", [2, 60])
def test_runs_of_any_size_take_the_same_queries(
    client: Client, django_assert_num_queries: Any, number: int
) -> None:
    old = submitted(*(f"topic {n}" for n in range(number)))
    new = again(old).submit()
    for run, hums in ((old, 5), (new, 6)):
        for position in range(1, number + 1):
            end(run, position, Found(f"They hum {hums} times.", "quoted"), a="They hum.")
    client.get("/")  # the local user is there from here on
    with django_assert_num_queries(8):
        read(client, old, new)


def test_words_that_only_one_wording_has_are_marked() -> None:
    before, after = plain("It **has** 1,200 stars [1], today."), plain("It has 1,350 stars, today.")
    assert before == "It has 1,200 stars, today."
    left, right = marked(before, after)
    assert left == [("It has ", False), ("1,200", True), (" stars, today.", False)]
    assert right == [("It has ", False), ("1,350", True), (" stars, today.", False)]
