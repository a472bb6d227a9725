"""What of a request belongs to its caller: keys, and sessions that can be ended."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.test import Client

from research.runs.submission import Submission

pytestmark = pytest.mark.django_db


def test_an_idempotency_key_is_its_callers_own() -> None:
    one = Submission.check(["a"], model="offline").submit("key", caller="ada")
    assert Submission.check(["a"], model="offline").submit("key", caller="ada") == one
    assert Submission.check(["b"], model="offline").submit("key", caller="bob") != one


def test_a_session_can_be_ended(client: Client) -> None:
    client.force_login(get_user_model().objects.create(username="ada"))
    assert client.session["_auth_user_id"]
    Session.objects.all().delete()
    assert "_auth_user_id" not in client.session


def test_a_page_makes_no_session(client: Client) -> None:
    client.get("/library/")
    assert not Session.objects.exists()
