"""Teams by page: their members, who may change them, invitations, and what stands in the way."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from research.people.models import Invitation, Role, Team
from research.runs import engines
from research.runs.models import Run, Status
from research.runs.submission import Submission

pytestmark = pytest.mark.django_db

ACME = "/teams/acme/"


@pytest.fixture(autouse=True)
def accounts(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.RESEARCH_ACCOUNTS = True
    monkeypatch.setattr(engines.engine(), "dispatch", lambda run: None)


@pytest.fixture
def acme() -> Team:
    team = Team.objects.create(slug="acme")
    for role in Role:
        team.add(User.objects.create_user(role.value), role)
    User.objects.create_user("outsider")
    return team


def by(name: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=name))
    return client


def role_of(team: Team, name: str) -> str | None:
    member = team.memberships.filter(user__username=name).first()
    return member.role if member else None


def key_of(team: Team, name: str) -> int:
    return team.memberships.get(user__username=name).pk


def test_who_sees_a_team_and_who_changes_it(acme: Team) -> None:
    people = ("outsider", "viewer", "member", "manager")
    assert [by(name).get(ACME).status_code for name in people] == [404, 200, 200, 200]
    fields = {"do": "invite", "role": "viewer", "days": "3"}
    posted = [by(name).post(ACME, fields).status_code for name in people]
    assert posted == [404, 403, 403, 302]
    assert "Make a link" not in by("member").get(ACME).content.decode()
    assert Client().get(ACME)["location"].startswith("/accounts/login/?next=")


def test_anybody_makes_a_team_and_is_its_manager(acme: Team) -> None:
    client = by("outsider")
    assert client.post("/teams/", {"slug": "Bees"}).headers["location"] == "/teams/bees/"
    assert role_of(Team.objects.get(slug="bees"), "outsider") == Role.MANAGER
    assert "bees" in client.get("/teams/").content.decode()
    for slug in ("acme", "two words", ""):
        assert client.post("/teams/", {"slug": slug}).status_code == 400
    assert role_of(acme, "outsider") is None


def test_roles_change_and_members_go_but_never_the_last_manager(acme: Team) -> None:
    manager = by("manager")
    own, other = key_of(acme, "manager"), key_of(acme, "member")
    for fields in ({"do": "remove"}, {"do": "role", "role": "viewer"}):
        refused = manager.post(ACME, {"member": own, **fields})
        assert refused.status_code == 409
        assert "manager is the only manager of acme" in refused.content.decode()
    manager.post(f"{ACME}leave/")
    assert role_of(acme, "manager") == Role.MANAGER
    assert manager.post(ACME, {"do": "role", "member": other, "role": "manager"}).status_code == 302
    assert manager.post(f"{ACME}leave/").status_code == 302
    assert manager.get(ACME).status_code == 404
    gone = {"do": "remove", "member": key_of(acme, "viewer")}
    assert by("member").post(ACME, gone).status_code == 302
    assert by("viewer").get(ACME).status_code == 404


@pytest.mark.parametrize("fields", [{"do": "role", "role": "king"}, {"do": "remove"}, {"do": ""}])
def test_what_is_no_change_is_refused(acme: Team, fields: dict[str, str]) -> None:
    answer = by("manager").post(ACME, {"member": "9" * 30, **fields})
    assert answer.status_code == 400
    assert acme.memberships.count() == 3


def invitation_to(team: Team, role: str = "viewer", days: int = 3) -> str:
    made = Invitation.objects.make(team, Role(role), days, "manager")
    return made.get_absolute_url()


def test_an_invitation_is_used_once(acme: Team) -> None:
    link = invitation_to(acme)
    signed_out = Client().get(link)
    assert (
        signed_out.status_code == 302
        and "/accounts/login/?next=%2Fjoin%2F" in signed_out["location"]
    )
    outsider = by("outsider")
    assert "invites you as viewer" in outsider.get(link).content.decode()
    assert role_of(acme, "outsider") is None
    assert outsider.post(link).headers["location"] == ACME
    assert role_of(acme, "outsider") == Role.VIEWER
    User.objects.create_user("late")
    assert [by("late").get(link).status_code, by("late").post(link).status_code] == [404, 404]
    assert role_of(acme, "late") is None


def test_an_invitation_that_ended_was_withdrawn_or_altered_leads_nowhere(acme: Team) -> None:
    outsider, withdrawn = by("outsider"), invitation_to(acme)
    key = Invitation.objects.get().pk
    by("manager").post(ACME, {"do": "withdraw", "invitation": key})
    altered = invitation_to(acme)[:-3] + "xx/"
    for link in (withdrawn, invitation_to(acme, days=0), altered):
        assert outsider.post(link).status_code == 404
    assert role_of(acme, "outsider") is None


def test_a_member_does_not_spend_an_invitation(acme: Team) -> None:
    link = invitation_to(acme, "viewer")
    assert by("manager").post(link).status_code == 302
    assert role_of(acme, "manager") == Role.MANAGER
    assert by("outsider").post(link).headers["location"] == ACME


def test_a_team_with_runs_in_flight_is_not_deleted(acme: Team) -> None:
    run = Submission.check(["bees"], model="offline").submit(caller="member", team=acme)
    manager, fields = by("manager"), {"do": "delete", "slug": "acme"}
    assert manager.post(ACME, fields | {"slug": "acm"}).status_code == 400
    refused = manager.post(ACME, fields)
    assert refused.status_code == 409
    assert "1 of its runs has not ended" in refused.content.decode()
    run.topics.update(status=Status.SUCCEEDED)
    Run.objects.update(status=Status.SUCCEEDED)
    assert manager.post(ACME, fields).headers["location"] == "/teams/"
    assert not Team.objects.filter(slug="acme").exists() and not Run.objects.exists()


def test_a_personal_team_takes_nobody_and_stays(acme: Team) -> None:
    client = by("outsider")
    client.get("/teams/")
    path = Team.objects.get(is_personal=True).get_absolute_url()
    for fields in (
        {"do": "invite", "role": "viewer", "days": "3"},
        {"do": "delete", "slug": "outsider"},
    ):
        assert client.post(path, fields).status_code == 409
    client.post(f"{path}leave/")
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("path", ["/teams/", ACME])
def test_where_nobody_signs_in_there_are_no_teams(acme: Team, settings: Any, path: str) -> None:
    settings.RESEARCH_ACCOUNTS = False
    assert Client().get(path).status_code == 404
