"""Who did what to a team: by page, by API, by command and in the admin."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client

from research.people.models import AuditEntry, Invitation, Limits, Role, Team, Token
from research.runs import engines
from research.runs.submission import Submission

pytestmark = pytest.mark.django_db

ACME = "/teams/acme/"


@pytest.fixture(autouse=True)
def accounts(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.RESEARCH_ACCOUNTS = True
    monkeypatch.setattr(engines.engine(), "dispatch", lambda run: None)


@pytest.fixture
def acme() -> Team:
    """Made by ann, who is its manager; bob is a member."""
    team = Team.objects.found("acme", User.objects.create_user("ann"))
    team.add(User.objects.create_user("bob"), Role.MEMBER, by="ann")
    return team


def by(name: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=name))
    return client


def told(number: int = 100) -> list[str]:
    """The newest first."""
    return [str(entry) for entry in AuditEntry.objects.all()[:number]]


def test_members(acme: Team) -> None:
    member = acme.memberships.get(user__username="bob").pk
    by("ann").post(ACME, {"do": "role", "member": member, "role": "viewer"})
    by("ann").post(ACME, {"do": "role", "member": member, "role": "viewer"})  # nothing changes
    by("ann").post(ACME, {"do": "remove", "member": member})
    acme.add(User.objects.get(username="bob"), Role.MANAGER)
    by("bob").post(f"{ACME}leave/")
    assert told() == [
        "bob left, having been manager",
        "a command added bob as manager",
        "ann removed bob, who was viewer",
        "ann made bob viewer, who was member",
        "ann added bob as member",
        "ann made the team",
    ]


def test_invitations(acme: Team) -> None:
    for _ in range(2):
        by("ann").post(ACME, {"do": "invite", "role": "viewer", "days": "3"})
    used, withdrawn = Invitation.objects.all()
    User.objects.create_user("cat")
    by("cat").post(used.get_absolute_url())
    by("ann").post(ACME, {"do": "withdraw", "invitation": withdrawn.pk})
    assert told(3) == [
        "ann withdrew the invitation as viewer that ann had made",
        "cat joined as viewer, invited by ann",
        "ann made an invitation as viewer, good for 3 days",
    ]


def test_tokens_and_shares(acme: Team) -> None:
    token, text = Token.objects.make(User.objects.get(username="bob"), acme, "write")
    run = Submission.check(["a"], model="offline", team=acme).submit(caller="bob")
    client = Client(headers={"Authorization": f"Bearer {text}"})
    path = f"/api/runs/{run.pk}/share"
    assert client.post(path, {"topic": 1}, content_type="application/json").status_code == 201
    assert client.delete(path).status_code == 204
    token.revoke(by="ann")
    token.revoke(by="ann")
    made, shared, *_ = reversed(told(4))
    assert made == f"bob made the token {token.shown}… (write) for bob"
    assert shared.startswith(f"bob shared topic 1 of the run {run.pk} until 20")
    assert told(2) == [
        f"ann revoked the token {token.shown}… of bob",
        f"bob ended the links to the run {run.pk}",
    ]
    assert text not in str(told())


def test_what_administrators_do(acme: Team) -> None:
    User.objects.create_superuser("root")
    bob = acme.memberships.get(user__username="bob")
    ann = acme.memberships.get(user__username="ann")
    fields = {"slug": "acme", "topics_a_day": "1000", "usd_a_month": "2.50"}
    for number, member in enumerate((ann, bob)):
        given = {"id": member.pk, "team": acme.pk, "user": member.user.pk, "role": "manager"}
        fields |= {f"memberships-{number}-{name}": str(value) for name, value in given.items()}
    fields |= {"memberships-TOTAL_FORMS": "2", "memberships-INITIAL_FORMS": "2"}
    page = by("root").post(f"/admin/people/team/{acme.pk}/change/", fields)
    assert page.status_code == 302
    assert told(3) == [
        "root made bob manager, who was member",
        "root changed the quota USD a month from none to 2.5",
        "root changed the quota topics a day from none to 1,000",
    ]
    assert by("root").get("/admin/people/auditentry/").status_code == 200
    assert by("root").post("/admin/people/auditentry/add/").status_code == 403


def test_what_outlives_the_team(acme: Team) -> None:
    acme.limit(Limits(crews_at_once=3), by="ann")
    assert by("ann").post(ACME, {"do": "delete", "slug": "acme"}).status_code == 302
    newest = AuditEntry.objects.all()[0]
    assert (str(newest), newest.team, newest.team_name) == ("ann deleted the team", None, "acme")
    assert told(2)[1] == "ann changed the quota crews at once from none to 3"


def test_commands(acme: Team) -> None:
    call_command("team", "bees", "--member", "bob:viewer")
    assert told(2) == ["a command added bob as viewer", "a command made the team"]
