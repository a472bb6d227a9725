"""Plans and unknown plans, with a provider that counts as well, in real time."""

import asyncio
import itertools
from collections.abc import AsyncIterator

import openai
import pytest
from django.core.cache import cache

from research.crews.model_calls import ATTEMPTS
from research.engine.limits.governor import Gate, Governor, stored_limits
from research.engine.store import Store
from research.runs.models import Plan
from tests.support.gates import gates
from tests.support.patience import patient
from tests.support.provider import ScriptedProvider
from tests.support.site import Site
from tests.support.waiting import events_of, wait

PERIOD = 2  # seconds, here


@pytest.fixture
async def governor(transactional_db: None) -> AsyncIterator[Governor]:
    cache.clear()  # of the plans of the test before
    store = Store()
    governor = Governor(stored_limits(store), period=PERIOD)
    yield governor
    await governor.close()
    await store.close()


async def ask_all(governor: Governor, provider: ScriptedProvider, number: int) -> list[int]:
    """Makes a number of calls at once; how often each was refused."""
    client = openai.AsyncOpenAI(api_key="sk-test", base_url=provider.url, max_retries=0)

    async def ask(gate: Gate) -> int:
        for refusals in itertools.count():
            try:
                async with gate.admit(20):
                    await client.chat.completions.create(
                        model="scripted", messages=[{"role": "user", "content": "Hello"}]
                    )
            except openai.RateLimitError:
                continue
            return refusals
        raise AssertionError

    async with client:
        await client.models.list()  # imports and connects
        return await asyncio.gather(*map(ask, gates(governor, number)))


@pytest.mark.django_db(transaction=True)
async def test_a_known_plan_meets_no_refusal(governor, provider: ScriptedProvider) -> None:
    """The provider's minute is the shorter: calls may be late on their way."""
    await Plan.objects.acreate(name="openai", requests_per_minute=10)
    provider.script(rate={"requests": 10, "seconds": PERIOD / 4}, latency=0.05)

    await ask_all(governor, provider, 30)

    assert provider.stats()["requests"] == 30
    assert provider.stats()["faults"] == {}


@pytest.mark.django_db(transaction=True)
async def test_an_unknown_plan_is_found_out(governor, provider: ScriptedProvider) -> None:
    provider.script(rate={"requests": 10, "seconds": 0.5}, latency=0.05)

    refusals = await ask_all(governor, provider, 30)

    assert sum(refusals) > 0
    assert max(refusals) < ATTEMPTS  # what a model call bears


def test_topics_end_on_a_plan_that_nobody_has_named(site: Site, provider: ScriptedProvider) -> None:
    """Nobody has said what the plan allows; the crews' calls find out and wait where it is seen."""
    provider.script(rate={"requests": 5, "seconds": patient(1.0)})
    # A model that no other test asks: its line remembers the refusals.
    topics = (f"topic {number}" for number in range(20))
    run = site.result(site.submit(*topics, model="openai/unnamed-plan")["id"])

    assert run["status"] == "succeeded"
    assert provider.stats()["faults"]["429"] > 0
    events = events_of(site, run["id"])
    waits = [event["data"] for event in events if event["kind"] == "llm.waiting"]
    assert any("requests a minute" in data["note"] for data in waits)


def test_thirty_topics_meet_no_refusal_on_a_known_plan(make_site, provider) -> None:
    """Ten would be refused, were they not made to wait: for longer than the test does."""
    provider.script(rate={"requests": 20, "seconds": 60}, latency=0.1)
    site = make_site(RESEARCH_REQUESTS_PER_MINUTE="20")
    run = site.submit(*(f"topic {number}" for number in range(30)))["id"]

    wait(lambda: "9 calls before it" in site.get(f"/api/runs/{run}/events").text, seconds=60)

    assert provider.stats()["requests"] == 20
    assert provider.stats()["faults"] == {}
