"""A poll that has the newest answer already is answered with 304; any change is seen."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from research.runs.events import record
from research.runs.models import Cell, Event, NewEvent, Run, Source, Topic
from research.web.api.schemas import EventsOut, RunOut
from tests.support.rows import make_run

pytestmark = pytest.mark.django_db


@pytest.fixture
def run() -> Run:
    return make_run("bees", "ants")


def poll(client: Client, path: str, tag: str = "") -> Any:
    return client.get(path, headers={"if-none-match": tag} if tag else {})


def tell(run: Run) -> None:
    record([NewEvent(run.pk, "task.started", 1, {"task": "findings"})])


def review(run: Run) -> None:
    user = get_user_model().objects.create(username="ann")
    run.topics.update(review="approved", reviewed_by=user, reviewed_at=timezone.now())


def fill_in(run: Run) -> None:
    Run.objects.update(columns=[{"name": "legs", "type": "number"}])
    Cell.objects.create(topic=run.topics.get(position=2), column="legs", attempt=1, value=6)


CHANGES: dict[str, Callable[[Run], object]] = {
    "an event": tell,
    "a name": lambda run: Run.objects.update(name="Insects"),
    "a star": lambda run: Run.objects.update(starred=True),
    "tokens": lambda run: run.topics.update(prompt_tokens=101),
    "a source": lambda run: Source.objects.create(topic=run.topics.get(position=2), number=2),
    "a source's title": lambda run: Source.objects.update(title="New"),
    "a review": review,
    "a cell": fill_in,
    "counts of claims": lambda run: run.topics.update(check_note="It was not checked."),
    "a topic less": lambda run: Topic.objects.filter(position=2).delete(),
}


@pytest.mark.parametrize("what", CHANGES)
def test_whatever_changes_in_a_run_is_seen(client: Client, run: Run, what: str) -> None:
    path = f"/api/runs/{run.pk}"
    before = poll(client, path)
    tag = before.headers["etag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = poll(client, path, known)
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
    CHANGES[what](run)
    after = poll(client, path, tag)
    assert after.status_code == 200
    assert after.json() != before.json()
    assert after.headers["etag"] != tag


def test_a_new_event_is_seen(client: Client, run: Run) -> None:
    path = f"/api/runs/{run.pk}/events?after=1"
    before = poll(client, path)
    tag = before.headers["etag"]
    assert poll(client, path, tag).status_code == 304
    tell(run)
    after = poll(client, path, tag)
    assert [event["seq"] for event in after.json()["events"]] == [2, 3]
    assert after.json()["last_seq"] == 3
    assert after.headers["etag"] != tag


@pytest.mark.parametrize("microsecond", [0, 999_999, 120_400])
def test_events_are_as_their_frames(client: Client, run: Run, microsecond: int) -> None:
    """They are put together by the database, which reads no JSON for it."""
    at = timezone.now().replace(microsecond=microsecond)
    data = {
        "text": 'ü "quoted" \\ line\n',
        "list": [1, 2.5, None, True],
        "nested": {"b": {}, "a": 1},
    }
    last = Event.objects.create(run=run, seq=3, kind="run.finished", at=at, data=data)
    Run.objects.update(last_seq=3)
    answer = poll(client, f"/api/runs/{run.pk}/events").json()
    assert answer["events"] == [event.frame() for event in run.events.all()]
    assert answer["events"][-1] == last.frame()


def test_how_long_a_run_at_work_has_taken_is_told_anew(client: Client, run: Run) -> None:
    Run.objects.update(status="running", finished_at=None)
    path = f"/api/runs/{run.pk}"
    before = poll(client, path)
    after = poll(client, path, before.headers["etag"])
    assert after.json()["wall_seconds"] > before.json()["wall_seconds"]


def test_events_that_come_meanwhile_are_the_next_versions(client: Client, run: Run) -> None:
    """An answer holds what its version says, and not what was stored after the version was read."""
    Run.objects.update(last_seq=1)
    answer = poll(client, f"/api/runs/{run.pk}/events").json()
    assert ([event["seq"] for event in answer["events"]], answer["last_seq"]) == ([1], 1)


def test_what_does_not_exist_has_no_version(client: Client, run: Run) -> None:
    path = "/api/runs/00000000-0000-0000-0000-000000000000"
    for missing in (path, f"{path}/events"):
        answer = poll(client, missing, "*")
        assert answer.status_code == 404
        assert "etag" not in answer.headers


def test_answers_have_the_shapes_that_are_described(client: Client, run: Run) -> None:
    """They are sent as they are, not looked at once more."""
    shown = poll(client, f"/api/runs/{run.pk}").json()
    assert RunOut.model_validate(shown).model_dump().keys() == shown.keys()
    events = poll(client, f"/api/runs/{run.pk}/events").json()
    assert EventsOut.model_validate(events).model_dump() == events
