"""API tokens: which let in, what those say that do not, and what is kept of them."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from research.people.models import Role, Scope, Team, Token
from research.runs import engines
from research.runs.submission import Submission

pytestmark = pytest.mark.django_db

BODY = {"topics": ["bees"], "model": "offline", "team": "acme"}


@pytest.fixture(autouse=True)
def accounts(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.RESEARCH_ACCOUNTS = True
    monkeypatch.setattr(engines.engine(), "dispatch", lambda run: None)


@pytest.fixture
def made() -> tuple[Token, str]:
    """A token of max, a member of acme."""
    team, user = Team.objects.create(slug="acme"), User.objects.create_user("max")
    team.add(user, Role.MEMBER)
    return Token.objects.make(user, team)


def ask(text: str, path: str = "/api/me", scheme: str = "Bearer") -> Any:
    return Client(headers={"Authorization": f"{scheme} {text}"}).get(path)


def refusal(answer: Any, status: int) -> str:
    """The sentence of an answer, which is JSON whatever it says."""
    assert answer.status_code == status
    assert answer["Content-Type"].startswith("application/json")
    return str(answer.json()["error"]["message"])


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"revoked_at": timezone.now()}, "The API token was revoked."),
        ({"expires_at": timezone.now() - timedelta(seconds=1)}, "The API token has expired."),
    ],
)
def test_a_token_that_is_over_says_so(
    change: dict[str, Any], told: str, made: tuple[Token, str]
) -> None:
    Token.objects.update(**change)
    answer = ask(made[1])
    assert refusal(answer, 401).startswith(told)
    assert answer["WWW-Authenticate"] == "Bearer"
    assert answer.json()["error"]["code"] == "sign_in"


def test_a_token_of_an_account_that_is_not_active(made: tuple[Token, str]) -> None:
    User.objects.update(is_active=False)
    assert "of an account that is not active" in refusal(ask(made[1]), 401)


@pytest.mark.parametrize("text", ["", "rsk_", "rsk_wrong", "x" * 5000, "rsk_é"])
def test_a_wrong_token(text: str, made: tuple[Token, str]) -> None:
    assert "is not one of this site's" in refusal(ask(text), 401)
    assert "is not one of this site's" in refusal(ask(made[1].swapcase()), 401)


def test_a_token_of_somebody_who_has_left_the_team(made: tuple[Token, str]) -> None:
    token, text = made
    run = Submission.check(["bees"], model="offline").submit(caller="max", team=token.team)
    assert ask(text, f"/api/runs/{run.pk}").status_code == 200
    token.team.memberships.all().delete()
    refusal(ask(text, f"/api/runs/{run.pk}"), 404)
    assert ask(text, "/api/runs").json()["runs"] == []
    client = Client(headers={"Authorization": f"Bearer {text}"})
    refused = client.post("/api/runs", BODY, content_type="application/json")
    assert refusal(refused, 404) == "There is no team 'acme'."


def test_a_token_for_reading(made: tuple[Token, str]) -> None:
    _, text = Token.objects.make(made[0].user, made[0].team, Scope.READ)
    client = Client(headers={"Authorization": f"Bearer {text}"})
    refused = client.post("/api/runs", BODY, content_type="application/json")
    assert refusal(refused, 403) == "Your role does not allow this: the token is for reading only."


def test_only_the_header_brings_a_token(made: tuple[Token, str]) -> None:
    text = made[1]
    assert ask(text, scheme="bearer").status_code == 200
    for name in ("token", "access_token", "authorization"):
        refusal(Client().get("/api/me", {name: text}), 401)
    refusal(ask(text, scheme="Basic"), 401)
    client = Client()
    client.cookies["sessionid"] = text
    refusal(client.get("/api/me"), 401)


def test_no_answer_of_the_api_is_a_page(made: tuple[Token, str]) -> None:
    refusal(ask(made[1], "/api/nowhere"), 404)
    refusal(Client().get("/api/nowhere"), 404)
    client = Client(enforce_csrf_checks=True)
    client.force_login(made[0].user)
    refused = client.post("/api/runs", BODY, content_type="application/json")
    assert "X-CSRFToken" in refusal(refused, 403)


def test_its_last_use_is_kept_without_a_write_for_each_request(
    made: tuple[Token, str], django_assert_num_queries: Any
) -> None:
    token, text = made
    assert Token.objects.valid(text)
    token.refresh_from_db()
    first = token.used_at
    assert first is not None
    with django_assert_num_queries(1):
        Token.objects.valid(text)
    Token.objects.update(used_at=first - timedelta(minutes=2))
    Token.objects.valid(text)
    token.refresh_from_db()
    assert token.used_at is not None and token.used_at >= first


def test_what_is_kept_lets_nobody_in(made: tuple[Token, str]) -> None:
    token, text = made
    kept = {str(value) for value in Token.objects.values_list().get()}
    assert text not in kept and not any(text[len(token.shown) :] in value for value in kept)
    refusal(ask(token.digest), 401)
    refusal(ask(token.shown), 401)
