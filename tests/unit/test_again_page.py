"""The page that runs a run again, and what the admin offers for it."""

from typing import Any

import pytest
from django.test import Client

from research.people.models import Team
from research.runs import control
from research.runs.again import again
from research.runs.allowance import Allowance
from research.runs.models import Run
from research.runs.submission import Submission
from tests.support.html import text_of
from tests.support.rows import act

pytestmark = pytest.mark.django_db

COLUMNS = [{"name": "Stars", "type": "number"}]


@pytest.fixture
def old() -> Run:
    rows = [{"topic": name, "site": name[0]} for name in ("bees", "wasps", "ants")]
    allowance = Allowance(tokens=5000)
    return Submission.check(
        rows=rows, columns=COLUMNS, model="offline", allowance=allowance
    ).submit()


def read(client: Client, run: Run, query: str = "") -> str:
    response = client.get(f"/runs/{run.pk}/again/{query}")
    assert response.status_code == 200
    return response.content.decode()


def submit(client: Client, run: Run, **fields: Any) -> Any:
    usual = {"topics": ["1", "3"], "blueprint": "", "model": "offline", "token_budget": "70"}
    return client.post(f"/runs/{run.pk}/again/", usual | fields)


def newest() -> Run:
    return Run.objects.newest_first()[0]


def test_the_form_begins_with_what_was(client: Client, old: Run) -> None:
    page = read(client, old)
    assert page.count('name="topics"') == page.count("checked> <span") == 3
    assert 'value="offline"' in page and 'value="5000"' in page
    assert 'name="blueprint" value="" data-kept="quick" checked' in page


def test_topics_are_chosen_by_the_address_too(client: Client, old: Run) -> None:
    control.cancel(old, [2])
    page = read(client, old, "?topics=2,99,x")
    assert page.count("checked> <span") == 1 and 'value="2" checked' in page
    assert '<a href="?topics=2" data-positions="2">failed or cancelled</a>' in page
    assert read(client, old, "?topics=").count("checked> <span") == 0


def test_chosen_topics_run_again_with_their_inputs_and_columns(client: Client, old: Run) -> None:
    answer = submit(client, old, blueprint="deep")
    new = newest()
    assert answer.status_code == 302 and answer.headers["location"] == new.get_absolute_url()
    assert new.again_of == old and new.columns == old.columns and new.token_budget == 70
    assert [(t.text, t.inputs) for t in new.topics.all()] == [
        ("bees", {"site": "b"}),
        ("ants", {"site": "a"}),
    ]
    assert new.blueprint == "deep"


def test_both_runs_lead_to_each_other_and_to_what_changed(client: Client, old: Run) -> None:
    submit(client, old)
    new = newest()
    pages = [client.get(run.get_absolute_url()).content.decode() for run in (old, new)]
    assert f'href="/runs/{new.pk}/"' in pages[0] and f"/runs/{old.pk}/diff/{new.pk}/" in pages[0]
    assert f'href="/runs/{old.pk}/"' in pages[1] and f"/runs/{new.pk}/diff/{old.pk}/" in pages[1]
    assert f"/runs/{old.pk}/again/?topics=1" in _ended(client, old)


def _ended(client: Client, run: Run) -> str:
    control.cancel(run)
    return client.get(f"/runs/{run.pk}/1/").content.decode()


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"topics": []}, "There is no topic"),
        ({"topics": ["9"]}, "There is no topic 9"),
        ({"model": "no/such"}, "No provider is known"),
        ({"blueprint": "no"}, "There is no blueprint"),
        ({"token_budget": "many"}, "token budget"),
        ({"money_budget": "-1"}, "money budget"),
    ],
)
def test_what_cannot_be_run_is_told_and_nothing_chosen_is_lost(
    client: Client, old: Run, fields: Any, says: str
) -> None:
    answer = submit(client, old, **fields)
    page = answer.content.decode()
    assert answer.status_code == 400 and says in text_of(page)
    assert Run.objects.count() == 1
    chosen = fields.get("topics", ["1", "3"])
    assert page.count("checked> <span") == len(set(chosen) & {"1", "2", "3"})


def test_rows_behind_a_pilot_belong_to_all(client: Client) -> None:
    run = Submission.check(["bees", "wasps", "ants"], model="offline", pilot=1).submit()
    submit(client, run, topics=["1"])
    assert newest().topics.count() == 3


def test_the_admin_runs_runs_and_topics_again(client: Client, old: Run) -> None:
    page = act(client, "run", "run_again", old)
    whole = newest()
    assert whole.again_of == old and whole.topics.count() == 3
    assert f'<a href="{whole.get_absolute_url()}">' in page
    act(client, "topic", "run_again", old.topics.get(position=2), whole.topics.get(position=3))
    made = Run.objects.exclude(pk__in=[old.pk, whole.pk])
    assert sorted((run.again_of_id, run.topics.get().text) for run in made) == sorted(
        [(old.pk, "wasps"), (whole.pk, "ants")]
    )


def test_the_admin_says_what_cannot_be_run_again(client: Client, old: Run) -> None:
    Run.objects.update(model="gone/away")
    page = act(client, "run", "run_again", old)
    assert "No provider is known" in page and Run.objects.count() == 1


def test_a_deleted_run_is_no_longer_named(client: Client, old: Run) -> None:
    new = again(old).submit()
    Run.objects.filter(pk=old.pk).delete()
    assert "an earlier run" not in client.get(new.get_absolute_url()).content.decode()


@pytest.mark.parametrize("name", ["model", "blueprint", "token_budget", "money_budget"])
def test_characters_that_no_text_has(client: Client, old: Run, name: str) -> None:
    assert submit(client, old, **{name: "a\0b"}).status_code == 400


def test_a_spent_quota_is_said(client: Client, old: Run) -> None:
    team = Team.objects.create(slug="bees", topics_a_day=0)
    Run.objects.filter(pk=old.pk).update(team=team)
    refused = submit(client, old)
    assert refused.status_code == 429 and "There is room again" in refused.content.decode()
