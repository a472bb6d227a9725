"""Signing in by an OpenID Connect provider over HTTP: who comes in, as whom, and what stops it."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.test import Client

from research.people.models import Role, Team
from tests.support.oidc import OidcProvider

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/oidc/oidc/login/"
ANN = {
    "sub": "248289761001",
    "preferred_username": "ann",
    "email": "ann@example.org",
    "email_verified": True,
}


@pytest.fixture(scope="module")
def provider_server() -> Iterator[OidcProvider]:
    with OidcProvider() as provider:
        yield provider


@pytest.fixture
def oidc(provider_server: OidcProvider, settings: Any) -> OidcProvider:
    provider_server.person, provider_server.denies, provider_server.fault = dict(ANN), False, ""
    settings.RESEARCH_ACCOUNTS = True
    known = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": known | {"APPS": [provider_server.app]}}
    return provider_server


def come_back(client: Client, start: Any) -> Any:
    """Follows the browser to the provider and back."""
    assert start.status_code == 302, start.content.decode()
    back = urlsplit(httpx.get(start["location"]).headers["location"])
    return client.get(f"{back.path}?{back.query}")


def sign_in(client: Client, wanted: str = "/runs/") -> Any:
    return come_back(client, client.get(LOGIN, {"next": wanted}))


def refusal(answer: Any, status: int) -> str:
    """The one sentence of a page, which leads back to where somebody wanted to go."""
    page: str = answer.content.decode()
    assert answer.status_code == status, page
    assert "/accounts/login/?next=%2Fruns%2F" in page
    return page.partition('role="alert">')[2].partition("</p>")[0]


def test_a_person_whom_the_provider_knows_gets_an_account_of_their_own(oidc: OidcProvider) -> None:
    client = Client()
    assert "Sign in with 127.0.0.1" in client.get("/accounts/login/").content.decode()
    assert sign_in(client)["location"] == "/runs/"
    user = User.objects.get()
    assert (user.username, user.email, user.is_staff) == ("ann", "ann@example.org", False)
    assert EmailAddress.objects.get().verified and not user.has_usable_password()
    told = client.get("/api/me").json()
    assert told["teams"] == [{"slug": "ann", "role": "manager"}]
    again = Client()
    assert sign_in(again)["location"] == "/runs/"
    assert User.objects.count() == 1
    assert "127.0.0.1" in client.get("/accounts/3rdparty/").content.decode()


def test_groups_lead_into_teams_and_out_of_them(oidc: OidcProvider, settings: Any) -> None:
    settings.RESEARCH_OIDC_GROUPS = [
        ("staff", "acme", "viewer"),
        ("/leads", "acme", "manager"),
        ("bees", "bees", "member"),
    ]
    oidc.person["groups"] = ["staff", "/leads", "chess"]
    client = Client()
    sign_in(client)
    user = User.objects.get()

    def roles() -> dict[str, str]:
        return {
            member.team.slug: member.role
            for member in user.memberships.select_related("team").exclude(team__is_personal=True)
        }

    assert roles() == {"acme": Role.MANAGER}
    Team.objects.create(slug="bees").add(user, Role.VIEWER)
    oidc.person["groups"] = ["staff", "bees"]
    sign_in(client)
    assert roles() == {"acme": Role.VIEWER, "bees": Role.VIEWER}  # which was decided here
    del oidc.person["groups"]
    sign_in(client)
    assert roles() == {"bees": Role.VIEWER}
    words = [entry.words for entry in Team.objects.get(slug="acme").audit.all()]
    assert words[0] == "removed ann, who was viewer"


def test_no_account_is_taken_over_by_its_address(oidc: OidcProvider) -> None:
    local = User.objects.create_user("local-ann", "ann@example.org", "quiet-otter-77")
    told = refusal(sign_in(Client()), 409)
    assert told.startswith("Another account here has your e-mail address.")
    assert User.objects.count() == 1
    owner = Client()
    owner.force_login(local)
    asked = come_back(owner, owner.get(LOGIN, {"process": "connect"}))
    owner.post(asked["location"], {"password": "quiet-otter-77"})
    client = Client()
    assert sign_in(client)["location"] == "/runs/"
    assert client.get("/api/me").json()["username"] == "local-ann"


def test_an_address_that_the_provider_has_not_verified_is_nobody_s(oidc: OidcProvider) -> None:
    User.objects.create_user("ann", "ann@example.org", "quiet-otter-77")
    oidc.person["email_verified"] = False
    client = Client()
    sign_in(client)
    assert client.get("/api/me").json()["username"] != "ann"
    assert User.objects.exclude(username="ann").get().email == ""


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("signature", "signature verification failed"),
        ("unsigned", "the specified alg value is not allowed"),
        ("audience", "audience doesn"),
        ("expired", "signature has expired"),
        ("userinfo", "it told of two people"),
    ],
)
def test_an_answer_that_cannot_be_believed(fault: str, reason: str, oidc: OidcProvider) -> None:
    oidc.fault = fault
    told = refusal(sign_in(Client()), 502)
    assert told.startswith("What 127.0.0.1 answered cannot be believed: ") and reason in told
    assert not User.objects.exists()


def test_an_answer_that_names_nobody(oidc: OidcProvider) -> None:
    del oidc.person["sub"]
    assert "missing the &quot;sub&quot; claim" in refusal(sign_in(Client()), 502)


def test_a_provider_that_is_away(oidc: OidcProvider, settings: Any) -> None:
    client = Client()
    start = client.get(LOGIN, {"next": "/runs/"})
    back = urlsplit(httpx.get(start["location"]).headers["location"])
    oidc.fault = "page"
    answers = client.get(f"{back.path}?{back.query}"), client.get(LOGIN, {"next": "/runs/"})
    with OidcProvider() as gone:
        settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"] = [gone.app]
    for answer in (*answers, client.get(LOGIN, {"next": "/runs/"})):
        assert refusal(answer, 503).startswith("127.0.0.1 does not answer.")


def test_a_secret_that_the_provider_refuses(oidc: OidcProvider) -> None:
    client = Client()
    app = dict(oidc.app, secret="another")
    from django.conf import settings

    settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"] = [app]
    told = refusal(sign_in(client), 502)
    assert "does not let this site in" in told and "another" not in told


def test_a_sign_in_that_is_stopped_there(oidc: OidcProvider) -> None:
    oidc.denies = True
    assert refusal(sign_in(Client()), 403).startswith("You were not signed in")


def test_a_sign_in_of_another_browser(oidc: OidcProvider) -> None:
    start = Client().get(LOGIN, {"next": "/runs/"})
    answer = come_back(Client(), start)
    assert answer.status_code == 400
    assert "begun in another browser" in answer.content.decode()


def test_somebody_who_may_not_come_in_any_more(oidc: OidcProvider) -> None:
    client = Client()
    sign_in(client)
    User.objects.update(is_active=False)
    assert client.get("/api/me").status_code == 401
    answer = client.get(sign_in(client)["location"])
    assert "not active" in answer.content.decode()


def test_where_there_is_no_provider(settings: Any) -> None:
    settings.RESEARCH_ACCOUNTS = True
    client = Client()
    assert "with a passkey" in client.get("/accounts/login/").content.decode()
    assert client.get(LOGIN).status_code == 404
    client.force_login(User.objects.create_user("ann"))
    assert client.get("/accounts/3rdparty/").status_code == 404
