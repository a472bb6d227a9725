"""A team's pages: its use and quotas, its tokens, its blueprints."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import yaml
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from research.exceptions import BadBlueprint, QuotaSpent
from research.people.exceptions import BadToken
from research.people.models import Role, Team, Token
from research.runs import engines
from research.runs.blueprints.written import as_yaml, from_yaml
from research.runs.models import Blueprint, Run, Status
from research.runs.submission import Submission
from research.runs.use import use_by_day

pytestmark = pytest.mark.django_db

ACME = "/teams/acme/"
OURS = f"{ACME}blueprints/"


@pytest.fixture(autouse=True)
def accounts(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.RESEARCH_ACCOUNTS = True
    monkeypatch.setattr(engines.engine(), "dispatch", lambda run: None)


@pytest.fixture
def acme() -> Team:
    team = Team.objects.create(slug="acme")
    for role in Role:
        team.add(User.objects.create_user(role.value), role)
    return team


def by(name: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=name))
    return client


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def used(team: Team, days_ago: int, tokens: int, price: Decimal | None) -> None:
    run = Submission.check(["bees"], model="offline").submit(caller="member", team=team)
    Run.objects.filter(pk=run.pk).update(prompt_price=price, completion_price=price)
    at = timezone.now() - timedelta(days=days_ago)
    run.topics.update(status=Status.SUCCEEDED, started_at=at, prompt_tokens=tokens)


# Use and quotas -----------------------------------------------------------------------------


def test_use_by_day(acme: Team, django_assert_num_queries: Any) -> None:
    used(acme, 0, 1_000_000, Decimal(2))
    used(acme, 0, 500_000, None)
    used(acme, 29, 3, Decimal(0))
    used(acme, 30, 7, Decimal(0))
    used(Team.objects.create(slug="other"), 0, 9, Decimal(0))
    with django_assert_num_queries(1):
        days = use_by_day(acme)
    assert (len(days), days[-1].day) == (30, timezone.now().date())
    today = days[-1]
    assert (today.topics, today.token_count, today.usd) == (2, 1_500_000, Decimal(2))
    assert today.unpriced == 500_000
    assert (days[0].topics, days[0].token_count) == (1, 3)
    assert sum(day.topics for day in days) == 3


def test_use_is_drawn_and_told(acme: Team) -> None:
    assert "Nothing was run in the last 30 days" in text_of(by("viewer").get(ACME))
    used(acme, 2, 0, Decimal(2))
    assert by("viewer").get(ACME).content.decode().count('viewBox="0 0 300 60"') == 1
    used(acme, 0, 1_000_000, Decimal(2))
    used(acme, 1, 500_000, None)
    page = text_of(by("viewer").get(ACME))
    drawn = re.findall(r'<svg viewBox="0 0 300 60".*?</svg>', page)
    assert [svg.count('class="bar"') for svg in drawn] == [3, 2, 1]
    assert drawn[2].count('class="unknown"') == 1
    assert 'aria-label="Tokens: 1,500,000 in 30 days, most on' in page
    assert "$2.00 in 30 days, most on" in drawn[2]
    assert "and 500,000 tokens whose price is not known, marked." in drawn[2]
    assert "<td>500,000</td><td>not known</td>" in page


def test_managers_set_quotas_below_those_of_administrators(acme: Team) -> None:
    Team.objects.filter(pk=acme.pk).update(topics_a_day=5, usd_a_month=Decimal("2.5"))
    fields = {"do": "quotas", "topics_a_day": "9", "crews_at_once": "", "usd_a_month": "1.5"}
    refused = by("manager").post(ACME, fields)
    assert refused.status_code == 400
    assert "Administrators allow 5 at most." in refused.content.decode()
    assert by("member").post(ACME, fields | {"topics_a_day": "1"}).status_code == 403
    assert by("manager").post(ACME, fields | {"topics_a_day": "1"}).status_code == 302
    page = text_of(by("viewer").get(ACME))
    assert "0 of 1 topics today" in page and "administrators allow 5" in page
    assert "$0 of $1.50 this month" in page and "administrators allow $2.50" in page
    team = Team.objects.get(pk=acme.pk)
    Submission.check(["a"], model="offline", team=team).submit()
    with pytest.raises(QuotaSpent, match="1 of its 1 topics of a day"):
        Submission.check(["b"], model="offline", team=team).submit()


@pytest.mark.parametrize("said", ["-1", "many", "9" * 30, "NaN", "Infinity"])
def test_a_quota_that_cannot_be_read(acme: Team, said: str) -> None:
    for name in ("topics_a_day", "usd_a_month"):
        assert by("manager").post(ACME, {"do": "quotas", name: said}).status_code == 400
    assert not Team.objects.get(pk=acme.pk).limits


# Tokens -------------------------------------------------------------------------------------


def test_managers_see_and_revoke_all_tokens_of_the_team(acme: Team) -> None:
    member = User.objects.get(username="member")
    token, text = Token.objects.make(member, acme, "read", days=5, name="nightly")
    elsewhere, _ = Token.objects.make(member, Team.objects.create(slug="other"))
    page = by("manager").get(ACME).content.decode()
    assert token.shown in page and "nightly" in page and elsewhere.shown not in page
    assert text not in page
    assert token.shown not in by("member").get(ACME).content.decode()
    for key in (token.pk, elsewhere.pk, "9" * 30, "x"):
        assert by("manager").post(ACME, {"do": "revoke", "token": key}).status_code == 302
    with pytest.raises(BadToken, match="revoked"):
        Token.objects.valid(text)
    assert Token.objects.get(pk=elsewhere.pk).revoked_at is None


def test_a_manager_makes_a_token_which_is_shown_once(acme: Team) -> None:
    fields = {"do": "token", "scope": "read", "days": "7", "name": "ci"}
    page = by("manager").post(ACME, fields)
    found = re.search(r"rsk_[\w-]{40,}", page.content.decode())
    assert page.status_code == 200 and found
    token = Token.objects.valid(found[0])
    assert token and (token.team, token.user.username, token.scope) == (acme, "manager", "read")
    assert found[0] not in by("manager").get(ACME).content.decode()
    for bad in ({"scope": "all"}, {"days": "0"}, {"days": "soon"}):
        assert by("manager").post(ACME, fields | bad).status_code == 400


# Blueprints ---------------------------------------------------------------------------------


def written(**changes: Any) -> dict[str, Any]:
    quick = Blueprint.objects.get(name="quick", team=None)
    definition = as_yaml(quick.definition | {"strict": True})
    fields = {"do": "copy", "name": "ours", "title": "Ours", "description": "For us."}
    return fields | {"definition": definition} | changes


def test_a_manager_copies_changes_and_deletes(acme: Team) -> None:
    manager = by("manager")
    assert "title: " not in text_of(manager.get(f"{OURS}quick/")).split("<textarea")[2]
    assert manager.post(f"{OURS}quick/", written()).headers["location"] == f"{OURS}ours/"
    own = Blueprint.objects.get(team=acme)
    assert (own.name, own.definition["strict"]) == ("ours", True)
    changed = manager.post(f"{OURS}ours/", written(do="save", name="mine", title="Mine"))
    assert changed.headers["location"] == f"{OURS}mine/"
    again = written(do="copy", name="mine")
    assert manager.post(f"{OURS}mine/", again).status_code == 409
    assert manager.post(f"{OURS}mine/", again | {"name": "quick"}).status_code == 302
    assert "The team\u2019s own takes its place" in text_of(by("viewer").get(OURS))
    for name in ("mine", "quick"):
        assert manager.post(f"{OURS}{name}/", {"do": "delete"}).headers["location"] == OURS
    assert not Blueprint.objects.filter(team=acme).exists()
    manager.post(f"{OURS}quick/", {"do": "delete"})  # the site's
    assert Blueprint.objects.filter(name="quick", team=None).exists()


def test_others_read_a_blueprint(acme: Team) -> None:
    page = text_of(by("viewer").get(f"{OURS}deep/"))
    assert "role: Fact-checker" in page and "<textarea" not in page
    assert by("viewer").get(f"{OURS}none/").status_code == 404


@pytest.mark.parametrize(
    ("definition", "said"),
    [
        ("agents:\n  [", "Line 2"),
        ("- a\n- b", "Write agents: and tasks:"),
        ("agents: {a: {role: x}}\ntasks: {}", "agents.a.goal: Field required"),
        ("a: &x [1]\nb: *x", "aliases"),
        ("agents: {}\nagents: {}", "stands there twice"),
        ("[" * 20_000, "nested too deeply"),
        ("a: 2025-99-99", "month must be in 1..12"),
        ("x: " + "1" * 90_000, "Exceeds the limit"),
        ("agents: {!!python/object:os.system {}: 1}", "could not determine a constructor"),
        ('agents: {a: {role: "\\0", goal: g, backstory: b}}\ntasks: {t: {agent: a, '
         "description: d, expected_output: e}}", "cannot be shown"),
        ("x" * 100_001, "longer than 100,000"),
    ],
    ids=lambda value: value[:20],
)  # fmt: skip
def test_a_definition_that_cannot_be_used(acme: Team, definition: str, said: str) -> None:
    with pytest.raises(BadBlueprint, match=re.escape(said)):
        from_yaml(definition)
    page = by("manager").post(f"{OURS}quick/", written(definition=definition))
    assert page.status_code == 400 and "The blueprint cannot be used" in page.content.decode()
    assert not Blueprint.objects.filter(team=acme).exists()


def test_what_is_written_is_read_back() -> None:
    for blueprint in Blueprint.objects.filter(team=None):
        text = as_yaml(blueprint.definition)
        assert from_yaml(text) == blueprint.definition
        assert yaml.safe_load(text).keys() <= blueprint.definition.keys()
