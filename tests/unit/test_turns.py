"""The line of topics: teams take turns, and within a team its runs."""

from collections.abc import Iterator
from typing import Any

import pytest

from research.people.models import Team
from research.runs import control, engines, table
from research.runs.models import Run, Status, Topic
from research.runs.submission import Submission

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nobody_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines.engine(), "dispatch", lambda run: None)


@pytest.fixture
def teams() -> dict[str, Team]:
    return {slug: Team.objects.create(slug=slug) for slug in ("acme", "best")}


def submitted(names: str, team: Team | None = None, **asked: Any) -> Run:
    """A run whose topics are the letters of a word."""
    return Submission.check(list(names), model="offline", **asked).submit(team=team)


def started(number: int = 99) -> str:
    """The topics that crews take, one after another."""
    return "".join(topic.text for topic in _started(number))


def _started(number: int) -> Iterator[Topic]:
    for _ in range(number):
        found = Topic.objects.next_in_line(1)
        Topic.objects.claim(found, "worker")
        yield from found


def test_ten_runs_of_a_team_are_one_turn(teams: dict[str, Team]) -> None:
    for number in range(10):
        submitted(f"{number}abc", teams["acme"])
    submitted("xyz", teams["best"])
    assert started(6) == "0" + "1x" + "2y" + "3"
    assert started(5) == "z" + "4567"


def test_runs_of_one_team_take_turns_as_they_do_without_teams(teams: dict[str, Team]) -> None:
    for team in (None, teams["acme"]):
        submitted("abcdef", team)
        assert started(3) == "abc"
        submitted("xyz", team)
        assert started() == "xyz" + "def"


def test_who_comes_later_joins_at_the_turn_that_is_served(teams: dict[str, Team]) -> None:
    submitted("abcdef", teams["acme"])
    assert started(3) == "abc"
    submitted("xyz", teams["best"])
    submitted("rst")
    assert started() == "d" + "exr" + "fys" + "zt"


def test_asking_again_and_again_wins_no_turn(teams: dict[str, Team]) -> None:
    """Neither by new runs nor by retries, whose rows are older than the others'."""
    run = submitted("a", teams["acme"])
    assert started(1) == "a"
    submitted("uvwxyz", teams["best"])
    order = ""
    for _ in range(3):
        run.topics.update(status=Status.FAILED)
        control.retry(run)
        order += started(1)
        submitted("b", teams["acme"])
        order += started(1)
    assert order.count("u") + order.count("v") + order.count("w") == 3


def test_cells_that_are_asked_again_join_anew(teams: dict[str, Team]) -> None:
    run = submitted("ab", teams["acme"], columns=[{"name": "size", "type": "text"}])
    assert started(2) == "ab"
    submitted("vwxyz", teams["best"])
    assert started(2) == "vw"
    run.topics.update(status=Status.SUCCEEDED)
    table.retry_missing(run, "size")
    assert started() == "x" + "ay" + "bz"


def test_a_higher_priority_goes_before_any_team_s_turn(teams: dict[str, Team]) -> None:
    submitted("ab", teams["acme"])
    submitted("lm", teams["best"], priority="low")
    submitted("hi", teams["acme"], priority="high")
    submitted("yz", teams["best"])
    assert started() == "hi" + "a" + "by" + "z" + "lm"


def test_a_line_that_has_emptied_begins_anew(teams: dict[str, Team]) -> None:
    submitted("abc", teams["acme"])
    started()
    assert submitted("d", teams["best"]).topics.get().turn == 1
