"""Who may see and do what where people sign in: every address, for everybody."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from research.library import documents
from research.people.models import Invitation, Role, Team, Token
from research.runs import engines
from research.runs.models import Run, Status
from research.runs.submission import Submission
from research.web.gate import need_of

pytestmark = pytest.mark.django_db

PEOPLE = ("outsider", "viewer", "member", "manager", "administrator")


def routes(resolver: Any = None, before: str = "") -> Iterator[str]:
    for pattern in (resolver or get_resolver()).url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, route)
        elif isinstance(pattern, URLPattern):
            yield route


def test_every_address_has_a_rule() -> None:
    unruled = [route for route in routes() if need_of(route) is None]
    assert unruled == []


@pytest.fixture(autouse=True)
def accounts(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.RESEARCH_ACCOUNTS = True
    monkeypatch.setattr(engines.engine(), "dispatch", lambda run: None)
    monkeypatch.setattr(engines.engine(), "trouble", lambda: "")


@pytest.fixture
def team() -> Team:
    """Acme, with a person for each role, an outsider in another team, and an administrator."""
    acme, other = Team.objects.create(slug="acme"), Team.objects.create(slug="other")
    for name in PEOPLE:
        user = User.objects.create_user(name, is_superuser=name == "administrator")
        if name in ("viewer", "member", "manager"):
            acme.add(user, name)
        else:
            other.add(user, "manager")
    return acme


@pytest.fixture
def run(team: Team) -> Run:
    run = Submission.check(["bees"], model="offline").submit(caller="member", team=team)
    run.topics.update(status=Status.SUCCEEDED, result="Bees hum.")
    Run.objects.filter(pk=run.pk).update(status=Status.SUCCEEDED)
    return run


def by(name: str, scope: str = "write") -> Any:
    """A client of somebody's with a token for acme, or for their own team."""
    if name == "nobody":
        return Client()
    user = User.objects.get(username=name)
    member = user.memberships.filter(team__slug="acme").first() or user.memberships.first()
    assert member
    _, text = Token.objects.make(user, member.team, scope)
    return Client(headers={"Authorization": f"Bearer {text}"})


def statuses(method: str, path: str, **more: Any) -> dict[str, int]:
    return {
        name: getattr(by(name), method)(path, **more).status_code for name in ("nobody", *PEOPLE)
    }


READ = {
    "nobody": 401,
    "outsider": 404,
    "viewer": 200,
    "member": 200,
    "manager": 200,
    "administrator": 200,
}


@pytest.mark.parametrize("path", ["", "/events", "/topics/1", "/export?format=json"])
def test_runs_are_read_by_their_team(run: Run, path: str) -> None:
    assert statuses("get", f"/api/runs/{run.pk}{path}") == READ


def test_pages_lead_to_the_sign_in(run: Run) -> None:
    found = statuses("get", f"/runs/{run.pk}/")
    assert found == READ | {"nobody": 302}
    page = Client().get(f"/runs/{run.pk}/")
    assert page["location"].startswith("/accounts/login/?next=")
    assert Client().get("/accounts/login/").status_code == 200


@pytest.mark.parametrize("path", ["/cancel", "/retry", "/again", "/topics/1/retry"])
def test_runs_are_changed_by_members(run: Run, path: str) -> None:
    changed = {"viewer": 403, "member": 202, "manager": 202, "administrator": 202}
    found = statuses("post", f"/api/runs/{run.pk}{path}", content_type="application/json")
    assert found == READ | changed


def test_runs_are_submitted_by_members(team: Team) -> None:
    body = {"topics": ["bees"], "model": "offline", "team": "acme"}
    found = statuses("post", "/api/runs", data=body, content_type="application/json")
    assert found == READ | {"viewer": 403, "member": 202, "manager": 202, "administrator": 202}
    run = Run.objects.filter(caller="member").get()
    told = by("viewer").get(f"/api/runs/{run.pk}").json()
    assert (told["team"], told["by"]) == ("acme", "member")


def test_lists_show_what_one_may_see(run: Run) -> None:
    shown = {name: len(by(name).get("/api/runs").json()["runs"]) for name in PEOPLE}
    assert shown == {"outsider": 0, "viewer": 1, "member": 1, "manager": 1, "administrator": 1}
    assert "bees" not in by("outsider").get("/runs/").content.decode()
    assert "bees" in by("viewer").get("/runs/").content.decode()


def test_a_token_for_reading_changes_nothing(run: Run) -> None:
    reader = by("manager", "read")
    assert reader.get(f"/api/runs/{run.pk}").status_code == 200
    assert reader.post(f"/api/runs/{run.pk}/again").status_code == 403
    body = {"topics": ["bees"], "model": "offline"}
    posted = reader.post("/api/runs", body, content_type="application/json")
    assert (posted.status_code, posted.json()["error"]["code"]) == (403, "not_allowed")


def test_the_scheme_may_be_written_in_any_case(run: Run) -> None:
    sent = by("member").defaults["HTTP_AUTHORIZATION"].replace("Bearer", "bearer")
    assert Client(headers={"Authorization": sent}).get("/api/me").json()["username"] == "member"
    basic = Client(headers={"Authorization": "Basic YTpi"}).get("/api/me")
    assert basic.status_code == 401 and basic["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("spoil", ["revoke", "expire", "alter"])
def test_a_token_that_is_spent_is_none(run: Run, spoil: str) -> None:
    token, text = Token.objects.make(
        User.objects.get(username="member"), run.team, days=0 if spoil == "expire" else None
    )
    if spoil == "revoke":
        token.revoke()
    sent = f"{text}x" if spoil == "alter" else text
    answer = Client(headers={"Authorization": f"Bearer {sent}"}).get("/api/runs")
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "sign_in")


def test_documents_belong_to_the_team_that_added_them(team: Team) -> None:
    file = SimpleUploadedFile("bees.txt", b"Zorblax bees live in a hive of amber near the sea.")
    added = by("member").post("/api/library", {"file": file})
    assert added.status_code == 201
    found = {
        name: len(by(name).get("/api/library/search?q=zorblax+bees").json()["hits"])
        for name in PEOPLE
    }
    assert found == {"outsider": 0, "viewer": 1, "member": 1, "manager": 1, "administrator": 1}
    path = f"/api/library/{added.json()['id']}"
    deleted = {name: by(name).delete(path).status_code for name in ("nobody", *PEOPLE[:3])}
    assert deleted == {"nobody": 401, "outsider": 404, "viewer": 403, "member": 204}
    file.seek(0)
    assert by("viewer").post("/api/library", {"file": file}).status_code == 403


def test_the_same_file_of_two_teams_is_two_documents(team: Team) -> None:
    first = documents.add_bytes("bees.txt", b"Zorblax bees live in amber.", team=team.pk)
    other = Team.objects.get(slug="other")
    second = documents.add_bytes("bees.txt", b"Zorblax bees live in amber.", team=other.pk)
    assert second.is_new and first.document.pk != second.document.pk
    assert first.document.file == second.document.file == "bees.txt"


def test_the_desk_is_for_reviewers(run: Run) -> None:
    found = statuses("get", "/review/")
    assert found == READ | {"nobody": 302, "outsider": 403} | dict.fromkeys(PEOPLE[1:4], 403)
    User.objects.get(username="viewer").user_permissions.add(
        Permission.objects.get(codename="review")
    )
    assert by("viewer").get("/review/").status_code == 200
    review = {"state": "approved"}
    path = f"/api/runs/{run.pk}/topics/1/review"
    sent = {"data": review, "content_type": "application/json"}
    assert by("member").post(path, **sent).status_code == 403
    assert by("viewer").post(path, **sent).status_code == 200


def test_the_admin_is_for_administrators(team: Team) -> None:
    User.objects.filter(username="administrator").update(is_staff=True)
    found = statuses("get", "/admin/")
    assert found == dict.fromkeys(PEOPLE, 403) | {"nobody": 302, "administrator": 200}


def test_the_set_up_is_for_administrators(team: Team) -> None:
    refused = dict.fromkeys(PEOPLE, 403) | {"nobody": 302}
    assert statuses("get", "/setup/") == refused | {"administrator": 200}
    change = {"do": "delete", "service": "openai"}
    assert statuses("post", "/setup/", data=change) == refused | {"administrator": 302}
    assert by("administrator", "read").post("/setup/", change).status_code == 403


def test_what_is_open_to_all_and_what_is_scraped(team: Team, settings: Any) -> None:
    assert Client().get("/healthz").status_code == 200
    assert statuses("get", "/metrics")["member"] == 403
    settings.RESEARCH_SCRAPE_TOKEN = "prometheus-and-nobody-else"
    scraper = Client(headers={"Authorization": "Bearer prometheus-and-nobody-else"})
    assert scraper.get("/metrics").status_code == 200
    assert scraper.get("/api/runs").status_code == 401


def test_a_session_needs_the_forms_token_at_the_api(run: Run) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.get(username="member"))
    assert client.get(f"/api/runs/{run.pk}").status_code == 200
    path, json = f"/api/runs/{run.pk}/again", "application/json"
    assert client.post(path, content_type=json).status_code == 403
    token = client.get("/").cookies["csrftoken"].value
    again = client.post(path, content_type=json, headers={"X-CSRFToken": token})
    assert again.status_code == 202


def test_forms_need_their_token_of_people_and_none_of_programs(team: Team) -> None:
    fields = {"do": "invite", "role": "viewer", "days": "3"}
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/teams/acme/", fields)["location"].startswith("/accounts/login/")
    sent = by("manager").defaults["HTTP_AUTHORIZATION"]
    program = Client(enforce_csrf_checks=True, headers={"Authorization": sent})
    assert program.post("/teams/acme/", fields)["location"] == "/teams/acme/"
    strict.force_login(User.objects.get(username="manager"))
    assert strict.post("/teams/acme/", fields).status_code == 403
    strict.force_login(User.objects.get(username="outsider"))
    assert strict.post("/teams/acme/", fields).status_code == 404


def test_a_share_link_is_read_by_anyone_until_it_ends(run: Run) -> None:
    path = f"/api/runs/{run.pk}/share"
    made = by("member").post(path, {"days": 2}, content_type="application/json")
    assert made.status_code == 201
    assert by("viewer").post(path, content_type="application/json").status_code == 403
    link = made.json()["url"].removeprefix("http://testserver")
    page = Client().get(link)
    assert page.status_code == 200 and "Bees hum." in page.content.decode()
    assert page["X-Robots-Tag"].startswith("noindex") and "member" not in page.content.decode()
    assert by("member").delete(path).status_code == 204
    assert Client().get(link).status_code == 404


@pytest.mark.parametrize(
    "path", ["/account/", "/accounts/2fa/", "/accounts/sessions/", "/accounts/password/set/"]
)
def test_the_pages_of_an_account(team: Team, path: str) -> None:
    client = Client()
    client.force_login(User.objects.get(username="member"))
    page = client.get(path)
    assert page.status_code == 200 and ">member</a>" in page.content.decode()


def test_a_token_is_made_on_the_page_and_shown_once(team: Team) -> None:
    client = Client()
    client.force_login(User.objects.get(username="member"))
    fields = {"make": "1", "team": "acme", "scope": "read", "days": "7", "name": "ci"}
    text = re.search(r"rsk_[\w-]{40,}", client.post("/account/", fields).content.decode())
    assert text and text[0] not in client.get("/account/").content.decode()
    reader = Client(headers={"Authorization": f"Bearer {text[0]}"})
    assert reader.get("/api/me").json()["scope"] == "read"
    assert client.post("/account/", fields | {"team": "other"}).status_code == 400
    key = Token.objects.get(name="ci").pk
    assert client.post("/account/", {"revoke": str(key)}).status_code == 302
    assert reader.get("/api/me").status_code == 401


def test_teams_are_seen_by_those_in_them_and_changed_by_managers(team: Team) -> None:
    assert statuses("get", "/teams/acme/") == READ | {"nobody": 302}
    invite = {"do": "invite", "role": "viewer", "days": "3"}
    changed = {"viewer": 403, "member": 403, "manager": 302, "administrator": 302}
    assert statuses("post", "/teams/acme/", data=invite) == READ | changed | {"nobody": 302}
    assert by("manager", "read").post("/teams/acme/", invite).status_code == 403
    assert statuses("get", "/teams/") == dict.fromkeys(PEOPLE, 200) | {"nobody": 302}
    link = Invitation.objects.make(team, Role.VIEWER, 3, "manager").get_absolute_url()
    assert statuses("get", link) == dict.fromkeys(PEOPLE, 200) | {"nobody": 302}
    left = dict.fromkeys(("nobody", "viewer", "member"), 302) | {"outsider": 404}
    assert left.items() <= statuses("post", "/teams/acme/leave/").items()


def test_who_one_is(team: Team) -> None:
    assert by("viewer", "read").get("/api/me").json() == {
        "username": "viewer",
        "teams": [{"slug": "acme", "role": "viewer"}],
        "scope": "read",
    }
