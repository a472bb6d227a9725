"""The pages of django-allauth: which are there, whom they let in, and what they say."""

from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from django.urls import get_resolver

pytestmark = pytest.mark.django_db

PASSWORD = "quiet-otter-77"
LOGIN = "/accounts/login/"


@pytest.fixture(autouse=True)
def accounts(settings: Any) -> Iterator[None]:
    settings.RESEARCH_ACCOUNTS = True
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # which is fast
    cache.clear()  # of attempts
    yield
    cache.clear()


@pytest.fixture
def ada() -> User:
    return User.objects.create_superuser("ada", password=PASSWORD)


def sign_in(client: Client, name: str = "ada", password: str = PASSWORD) -> Any:
    return client.post(LOGIN, {"login": name, "password": password})


def code(secret: str, step: int = 0) -> str:
    """What an authenticator app shows; `step` half minutes later."""
    now = next(iter(totp.yield_hotp_counters_from_time()))
    return totp.format_hotp_value(totp.hotp_value(secret, now + step))


def activate_totp(client: Client) -> str:
    """Turns the second factor on; returns its secret."""
    page = "/accounts/2fa/totp/activate/"
    client.post(f"/accounts/reauthenticate/?next={page}", {"password": PASSWORD, "next": page})
    client.get(page)
    secret = str(client.session["mfa.totp.secret"])
    assert client.post(page, {"code": code(secret)}).status_code == 302
    return secret


def test_only_what_is_offered_is_there() -> None:
    names = {key for key in get_resolver().reverse_dict if isinstance(key, str)}
    known = ("account_", "mfa_", "socialaccount_", "usersessions_", "openid_connect_")
    offered = {name for name in names if name.startswith(known)}
    assert not {name for name in offered if "phone" in name or "code_" in name or "trust" in name}
    others = "login/code/ confirm-email/ 3rdparty/signup/ 3rdparty/login/error/ social/signup/"
    for path in f"{others} signup/passkey/ 2fa/trust/ 2fa/webauthn/signup/".split():
        assert Client().get(f"/accounts/{path}").status_code == 404


def test_nobody_makes_an_account_for_themselves() -> None:
    fields = {"username": "eve", "password1": PASSWORD, "password2": PASSWORD}
    for page in (Client().get("/accounts/signup/"), Client().post("/accounts/signup/", fields)):
        assert "Accounts are made by an administrator" in page.content.decode()
    assert not User.objects.exists()


def test_where_nobody_signs_in_there_are_no_such_pages(settings: Any) -> None:
    settings.RESEARCH_ACCOUNTS = False
    for path in ("login/", "password/set/", "2fa/", "sessions/"):
        assert Client().get(f"/accounts/{path}").status_code == 404


def test_a_wrong_name_and_a_wrong_password_are_told_alike(ada: User) -> None:
    User.objects.create_user("old", password=PASSWORD, is_active=False)
    told = {
        sign_in(Client(), name, "wrong").content.decode().partition('role="alert">')[2][:40]
        for name in ("ada", "nobody", "old")
    }
    assert told == {"The name or the password is wrong.</p>\n\n"[:40]}


def test_who_guesses_has_to_wait(ada: User, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login": "8/m/ip"}
    client = Client()
    for _ in range(5):
        assert "is wrong" in sign_in(client, password="guess").content.decode()
    assert "Too many attempts" in sign_in(client).content.decode()
    for _ in range(3):
        answer = sign_in(client, "another", "guess")
    assert answer.status_code == 429
    assert "Wait a minute" in answer.content.decode()


def test_a_second_factor_is_asked_for_wherever_one_comes_in(ada: User, settings: Any) -> None:
    settings.MFA_TOTP_TOLERANCE = 1  # the code of activation is good once
    own = Client()
    sign_in(own)
    secret = activate_totp(own)
    client = Client()
    asked = client.post(f"{LOGIN}?next=/runs/", {"login": "ada", "password": PASSWORD})
    assert asked["location"].startswith("/accounts/2fa/authenticate/")
    assert client.get("/account/").status_code == 302
    page = client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert "Incorrect code" in page.content.decode()
    done = client.post("/accounts/2fa/authenticate/", {"code": code(secret, 1)})
    assert done["location"] == "/runs/"
    assert client.get("/account/").status_code == 200


def test_the_admin_has_no_sign_in_of_its_own(ada: User) -> None:
    User.objects.create_superuser("eve", password=PASSWORD)
    fields = {"username": "ada", "password": PASSWORD, "next": "/admin/"}
    for path in ("/admin/", "/admin/login/"):
        asked = Client().post(path, fields)
        assert asked["location"].startswith("/accounts/login/?next=%2Fadmin%2F")
    client = Client()
    sign_in(client, "eve")
    assert client.post("/admin/login/?next=/admin/", fields)["location"] == "/admin/"
    assert client.get("/api/me").json()["username"] == "eve"
    assert client.get("/admin/login/?next=//evil.example/")["location"] == "/admin/"
    User.objects.filter(username="eve").update(is_staff=False)
    assert client.get("/admin/", follow=True).status_code == 403


def test_sessions_are_seen_and_ended(ada: User) -> None:
    here, there = Client(), Client(headers={"User-Agent": "Netscape 4"})
    sign_in(here)
    sign_in(there)
    page = here.get("/accounts/sessions/").content.decode()
    assert "Netscape 4" in page and page.count("this one") == 1
    here.post("/accounts/sessions/")
    assert there.get("/account/").status_code == 302
    assert here.get("/account/").status_code == 200


def test_a_form_of_another_session_is_told(ada: User) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = sign_in(client)
    assert answer.status_code == 403 and "This form is too old" in answer.content.decode()
