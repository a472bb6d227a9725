"""What lies on the review desk: its order, its filters, its pages, and passages beside claims."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from django.contrib.auth import get_user_model

from research.runs import control
from research.runs.desk import Page, Wanted, page_of
from research.runs.models import Claim, Decision, Source, Topic
from research.runs.passages import ALTERED, GONE, passages_of
from research.runs.surroundings import Surroundings, surroundings_of
from tests.support.claims import Found, Passage, checked, succeeded

pytestmark = pytest.mark.django_db

DECIDED = Wanted(is_decided=True)


def decide(topic: Topic, index: int) -> None:
    ann, _ = get_user_model().objects.get_or_create(username="ann")
    control.decide(topic.run, 1, index, Decision.ACCEPTED, ann)


def told(page: Page) -> list[str]:
    """`invented bees` for each claim."""
    return [f"{claim.found} {claim.topic.text}" for claim in page.claims]


def walked(wanted: Wanted, size: int) -> Iterator[Page]:
    """All pages from the first on."""
    page = page_of(wanted, size)
    yield page
    while page.next:
        page = page_of(wanted, size, after=str(page.next))
        yield page


def test_the_worst_come_first_then_the_oldest() -> None:
    checked("uncited", "quoted", "differs", "invented")
    checked("unsupported", "invented", topic="wasps")
    assert told(page_of(Wanted(), 10)) == [
        *("invented bees", "invented wasps"),
        *("differs bees", "unsupported wasps", "uncited bees"),
    ]


def test_what_is_decided_lies_with_the_decided_last_first() -> None:
    topic = checked("uncited", "invented", "differs")
    for index in (1, 0):
        decide(topic, index)
    assert told(page_of(DECIDED, 10)) == ["uncited bees", "invented bees"]
    assert told(page_of(Wanted(), 10)) == ["differs bees"]


def test_each_filter_narrows() -> None:
    bees = checked("invented", "differs")
    wasps = checked("invented", topic="Wasps", blueprint="deep")
    decide(bees, 0)
    cases = {
        Wanted(verdict="invented"): ["invented Wasps"],
        Wanted(verdict="invented", is_decided=True): ["invented bees"],
        Wanted(blueprint="quick"): ["differs bees"],
        Wanted(run=wasps.run_id): ["invented Wasps"],
        Wanted(words="wasps INVENTED"): ["invented Wasps"],
        Wanted(words="wasps differs"): [],
    }
    assert {wanted: told(page_of(wanted, 10)) for wanted in cases} == cases


@pytest.mark.parametrize("size", [1, 2, 3, 7])
@pytest.mark.parametrize("is_decided", [False, True])
def test_pages_hold_every_claim_once_on_and_back(size: int, is_decided: bool) -> None:
    for name in ("bees", "wasps"):
        topic = checked("uncited", "invented", "differs", "invented", topic=name)
        for index in range(4 if is_decided else 0):
            decide(topic, index)
    wanted = Wanted(is_decided=is_decided)
    pages = list(walked(wanted, size))
    keys = [claim.pk for page in pages for claim in page.claims]
    assert len(keys) == len(set(keys)) == 8
    assert keys == [claim.pk for claim in page_of(wanted, 99).claims]
    for earlier, page in pairwise(pages):
        assert page_of(wanted, size, before=str(page.previous)).claims == earlier.claims
    assert pages[0].previous is None


def test_what_is_decided_meanwhile_shifts_nothing() -> None:
    topic = checked(*["invented"] * 6)
    first = page_of(Wanted(), 2)
    for claim in first.claims:
        decide(topic, claim.index)
    second = page_of(Wanted(), 2, after=str(first.next))
    assert [claim.index for claim in second.claims] == [2, 3]


@pytest.mark.parametrize("text", ["x", "1", "1-2", "1-2-3-4", "-1-2-3", "1-2-99999999999999999999"])
def test_a_place_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="place"):
        page_of(Wanted(), 2, after=text)


@pytest.mark.parametrize("text", ["9" * 17 + "-1-1", "1-1-" + "9" * 17, "0-0-0"])
def test_a_place_beyond_all_claims_is_empty_or_the_first(text: str) -> None:
    checked("invented")
    assert len(page_of(Wanted(), 2, after=text).claims) in (0, 1)
    page_of(DECIDED, 2, before="9" * 17 + "-1")


@pytest.mark.parametrize("number", [1, 12])
def test_a_page_takes_as_many_queries_however_long(
    number: int, django_assert_num_queries: Any
) -> None:
    for _ in range(number):
        succeeded(*[Found("It is.", "differs")] * 3, sources=("All of it.",))
    with django_assert_num_queries(2):
        page = page_of(Wanted(), 20)
        passages_of(page.claims)
        assert [claim.topic.run.blueprint for claim in page.claims]


# Passages ---------------------------------------------------------------------------------------

TEXT = "Before it. " * 50 + "A hive has one queen." + " Behind it." * 50


def found_at(quote: str, text: str = TEXT, source: int = 1) -> list[Claim]:
    start = TEXT.index(quote)
    passage = Passage(source, start, start + len(quote), quote)
    return list(
        succeeded(Found("It has.", "differs", evidence=(passage,)), sources=(text,)).claims.all()
    )


def test_a_passage_has_what_stands_around_it_by_words() -> None:
    claims = found_at("A hive has one queen.")
    [passage] = passages_of(claims)[claims[0].pk]
    assert passage.quote == "A hive has one queen."
    assert passage.before.startswith("…") and passage.before.endswith("Before it. ")
    assert passage.before[1:].split()[0] in ("Before", "it.")
    assert passage.after.startswith(" Behind it.") and passage.after.endswith("…")
    assert passage.is_cited and not passage.remark


def test_a_text_that_was_altered_since_is_told() -> None:
    claims = found_at("A hive has one queen.", text=TEXT.replace("one", "two"))
    [passage] = passages_of(claims)[claims[0].pk]
    assert (passage.remark, passage.before, passage.quote) == (
        ALTERED,
        "",
        "A hive has one queen.",
    )


def test_a_source_that_is_gone_is_told() -> None:
    claims = found_at("A hive has one queen.", source=7)
    [passage] = passages_of(claims)[claims[0].pk]
    assert (passage.remark, passage.number, passage.is_cited) == (GONE, 7, False)


def test_a_sources_beginning_and_end_are_not_cut() -> None:
    claims = found_at("A hive has one queen.", text="")
    Source.objects.update(text="A hive has one queen.")
    Claim.objects.update(evidence=[{"source": 1, "start": 2, "end": 6, "quote": "hive"}])
    [passage] = passages_of(list(Claim.objects.all()))[claims[0].pk]
    assert (passage.before, passage.after) == ("A ", " has one queen.")


# Surroundings -----------------------------------------------------------------------------------

LINE = "It was built in 1890. It burnt down in 1912. It stands again."
TABLE = "Text.\n\n| City | People |\n|---|---|\n| Bern | 134,000 |\n| Basel | 178,000 |\n"


@pytest.mark.parametrize(
    ("result", "text", "expected"),
    [
        (
            f"Above.\n{LINE}\nBelow.",
            "It burnt down in 1912.",
            Surroundings("It was built in 1890. ", " It stands again."),
        ),
        ("- It burnt down.", "It burnt down.", Surroundings()),
        (TABLE, "178,000", Surroundings("| Basel | ", "", "| City | People |")),
        (TABLE[7:], "178,000", Surroundings("| Basel | ", "", "| City | People |")),
        ("x" * 9000 + "\n" + "| a | b |\n" * 900 + "| c | 5 |", "5", Surroundings("| c | ")),
        (
            "w " * 900 + "Here." + " v" * 900,
            "Here.",
            Surroundings("…" + "w " * 140, " v" * 140 + "…"),
        ),
    ],
)
def test_a_claim_has_the_rest_of_its_line_and_its_tables_head(
    result: str, text: str, expected: Surroundings
) -> None:
    start = result.rindex(text)
    topic = succeeded(Found(text, "invented", start=start, end=start + len(text)))
    Topic.objects.update(result=result)
    [claim] = topic.claims.all()
    assert surroundings_of([claim]) == {claim.pk: expected}
    Topic.objects.update(result="Another.")
    assert surroundings_of([claim]) == {}
