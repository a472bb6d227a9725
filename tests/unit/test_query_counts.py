"""A page asks the database as often for fifty runs and members as for one."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from research.library.models import Document
from research.people.models import Team, Token
from research.runs import engines
from research.runs.models import Run, Status
from research.runs.submission import Submission

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def accounts(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.RESEARCH_ACCOUNTS = True
    monkeypatch.setattr(engines.engine(), "dispatch", lambda run: None)
    monkeypatch.setattr(engines.engine(), "trouble", lambda: "")


@pytest.fixture
def max_() -> User:
    user = User.objects.create_user("max")
    Team.objects.personal_of(user)
    return user


def grow(user: User, number: int) -> Run:
    """That many runs, members of a team, teams and documents; the last run."""
    acme, _ = Team.objects.get_or_create(slug="acme")
    acme.add(user, "manager")
    for _ in range(number):
        count = User.objects.count()
        acme.add(User.objects.create_user(f"m{count}"), "member")
        Team.objects.create(slug=f"t{count}").add(user, "member")
        Token.objects.make(user, acme)
        Document.objects.create(title=f"Bees {count}", key=f"d{count}", kind="text", team=acme)
        run = Submission.check([f"bees {count}"], model="offline").submit(caller="max", team=acme)
        run.topics.update(status=Status.SUCCEEDED, result="Bees hum.")
        Run.objects.filter(pk=run.pk).update(status=Status.SUCCEEDED)
    return run


PAGES: dict[str, Callable[[Run], str]] = {
    "form": lambda run: "/",
    "history": lambda run: "/runs/",
    "run": lambda run: f"/runs/{run.pk}/",
    "topic": lambda run: f"/runs/{run.pk}/1/",
    "table": lambda run: f"/runs/{run.pk}/table/",
    "library": lambda run: "/library/",
    "account": lambda run: "/account/",
    "teams": lambda run: "/teams/",
    "team": lambda run: "/teams/acme/",
    "api run": lambda run: f"/api/runs/{run.pk}",
    "api runs": lambda run: "/api/runs",
    "api events": lambda run: f"/api/runs/{run.pk}/events",
    "api me": lambda run: "/api/me",
    "api library": lambda run: "/api/library",
}


MOST = 16


def queries_of(client: Client, run: Run) -> dict[str, int]:
    """Queries by the kind of page."""
    counts = {}
    for name, path in PAGES.items():
        client.get(path(run))  # what a process keeps from then on
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(path(run))
        assert answer.status_code == 200, name
        # Plans are kept for some seconds, whoever asks.
        counts[name] = sum("research_plan" not in query["sql"] for query in queries)
    return counts


def test_a_page_asks_no_more_for_fifty_than_for_one(max_: User) -> None:
    client = Client()
    client.force_login(max_)
    few = queries_of(client, grow(max_, 1))
    many = queries_of(client, grow(max_, 49))
    assert many == few
    assert max(many.values()) <= MOST


def test_who_somebody_is_takes_one_query_more_than_their_session(max_: User) -> None:
    grow(max_, 3)
    client = Client()
    client.force_login(max_)
    with CaptureQueriesContext(connection) as queries:
        client.get("/api/column-templates")
    session, user, memberships, *asked = (query["sql"] for query in queries)
    assert "django_session" in session and "auth_user" in user
    assert "people_membership" in memberships
    assert len(asked) == 1  # what the address is for
