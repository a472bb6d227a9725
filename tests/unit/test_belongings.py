"""Blueprints and column templates: a team's own, then the site's, and who may change them."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from research.exceptions import UnknownBlueprint
from research.people.models import AuditEntry, Role, Team
from research.runs import engines
from research.runs.again import again
from research.runs.models import Blueprint, ColumnTemplate, Run
from research.runs.submission import Submission

pytestmark = pytest.mark.django_db

COLUMNS = [{"name": "size", "type": "number"}]


@pytest.fixture(autouse=True)
def accounts(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.RESEARCH_ACCOUNTS = True
    monkeypatch.setattr(engines.engine(), "dispatch", lambda run: None)


@pytest.fixture
def acme() -> Team:
    """A team with a blueprint of its own, and one more in place of the site's `quick`."""
    team = Team.objects.create(slug="acme")
    for role in Role:
        team.add(User.objects.create_user(role.value), role)
    other = Team.objects.create(slug="other")
    other.add(User.objects.create_user("outsider"), Role.MANAGER)
    quick = Blueprint.objects.get(name="quick")
    definition = quick.definition | {"strict": True}
    for name in ("quick", "acme-only"):
        Blueprint.objects.create(name=name, team=team, title=f"Our {name}", definition=definition)
    return team


def by(name: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=name))
    return client


def send(client: Client, method: str, path: str, data: Any = None) -> Any:
    return getattr(client, method)(path, data, content_type="application/json")


def test_a_name_stands_for_the_teams_own_then_for_the_sites(acme: Team) -> None:
    other = Team.objects.get(slug="other")
    assert Submission.check(["a"], "quick", "offline", team=acme).blueprint.team == acme
    assert Submission.check(["a"], "deep", "offline", team=acme).blueprint.team is None
    for team in (None, other):
        assert Submission.check(["a"], "quick", "offline", team=team).blueprint.team is None
        with pytest.raises(UnknownBlueprint, match=r"There are: quick, deep\."):
            Submission.check(["a"], "acme-only", "offline", team=team)


def test_a_run_again_uses_what_its_own_team_has_today(acme: Team) -> None:
    run = Submission.check(["a"], "acme-only", "offline", team=acme).submit(caller="member")
    Blueprint.objects.filter(name="acme-only").update(title="Changed")
    new = again(run, blueprint="acme-only")
    assert (new.blueprint.title, new.team) == ("Changed", acme)
    Blueprint.objects.filter(name="acme-only").delete()
    with pytest.raises(UnknownBlueprint):
        again(run, blueprint="acme-only")
    assert again(run).submit().team == acme


def test_another_teams_blueprint_is_an_unknown_one(acme: Team) -> None:
    body = {"topics": ["a"], "model": "offline", "blueprint": "acme-only"}
    refused = send(by("outsider"), "post", "/api/runs", body).json()["error"]
    unknown = send(by("outsider"), "post", "/api/runs", body | {"blueprint": "no-such"}).json()
    assert refused["code"] == unknown["error"]["code"] == "unknown_blueprint"
    assert refused["message"].replace("acme-only", "no-such") == unknown["error"]["message"]
    assert send(by("member"), "post", "/api/runs", body).status_code == 400  # for their own team
    assert send(by("member"), "post", "/api/runs", body | {"team": "acme"}).status_code == 202
    assert Run.objects.get().definition["strict"] is True


def test_the_form_offers_what_the_chosen_team_has(acme: Team) -> None:
    member = by("member")
    assert "Our quick" not in member.get("/").content.decode()
    page = member.get("/?team=acme").content.decode()
    assert "Our quick" in page and "Our acme-only" in page and "acme\u2019s" in page
    step = {"step": "team", "team": "acme", "topics": "bees", "blueprint": "deep"}
    page = member.post("/", step).content.decode()
    assert "Our acme-only" in page and ">\nbees</textarea>" in page
    assert 'value="deep" checked' in page
    assert "Our quick" not in member.get("/?team=other").content.decode()
    form = {"topics": "bees", "model": "offline", "blueprint": "acme-only", "team": "acme"}
    assert member.post("/", form).status_code == 302
    assert Run.objects.get().team == acme


def test_columns_are_kept_by_managers_of_the_team(acme: Team) -> None:
    path, body = "/api/column-templates", {"name": "Sizes", "columns": COLUMNS, "team": "acme"}
    people = ("outsider", "viewer", "member", "manager")
    made = [send(by(name), "post", path, body).status_code for name in people]
    assert made == [404, 403, 403, 201]
    shown = {name: by(name).get(path).json()["templates"] for name in people}
    assert [len(shown[name]) for name in people] == [0, 1, 1, 1]
    assert shown["viewer"][0]["team"] == "acme"
    gone = f"{path}/Sizes?team=acme"
    deleted = [send(by(name), "delete", gone).status_code for name in people]
    assert deleted == [404, 403, 403, 204]
    assert [entry.words for entry in AuditEntry.objects.filter(kind__startswith="columns")] == [
        "deleted the columns Sizes",
        "kept the columns Sizes",
    ]


def test_the_sites_columns_are_used_by_all_and_changed_by_administrators(acme: Team) -> None:
    ColumnTemplate.objects.keep("Sizes", COLUMNS)
    path = "/api/column-templates"
    assert [each["team"] for each in by("outsider").get(path).json()["templates"]] == [None]
    assert send(by("manager"), "delete", f"{path}/Sizes?team=acme").status_code == 403
    User.objects.create_superuser("root")
    assert send(by("root"), "delete", f"{path}/Sizes").status_code == 204


def test_the_form_keeps_columns_for_managers_alone(acme: Team) -> None:
    form = {"topics": "bees", "model": "offline", "team": "acme", "keep_columns": "Sizes"}
    columns = {"columns-TOTAL_FORMS": "1", "columns-INITIAL_FORMS": "0"}
    columns |= {"columns-0-name": "size", "columns-0-type": "number"}
    page = by("member").post("/", form | columns)
    assert page.status_code == 403 and "managers of acme keep columns" in page.content.decode()
    assert not Run.objects.exists()
    assert 'name="keep_columns"' not in by("member").get("/?team=acme").content.decode()
    assert by("manager").post("/", form | columns).status_code == 302
    assert ColumnTemplate.objects.get().team == acme
    page = by("member").get("/?team=acme").content.decode()
    assert '<option value="Sizes">Sizes</option>' in page
