"""The first administrator's link: who may use it, how often, and for how long."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import signing
from django.core.management import call_command
from django.test import Client

from research.web import first

pytestmark = pytest.mark.django_db

FIELDS = {"username": "ada", "password1": "quiet-otter-77", "password2": "quiet-otter-77"}


@pytest.fixture(autouse=True)
def accounts(settings: Any) -> None:
    settings.RESEARCH_ACCOUNTS = True


def told(path: str) -> str:
    page = Client().get(path)
    assert page.status_code == 404
    return page.content.decode()


def test_each_start_prints_a_link_and_the_first_that_is_used_spends_them_all() -> None:
    before, after = first.first_path(), first.first_path()
    client = Client()
    assert client.post(after, FIELDS)["location"] == "/"
    assert client.get("/admin/").status_code == 200
    assert User.objects.get().is_superuser
    assert "The link is spent" in told(before)
    assert Client().post(before, FIELDS | {"username": "eve"}).status_code == 404
    assert User.objects.count() == 1


def test_a_link_is_good_for_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    path = first.first_path()
    monkeypatch.setattr(first, "MAX_AGE", -1)
    assert "older than a day" in told(path)


def test_a_link_that_was_cut_or_made_up_is_none() -> None:
    assert "not one that this site has printed" in told(first.first_path()[:-4] + "/")
    forged = signing.dumps("administrator", salt="another")
    assert "not one that this site has printed" in told(f"/first/{forged}/")


def test_createsuperuser_does_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    path = first.first_path()
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", FIELDS["password1"])
    call_command("createsuperuser", username="ada", email="", interactive=False, verbosity=0)
    assert "The link is spent" in told(path)
    assert Client().login(username="ada", password=FIELDS["password1"])


def test_where_nobody_signs_in_there_is_no_link(settings: Any) -> None:
    settings.RESEARCH_ACCOUNTS = False
    assert Client().get(first.first_path()).status_code == 404
