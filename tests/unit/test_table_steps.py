"""Between a pilot and the whole table: the forecast, the columns changed, the rest started."""

from typing import Any

import pytest
from django.test import Client

from research.runs import engines
from research.runs.models import Run, Status
from research.runs.submission import Submission

pytestmark = pytest.mark.django_db

KIND = {"name": "kind", "type": "text"}


@pytest.fixture(autouse=True)
def asleep(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines.engine(), "dispatch", lambda run: None)


@pytest.fixture
def pilot() -> Run:
    """A run of five rows of which two were tried, and are done."""
    rows = [{"topic": f"row {number}"} for number in range(5)]
    run = Submission.check(rows=rows, columns=[KIND], model="offline", pilot=2).submit()
    run.topics.update(status=Status.SUCCEEDED, prompt_tokens=700, model_calls=2)
    Run.objects.filter(pk=run.pk).update(status=Status.SUCCEEDED)
    return Run.objects.get(pk=run.pk)


def test_the_run_tells_what_waits_and_what_it_takes(client: Client, pilot: Run) -> None:
    page = client.get(f"/runs/{pilot.pk}/").content.decode()
    assert "3 more rows wait." in page
    assert "about 6 model calls, 2,100 tokens, $0" in page


def test_the_rest_is_started_once(client: Client, pilot: Run) -> None:
    page = client.post(f"/runs/{pilot.pk}/rest/", follow=True).content.decode()
    assert "3 rows started." in page and "rows wait" not in page
    pilot.refresh_from_db()
    assert (pilot.status, pilot.topics.count()) == (Status.QUEUED, 5)
    assert "none waits" in client.post(f"/runs/{pilot.pk}/rest/", follow=True).content.decode()


def columns(*names: str) -> dict[str, Any]:
    counts = {"columns-TOTAL_FORMS": str(len(names)), "columns-INITIAL_FORMS": "0"}
    return counts | {f"columns-{n}-name": name for n, name in enumerate(names)}


def test_changed_columns_are_asked_of_the_rows_that_are_done(client: Client, pilot: Run) -> None:
    path = f"/runs/{pilot.pk}/columns/"
    assert 'value="kind"' in client.get(path).content.decode()
    refused = client.post(path, columns("kind", "Kind"))
    assert refused.status_code == 400 and "Two columns are called" in refused.content.decode()
    assert client.post(path, columns("kind", "size")).status_code == 302
    pilot.refresh_from_db()
    assert [column["name"] for column in pilot.columns] == ["kind", "size"]
    assert {topic.status for topic in pilot.topics.all()} == {Status.QUEUED}
    again = client.post(path, columns("kind"))
    assert again.status_code == 409 and "still at work" in again.content.decode()


def test_columns_that_only_go_ask_for_nothing(client: Client, pilot: Run) -> None:
    assert client.post(f"/runs/{pilot.pk}/columns/", columns()).status_code == 302
    pilot.refresh_from_db()
    assert (pilot.columns, pilot.status) == ([], Status.SUCCEEDED)
