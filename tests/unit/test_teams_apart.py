"""What one team has, does and asks for is nothing to another: not shared, not counted, not told."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from research.exceptions import IdempotencyKeyReused
from research.library import documents
from research.people.models import Team, Token
from research.runs import engines
from research.runs.estimate import estimate_of
from research.runs.models import Run, Status
from research.runs.submission import Submission

pytestmark = pytest.mark.django_db

MODEL = "openai/gpt-4o-mini"


@pytest.fixture(autouse=True)
def accounts(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.RESEARCH_ACCOUNTS = True
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-0123456789")
    monkeypatch.setattr(engines.engine(), "dispatch", lambda run: None)
    monkeypatch.setattr(engines.engine(), "trouble", lambda: "")


@pytest.fixture
def acme() -> Team:
    """Ann's and Bob's; Ann is in `best` as well, Eve is only there."""
    acme, best = (Team.objects.create(slug=slug) for slug in ("acme", "best"))
    for name, teams in (("ann", (acme, best)), ("bob", (acme,)), ("eve", (best,))):
        for team in teams:
            team.add(User.objects.get_or_create(username=name)[0], "member")
    return acme


@pytest.fixture
def best(acme: Team) -> Team:
    return Team.objects.get(slug="best")


def by(name: str, team: Team) -> Any:
    _, text = Token.objects.make(User.objects.get(username=name), team)
    return Client(headers={"Authorization": f"Bearer {text}"})


def posted(name: str, team: Team, topic: str = "bees") -> Any:
    body = {"topics": [topic], "model": MODEL}
    headers = {"Idempotency-Key": "monday"}
    return by(name, team).post("/api/runs", body, "application/json", headers=headers).json()


def test_an_idempotency_key_is_its_callers_in_the_team(acme: Team, best: Team) -> None:
    first = posted("ann", acme)
    assert posted("ann", acme)["id"] == first["id"]
    assert posted("ann", acme, "wasps")["error"]["code"] == "idempotency_key_reused"
    others = {posted(name, team)["id"] for name, team in (("bob", acme), ("ann", best))}
    assert len(others) == 2 and first["id"] not in others
    asked = Submission.check(["bees"], model=MODEL)
    assert asked.submit("monday") == asked.submit("monday")  # of no team
    with pytest.raises(IdempotencyKeyReused):
        Submission.check(["wasps"], model=MODEL).submit("monday")


def test_estimates_go_by_a_teams_own_runs(acme: Team, best: Team) -> None:
    run = Submission.check(["bees"], model=MODEL).submit(team=acme)
    run.topics.update(status=Status.SUCCEEDED, prompt_tokens=77_000)
    assert estimate_of(MODEL, "quick", acme).prompt == 77_000
    assert estimate_of(MODEL, "quick", best).is_guess
    query = f"/estimate/?model={MODEL}&blueprint=quick&team="
    assert "77,000" in by("ann", acme).get(f"{query}acme").content.decode()
    assert "77,000" not in by("eve", best).get(f"{query}best").content.decode()
    assert by("eve", best).get(f"{query}acme").status_code == 404


def test_the_library_tells_nothing_of_other_teams_documents(acme: Team, best: Team) -> None:
    documents.add_bytes("plan.md", b"# Plan\n\nProject Zorblaxine begins in May.", team=acme.pk)
    asked = "/api/library/search?q=Zorbluxine"
    told = by("bob", acme).get(asked).json()
    assert told["did_you_mean"] == "Zorblaxine"
    assert by("eve", best).get(asked).json() == {"hits": [], "did_you_mean": None}
    page = {
        name: by(name, team).get("/").content.decode()
        for name, team in (("bob", acme), ("eve", best))
    }
    assert "1 of them is yours" in page["bob"] and "none is yours yet" in page["eve"]
    page["eve"] = by("eve", best).get("/library/?q=Zorbluxine").content.decode()
    assert "Zorblaxine" not in page["eve"]


def test_lines_that_were_shown_to_a_team_are_not_shown_to_others(acme: Team, best: Team) -> None:
    run = Submission.check(["bees"], model=MODEL).submit(team=acme)
    run.topics.update(status=Status.SUCCEEDED, result="Bees hum in the dark.")
    path = f"/runs/{run.pk}/lines/?positions=1"
    assert "hum in the dark" in by("bob", acme).get(path).content.decode()
    assert by("eve", best).get(path).status_code == 404
    assert by("ann", best).get(path).status_code == 404  # the token is for the other team
    for asked in (f"/api/runs/{run.pk}", f"/api/runs/{run.pk}/export?format=md&partial=1"):
        assert "hum in the dark" in by("bob", acme).get(asked).content.decode()
        assert by("eve", best).get(asked).status_code == 404
    assert Run.objects.count() == 1
