"""`/readyz` says what does not answer, whatever that is; with accounts only to who may know."""

from typing import Any

import pytest
from channels.layers import channel_layers
from django.contrib.auth.models import User
from django.db import DatabaseError
from django.test import Client

from research.live.layers import RedisChannelLayer
from research.ops import database
from research.people.models import Team, Token
from research.runs import engines


@pytest.mark.django_db
def test_redis_is_away(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    away = RedisChannelLayer("redis://127.0.0.1:9/0")
    monkeypatch.setitem(channel_layers.backends, "default", away)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "channel layer does not answer" in answer.json()["channel_layer"]


@pytest.fixture
def with_accounts(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.RESEARCH_ACCOUNTS = True
    settings.RESEARCH_SCRAPE_TOKEN = "prometheus-and-nobody-else"
    monkeypatch.setattr(engines.engine(), "state", lambda: "no worker is running")


@pytest.mark.django_db
def test_details_are_for_scrapers_and_administrators(with_accounts: None) -> None:
    def told(client: Client) -> dict[str, str]:
        answer = client.get("/readyz")
        assert answer.status_code == 503
        return dict(answer.json())

    details = {
        "status": "unavailable",
        "database": "ok",
        "channel_layer": "ok",
        "engine": "no worker is running",
    }
    ann, ada = User.objects.create_user("ann"), User.objects.create_superuser("ada")
    signed_in = {user: Client() for user in (ann, ada)}
    for user, client in signed_in.items():
        client.force_login(user)
    _, text = Token.objects.make(ada, Team.objects.personal_of(ada))
    assert told(signed_in[ada]) == told(bearer(text)) == details
    assert told(bearer("prometheus-and-nobody-else")) == details
    for other in (Client(), signed_in[ann], bearer("rsk_unknown")):
        assert told(other) == {"status": "unavailable"}


@pytest.mark.django_db
def test_probes_answer_while_the_database_is_away(
    with_accounts: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Client()
    client.force_login(User.objects.create_superuser("ada"))

    def away() -> bool:
        raise DatabaseError("it is away")

    monkeypatch.setattr(database, "lacks_migrations", away)
    assert client.get("/readyz").json() == {"status": "unavailable"}
    scraper = bearer("prometheus-and-nobody-else")
    assert scraper.get("/readyz").json()["database"] == "the database does not answer: it is away"


def bearer(token: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {token}"})
