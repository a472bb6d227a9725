"""A run is run again: its topics, or some, in a new run that says whose they were."""

import json
import uuid
from typing import Any

import pytest
from django.test import Client

from research.exceptions import IdempotencyKeyReused, NotFound, NoTopics, UnknownBlueprint
from research.runs import control, deletion
from research.runs.again import again
from research.runs.allowance import Allowance
from research.runs.models import Blueprint, Priority, Run
from research.runs.submission import Submission

pytestmark = pytest.mark.django_db


@pytest.fixture
def old() -> Run:
    allowance = Allowance(tokens=5000)
    topics = ["bees", "wasps", "ants"]
    run = Submission.check(topics, "quick", "offline", allowance, "high").submit()
    control.rename(run, "Insects")
    return run


def texts(run: Run) -> list[str]:
    return list(run.topics.values_list("text", flat=True))


def test_everything_is_as_it_was(old: Run) -> None:
    new = again(old).submit()
    assert new.again_of == old and new.pk != old.pk and list(old.again.all()) == [new]
    assert texts(new) == texts(old) and new.status == "queued"
    for field in ("name", "model", "blueprint", "definition", "token_budget", "priority"):
        assert getattr(new, field) == getattr(old, field)
    assert new.priority == Priority.HIGH


def test_some_topics_with_another_model_blueprint_and_budget(old: Run) -> None:
    new = again(old, {3, 1}, "ollama/llama3.2", "deep", Allowance(tokens=7)).submit()
    assert texts(new) == ["bees", "ants"]
    assert list(new.topics.values_list("position", flat=True)) == [1, 2]
    assert (new.model, new.blueprint, new.token_budget) == ("ollama/llama3.2", "deep", 7)
    assert new.definition == Blueprint.objects.get(name="deep").definition


def test_the_blueprint_is_the_old_runs_unless_todays_is_named(old: Run) -> None:
    today = Blueprint.objects.get(name="quick")
    today.definition["agents"]["analyst"]["goal"] = "Something else."
    today.save()
    assert again(old).submit().definition == old.definition != today.definition
    assert again(old, blueprint="quick").submit().definition == today.definition
    today.delete()
    assert again(old).submit().definition == old.definition
    with pytest.raises(UnknownBlueprint):
        again(old, blueprint="quick")


@pytest.mark.parametrize("positions", [{4}, {0}, {-1, 1}, {10**30}])
def test_a_topic_that_is_not_there_is_named(old: Run, positions: set[int]) -> None:
    with pytest.raises(NotFound, match="topic"):
        again(old, positions)


def test_no_topic_is_refused(old: Run) -> None:
    with pytest.raises(NoTopics):
        again(old, [])


def test_a_key_belongs_to_one_request(old: Run) -> None:
    new = again(old, {1}).submit("k")
    assert again(old, {1}).submit("k") == new
    other = Submission.check(["bees"], "quick", "offline", Allowance(tokens=5000), "high")
    for submission in (again(old, {2}), again(new, {1}), other):
        with pytest.raises(IdempotencyKeyReused):
            submission.submit("k")


def test_the_new_run_outlives_the_old_one(old: Run) -> None:
    new = again(old).submit()
    control.cancel(old)
    deletion.delete(old)
    new.refresh_from_db()
    assert new.again_of is None and texts(new) == ["bees", "wasps", "ants"]


def post(client: Client, run: Any, body: Any = None, **headers: str) -> Any:
    return client.post(
        f"/api/runs/{run}/again",
        json.dumps(body) if body is not None else "",
        content_type="application/json",
        headers=headers,
    )


def test_the_api_answers_with_the_new_run(client: Client, old: Run) -> None:
    answer = post(client, old.pk, {"topics": [2], "blueprint": "deep"})
    new = answer.json()
    assert answer.status_code == 202 and new["again_of"] == str(old.pk) != new["id"]
    assert [topic["topic"] for topic in new["topics"]] == ["wasps"]
    assert new["blueprint"] == "deep" and new["ws"].endswith(f"/ws/runs/{new['id']}/")
    assert client.get(f"/api/runs/{new['id']}").json()["again_of"] == str(old.pk)
    assert client.get(f"/api/runs/{old.pk}").json()["again_of"] is None


def test_the_api_needs_no_body_and_knows_its_keys(client: Client, old: Run) -> None:
    first = post(client, old.pk, **{"idempotency-key": "k"})
    assert first.status_code == 202 and len(first.json()["topics"]) == 3
    assert post(client, old.pk, **{"idempotency-key": "k"}).json()["id"] == first.json()["id"]
    other = post(client, old.pk, {"topics": [1]}, **{"idempotency-key": "k"})
    assert (other.status_code, other.json()["error"]["code"]) == (422, "idempotency_key_reused")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"topics": [9]}, 404, "not_found"),
        ({"topics": []}, 400, "no_topics"),
        ({"topics": ["bees"]}, 400, "bad_input"),
        ({"model": "no/such"}, 400, "unknown_model"),
        ({"blueprint": "no"}, 400, "unknown_blueprint"),
        ({"budget": {"tokens": 0}}, 400, "bad_token_budget"),
        ({"positions": [1]}, 400, "bad_input"),
    ],
)
def test_the_api_refuses(client: Client, old: Run, body: Any, status: int, code: str) -> None:
    answer = post(client, old.pk, body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert Run.objects.count() == 1


@pytest.mark.parametrize("run", [uuid.UUID(int=0), "nonsense"])
def test_an_unknown_run_is_not_found(client: Client, run: Any) -> None:
    assert post(client, run).status_code == 404
