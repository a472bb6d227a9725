"""Mail over a real socket: new passwords, addresses, invitations; and a site that sends none."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client

from research.people.models import Invitation, Team
from tests.support.smtp import MailServer
from tests.support.waiting import wait

pytestmark = pytest.mark.django_db(transaction=True)

RESET = "/accounts/password/reset/"
OLD, NEW = "quiet-otter-77", "loud-heron-88"


@pytest.fixture(scope="module")
def mail_server() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture
def mails(mail_server: MailServer, settings: Any) -> MailServer:
    """A site that sends its mail there, at a public address."""
    mail_server.mails.clear()
    mail_server.refuses = ""
    cache.clear()  # of attempts
    settings.RESEARCH_ACCOUNTS = settings.RESEARCH_SENDS_MAIL = True
    settings.RESEARCH_PUBLIC_URL = "https://research.example.org"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", mail_server.port
    settings.DEFAULT_FROM_EMAIL = "Research <research@example.org>"
    settings.ACCOUNT_EMAIL_VERIFICATION = "optional"
    return mail_server


@pytest.fixture
def ann() -> User:
    return User.objects.create_user("ann", "ann@example.org", OLD)


def signed_in(name: str, password: str = OLD) -> Client:
    client = Client()
    fields = {"login": name, "password": password}
    assert client.post("/accounts/login/", fields).status_code == 302
    return client


def link_in(mails: MailServer, number: int = 1) -> str:
    """The path of the first link in a mail, once there are so many."""
    wait(lambda: len(mails.mails) >= number)
    found = re.search(
        r"https://research\.example\.org(/\S+)", mails.mails[number - 1].get_content()
    )
    assert found
    return found[1]


def test_a_password_is_reset_by_mail_and_the_link_is_good_once(
    mails: MailServer, ann: User
) -> None:
    elsewhere, client = signed_in("ann"), Client()
    assert 'href="/accounts/password/reset/"' in client.get("/accounts/login/").content.decode()
    assert client.post(RESET, {"email": "ANN@example.org"}).status_code == 302
    link = link_in(mails)
    mail = mails.mails[0]
    assert (mail["To"], mail["From"]) == ("ann@example.org", "Research <research@example.org>")
    assert mail["Subject"] == "Research: A new password" and "ann" in mail.get_content()
    form = client.get(link, follow=True)
    place = form.redirect_chain[-1][0]
    weak = client.post(place, {"password1": "abc", "password2": "abc"})
    assert "too short" in weak.content.decode()
    client.post(place, {"password1": NEW, "password2": NEW})
    signed_in("ann", NEW)
    assert elsewhere.get("/account/").status_code == 302
    assert "The link was used before" in Client().get(link, follow=True).content.decode()
    assert "The link was used before" in Client().get(link[:-3] + "/").content.decode()


def test_an_address_is_never_told_to_exist(mails: MailServer, ann: User) -> None:
    User.objects.create_user("old", "old@example.org", OLD, is_active=False)
    told = set()
    for address in ("ann@example.org", "nobody@example.org", "old@example.org"):
        answer = Client().post(RESET, {"email": address}, follow=True)
        told.add((answer.status_code, tuple(answer.redirect_chain), answer.content))
    assert len(told) == 1
    wait(lambda: mails.mails)
    assert [mail["To"] for mail in mails.mails] == ["ann@example.org"]


def test_a_mail_server_that_refuses_changes_nothing_for_who_asks(
    mails: MailServer, ann: User, caplog: pytest.LogCaptureFixture
) -> None:
    mails.refuses = "550 no such user ann@example.org"
    answer = Client().post(RESET, {"email": "ann@example.org"}, follow=True)
    assert "Check your mail" in answer.content.decode()
    wait(lambda: "did not take a mail" in caplog.text)
    assert "ann@" not in caplog.text


def test_an_address_is_changed_once_its_owner_confirms_it(mails: MailServer, ann: User) -> None:
    EmailAddress.objects.create(user=ann, email=ann.email, verified=True, primary=True)
    client = signed_in("ann")
    assert "E-mail address" in client.get("/account/").content.decode()
    asked = client.post("/accounts/email/", {"email": "new@example.org", "action_add": ""})
    client.post(asked["location"], {"password": OLD, "next": "/accounts/email/"})
    link = link_in(mails)
    assert mails.mails[0]["To"] == "new@example.org"
    ann.refresh_from_db()
    assert ann.email == "ann@example.org"
    assert client.post(link).status_code == 302
    ann.refresh_from_db()
    assert ann.email == "new@example.org"


def test_an_invitation_is_mailed(mails: MailServer, ann: User) -> None:
    team = Team.objects.found("acme", ann)
    client = signed_in("ann")
    fields = {"do": "invite", "role": "viewer", "days": "3", "email": "bob@example.org"}
    page = client.post("/teams/acme/", fields, follow=True).content.decode()
    assert "on its way to bob@example.org" in page
    invitation = Invitation.objects.get(team=team)
    assert Invitation.objects.signed(link_in(mails).split("/")[2]) == invitation
    assert mails.mails[0]["Subject"] == "ann invites you to acme"
    mails.refuses = "550 no"
    refused = client.post("/teams/acme/", fields)
    assert refused.status_code == 502 and "did not take the mail" in refused.content.decode()
    assert Invitation.objects.filter(team=team).count() == 2
    for email, status in (("nobody", 400), ("", 302)):
        assert client.post("/teams/acme/", fields | {"email": email}).status_code == status


def test_a_site_without_mail_says_whom_to_ask(settings: Any, ann: User) -> None:
    settings.RESEARCH_ACCOUNTS = True
    page = Client().get("/accounts/login/").content.decode()
    assert "password/reset" not in page and "administrator of this site can set a new one" in page
    for path in (RESET, f"{RESET}key/1-set-password/", "/accounts/email/"):
        refused = Client().get(path)
        assert refused.status_code == 404
        assert "Ask an administrator of the site" in refused.content.decode()
    client = signed_in("ann")
    Team.objects.found("acme", ann)
    assert 'type="email"' not in client.get("/teams/acme/").content.decode()
    assert "/accounts/email/" not in client.get("/account/").content.decode()
