"""Quotas of a team: what counts, who is refused and until when, at every way to queue topics."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from research.exceptions import NoPrice, QuotaSpent
from research.people.models import Team, Token
from research.runs import control, deletion, engines, table
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


def test_what_was_spent_counts_though_a_retry_was_cancelled_in_line(acme: Team) -> None:
    run = submitted(acme, "bees", prompt_tokens=100)
    run.topics.update(status=Status.FAILED)
    control.retry(run)
    control.cancel(Run.objects.get(pk=run.pk))
    assert run.topics.get().started_at is None
    assert uses_of([acme])[acme.pk].token_count == 100


def test_deleting_a_run_wins_no_room(acme: Team) -> None:
    run = submitted(acme, "bees", "wasps", prompt_tokens=100)
    Run.objects.filter(pk=run.pk).update(prompt_price=Decimal(2), completion_price=Decimal(4))
    submitted(acme, "ants", prompt_tokens=7)
    before = uses_of([acme])[acme.pk]
    assert (before.topics, before.token_count, before.usd) == (3, 207, Decimal("0.0004"))
    for each in Run.objects.all():
        deletion.delete(each)
    assert uses_of([acme]) == {acme.pk: before}
    with pytest.raises(QuotaSpent, match="3 of its 3 topics of a day"):
        submitted(limited(acme, topics_a_day=3), "bees")
    deletion.delete_team(acme, "ann")
    assert not Team.objects.filter(slug="acme").exists()


def test_days_and_months_begin_at_midnight(acme: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime(2026, 12, 1, 0, 0, 5, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: now - timedelta(seconds=10))
    submitted(acme, "bees", prompt_tokens=100)
    team = limited(acme, topics_a_day=1, tokens_a_month=100)
    with pytest.raises(QuotaSpent, match=r"There is room again on 1 December 2026, 00:00 UTC"):
        submitted(team, "wasps")
    monkeypatch.setattr(timezone, "now", lambda: now)
    assert uses_of([team])[team.pk].token_count == 0
    assert submitted(team, "wasps", prompt_tokens=100)
    with pytest.raises(QuotaSpent, match=r"on 2 December 2026"):
        submitted(team, "ants")
    with pytest.raises(QuotaSpent, match=r"tokens of a month.* on 1 January 2027"):
        submitted(limited(team, topics_a_day=9), "ants")


def test_columns_cells_and_rows_behind_a_pilot_count(acme: Team) -> None:
    column = {"name": "colour", "type": "text"}
    rows = [{"topic": "bees"}, {"topic": "wasps"}]
    asked = Submission.check(rows=rows, columns=[column], pilot=1, model="offline")
    run = asked.submit(caller="ann", team=limited(acme, topics_a_day=1))
    for queues in (
        lambda: table.start_waiting(run),
        lambda: table.add_columns(run, [{"name": "size", "type": "text"}]),
        lambda: table.retry_cell(run, 1, "colour"),
        lambda: table.retry_missing(run, "colour"),
    ):
        run.topics.update(status=Status.SUCCEEDED)
        with pytest.raises(QuotaSpent):
            queues()
    run.refresh_from_db()
    assert len(run.waiting) == 1 and len(run.columns) == 1
    assert run.topics.get().status == Status.SUCCEEDED


def test_agents_and_the_command_line_are_held_to_it(acme: Team) -> None:
    limited(acme, topics_a_day=0)
    params = {"name": "start_research", "arguments": {"topics": ["bees"], "team": "acme"}}
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    _, text = Token.objects.make(User.objects.get(username="ann"), acme)
    headers = {"Authorization": f"Bearer {text}", "Accept": "application/json, text/event-stream"}
    answer = Client(headers=headers).post("/mcp", message, "application/json")
    assert "quota_spent" in answer.content.decode()
    with pytest.raises(CommandError, match=r"0 of its 0 topics of a day") as refused:
        call_command("research", "bees", "--model=offline", "--team=acme")
    assert refused.value.returncode == 2
    assert not Run.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_requests_at_the_same_time_do_not_share_what_room_there_is(acme: Team) -> None:
    team = limited(acme, crews_at_once=3)

    def submit(topic: str) -> bool:
        try:
            Submission.check([topic, f"{topic} again"], model="offline").submit(team=team)
        except QuotaSpent:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(submit, "abcd")) == 1
    assert Topic.objects.count() == 2


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
