"""Quotas of a team: what counts, who is refused and until when, at every way to queue topics."""

from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from research.exceptions import NoPrice, QuotaSpent
from research.people.models import Team
from research.runs import control, engines
from research.runs.again import again
from research.runs.models import Run, Status, Topic
from research.runs.quota import uses_of
from research.runs.submission import Submission

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def accounts(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.RESEARCH_ACCOUNTS = True
    monkeypatch.setattr(engines.engine(), "dispatch", lambda run: None)
    monkeypatch.setattr(engines.engine(), "trouble", lambda: "")


@pytest.fixture
def acme() -> Team:
    team = Team.objects.create(slug="acme")
    team.add(User.objects.create_user("ann"), "manager")
    return team


def limited(team: Team, **quotas: Any) -> Team:
    Team.objects.filter(pk=team.pk).update(**quotas)
    return Team.objects.get(pk=team.pk)


def submitted(team: Team, *topics: str, **fields: Any) -> Run:
    run = Submission.check(topics, model="offline").submit(caller="ann", team=team)
    run.topics.update(status=Status.SUCCEEDED, started_at=timezone.now(), **fields)
    Run.objects.filter(pk=run.pk).update(status=Status.SUCCEEDED, finished_at=timezone.now())
    return Run.objects.get(pk=run.pk)


def client() -> Client:
    found = Client()
    found.force_login(User.objects.get(username="ann"))
    return found


def test_crews_at_once(acme: Team) -> None:
    team = limited(acme, crews_at_once=2)
    run = Submission.check(["a", "b"], model="offline").submit(caller="ann", team=team)
    with pytest.raises(QuotaSpent, match=r"used 2 of its 2 crews .* when 1 of them have ended"):
        Submission.check(["c"], model="offline").submit(caller="ann", team=team)
    with pytest.raises(QuotaSpent, match="for 2 at most"):
        Submission.check(["c", "d", "e"], model="offline").submit(caller="ann", team=team)
    assert Topic.objects.count() == 2
    run.topics.filter(text="a").update(status=Status.SUCCEEDED)
    assert Submission.check(["c"], model="offline").submit(caller="ann", team=team)


def test_topics_a_day_are_counted_however_they_are_queued(acme: Team) -> None:
    run = submitted(acme, "bees")
    run.topics.update(status=Status.FAILED)
    control.retry(run, by="ann")
    run.topics.update(status=Status.FAILED)
    team = limited(acme, topics_a_day=2)
    assert uses_of([team])[team.pk].topics == 2
    with pytest.raises(QuotaSpent, match=r"2 of its 2 topics of a day .* 00:00 UTC"):
        control.retry(run)
    with pytest.raises(QuotaSpent):
        again(run).submit(caller="ann", team=team)
    assert run.topics.get().status == Status.FAILED and Run.objects.count() == 1


def test_tokens_a_month(acme: Team) -> None:
    submitted(acme, "bees", prompt_tokens=70, completion_tokens=30)
    assert submitted(limited(acme, tokens_a_month=101), "wasps")
    with pytest.raises(QuotaSpent, match=r"100 of its 100 tokens of a month\. There is room"):
        submitted(limited(acme, tokens_a_month=100), "ants")


def test_money_a_month_and_a_price_that_is_not_known(acme: Team) -> None:
    run = submitted(acme, "bees", prompt_tokens=1_000_000)
    Run.objects.filter(pk=run.pk).update(prompt_price=Decimal(2), completion_price=Decimal(4))
    use = uses_of([acme])[acme.pk]
    assert (use.usd, use.unpriced) == (Decimal(2), 0)
    with pytest.raises(QuotaSpent, match=r"\$2\.00 of its \$2\.00 of a month"):
        submitted(limited(acme, usd_a_month=Decimal(2)), "wasps")
    Run.objects.filter(pk=run.pk).update(prompt_price=None)
    assert uses_of([acme])[acme.pk].unpriced == 1_000_000
    run.refresh_from_db()
    run.topics.update(status=Status.FAILED)
    with pytest.raises(NoPrice):
        control.retry(run)


def test_other_teams_and_no_quota(acme: Team) -> None:
    limited(acme, topics_a_day=0, crews_at_once=0)
    other = Team.objects.create(slug="other")
    assert submitted(other, "bees")
    assert Submission.check(["bees"], model="offline").submit()


def test_the_same_key_is_the_same_run_over_the_quota(acme: Team) -> None:
    asked = Submission.check(["bees"], model="offline")
    first = asked.submit("key", "ann", acme)
    assert asked.submit("key", "ann", limited(acme, topics_a_day=1)).pk == first.pk


def test_api_and_form_say_so(acme: Team) -> None:
    limited(acme, topics_a_day=0)
    body = {"topics": ["bees"], "model": "offline", "team": "acme"}
    answer = client().post("/api/runs", body, content_type="application/json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (429, "quota_spent")
    form = {"topics": "bees", "model": "offline", "blueprint": "quick", "team": "acme"}
    page = client().post("/", form)
    assert page.status_code == 429 and "There is room again on" in page.content.decode()
    assert '<option value="acme" selected>' in page.content.decode()
    assert "0 of 0 topics today" in client().get("/teams/acme/").content.decode()
    assert client().post("/", form | {"team": "ours"}).status_code == 404
    assert not Run.objects.exists()


def test_events_say_who_did_it(acme: Team) -> None:
    run = Submission.check(["a", "b"], model="offline").submit(caller="ann", team=acme)
    path, json = f"/api/runs/{run.pk}", "application/json"
    assert client().post(f"{path}/topics/1/cancel", content_type=json).status_code == 202
    assert client().post(f"{path}/cancel", content_type=json).status_code == 202
    assert client().post(f"{path}/retry", content_type=json).status_code == 202
    assert client().post(f"{path}/share", content_type=json).status_code == 201
    assert client().delete(f"{path}/share").status_code == 204
    by = {event.kind: event.data.get("by") for event in run.events.order_by("seq")}
    told = ("topic.cancelled", "run.cancelling", "topic.retried", "run.shared", "run.unshared")
    assert {kind: by.get(kind) for kind in told} == dict.fromkeys(told, "ann")


def test_what_is_private_is_not_stored_by_browsers(acme: Team, settings: Any) -> None:
    for path in ("/", "/api/runs", "/teams/acme/"):
        assert client().get(path)["Cache-Control"] == "no-store"
    settings.RESEARCH_ACCOUNTS = False
    assert "Cache-Control" not in Client().get("/")
