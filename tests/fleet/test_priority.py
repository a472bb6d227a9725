"""Topics of a higher priority start first, in any engine; runs of the same one take turns."""

import asyncio
import uuid
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from research.engine.limits.governor import Governor
from research.engine.store import Store
from research.runs.models import Plan, Run
from tests.support.fleet import Fleet
from tests.support.provider import ScriptedProvider
from tests.support.site import Site


def order_of_starts(site: Site, provider: ScriptedProvider) -> list[str]:
    """Four runs wait for one crew: the topics in the order of their starts."""
    provider.script({"match": "at work", "latency": 1.5}, latency=0.0)
    runs = [site.submit("at work")]
    for priority in ("low", "normal", "normal", "high"):
        name = f"{priority} {len(runs)}"
        runs.append(site.submit(f"{name} a", f"{name} b", priority=priority))
    ended = [site.result(run["id"]) for run in runs]
    topics = [topic for run in ended[1:] for topic in run["topics"]]
    return [topic["topic"] for topic in sorted(topics, key=lambda topic: topic["started_at"])]


IN_ORDER = ["high 4 a", "high 4 b", "normal 2 a", "normal 3 a", "normal 2 b", "normal 3 b"]
IN_ORDER += ["low 1 a", "low 1 b"]


def test_the_site_starts_those_of_a_higher_priority_first(
    make_site: Any, provider: ScriptedProvider
) -> None:
    assert order_of_starts(make_site(RESEARCH_MAX_CREWS="1"), provider) == IN_ORDER


def test_so_does_the_fleet(make_fleet: Any, provider: ScriptedProvider) -> None:
    fleet: Fleet = make_fleet(RESEARCH_MAX_CREWS="1")
    assert order_of_starts(fleet.sites[0], provider) == IN_ORDER


@pytest.mark.django_db(transaction=True)
async def test_their_calls_go_first_on_a_small_plan() -> None:
    cache.clear()
    await Plan.objects.acreate(name="openai", requests_per_minute=1)
    store = Store()
    governor = Governor(store, period=1)
    through: list[int] = []

    async def call(priority: int) -> None:
        gate = governor.gate(uuid.uuid4(), "openai/scripted", lambda kind, **data: None, priority)
        async with gate.admit(10):
            through.append(priority)

    await asyncio.gather(*(call(priority) for priority in (0, -1, -1, 0, 1)))
    await governor.close()
    await store.close()
    assert through[1:] == sorted(through[1:], reverse=True)  # one was there before the others


@pytest.mark.django_db
def test_a_run_says_its_priority(client: Client) -> None:
    form = {"topics": "a topic", "model": "offline", "priority": "high"}
    page = client.get(client.post("/", form)["Location"])
    assert "high priority" in page.content.decode()
    shown = client.get(f"/api/runs/{Run.objects.get().pk}").json()
    assert shown["priority"] == "high"


@pytest.mark.django_db
def test_a_priority_that_does_not_exist(client: Client) -> None:
    answer = client.post(
        "/api/runs", {"topics": ["a"], "priority": "urgent"}, content_type="application/json"
    )
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "unknown_priority"
    page = client.post("/", {"topics": "my topic", "priority": "urgent"}).content.decode()
    assert "There is no priority" in page and "my topic" in page
