"""The governor: plans are kept to over all crews, runs take turns, waiting is seen.

A plan's minute is one or two seconds here.
"""

import asyncio
import itertools
import logging
import time
import uuid
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import openai
import pytest
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured

from research.engine.limits import governor as governors
from research.engine.limits import windows
from research.engine.limits.governor import Gate, Governor
from research.engine.limits.windows import Windows
from research.engine.store import Store
from research.runs.models import Limit, Plan
from researchsite.environment import Environment
from tests.support.provider import ScriptedProvider
from tests.support.servers import Redis
from tests.support.waiting import wait

MODEL = "openai/scripted"
pytestmark = pytest.mark.django_db(transaction=True)


def silent(kind: str, **data: Any) -> None:
    """Nobody wants to know."""


@pytest.fixture
async def governor(transactional_db: None) -> AsyncIterator[Governor]:
    cache.clear()  # of the plans of the test before
    store = Store()
    governor = Governor(store, period=1)
    yield governor
    await governor.close()
    await store.close()


async def call(gate: Gate, tokens: int = 10) -> float:
    """Goes through a gate; when."""
    async with gate.admit(tokens):
        return time.monotonic()


def gates(governor: Governor, number: int, run: uuid.UUID | None = None) -> list[Gate]:
    run = run or uuid.uuid4()
    return [governor.gate(run, MODEL, silent) for _ in range(number)]


def most_within(seconds: float, times: list[float]) -> int:
    """The most of some times that lie in any stretch of that many seconds."""
    return max(sum(start <= other < start + seconds for other in times) for start in times)


async def test_no_more_requests_than_the_plan_allows_in_any_minute(governor: Governor) -> None:
    await Plan.objects.acreate(name="openai", requests_per_minute=5)
    start = time.monotonic()

    times = await asyncio.gather(*(call(gate) for gate in gates(governor, 15)))

    assert most_within(0.99, times) == 5
    assert 2.0 <= max(times) - start < 3.0  # and the plan is used to the full


async def test_tokens_count_with_a_typical_answer(governor: Governor) -> None:
    """A prompt of 700 tokens and an answer of 300: two of them are in a plan of 2000."""
    await Plan.objects.acreate(name=MODEL, tokens_per_minute=2000)

    times = await asyncio.gather(*(call(gate, 700) for gate in gates(governor, 4)))

    assert most_within(0.99, times) == 2


async def test_a_call_that_took_more_than_thought_is_charged_later(governor: Governor) -> None:
    await Plan.objects.acreate(name=MODEL, tokens_per_minute=3000)
    first, second, third = gates(governor, 3)
    start = time.monotonic()

    await call(first, 700)
    first.spent(prompt=1200, completion=300)
    await call(second, 700)
    assert time.monotonic() - start < 0.5
    await call(third, 700)

    assert time.monotonic() - start > 0.9


async def test_a_provider_s_plan_is_shared_by_its_models(governor: Governor) -> None:
    await Plan.objects.acreate(name="openai", requests_per_minute=4)
    await Plan.objects.acreate(name="openai/own", requests_per_minute=3)
    run = uuid.uuid4()

    async def times(*models: str) -> list[float]:
        each = (governor.gate(run, model, silent) for model in models)
        return await asyncio.gather(*map(call, each))

    shared, own = await asyncio.gather(
        times(*["openai/one", "openai/two"] * 4), times(*["openai/own"] * 4)
    )

    assert most_within(0.99, shared) == 4
    assert most_within(0.99, own) == 3


async def test_a_small_run_does_not_wait_behind_a_large_one(governor: Governor) -> None:
    await Plan.objects.acreate(name="openai", requests_per_minute=5)
    order: list[str] = []

    async def note(name: str, gate: Gate) -> None:
        await call(gate)
        order.append(name)

    large = [asyncio.create_task(note("large", gate)) for gate in gates(governor, 50)]
    while len(order) < 5:
        await asyncio.sleep(0.01)
    await asyncio.gather(*(note("small", gate) for gate in gates(governor, 2)))

    assert len(order) <= 10
    for task in large:
        task.cancel()


async def test_a_cancelled_call_leaves_the_line_at_once(governor: Governor) -> None:
    await Plan.objects.acreate(name="openai", requests_per_minute=1)
    start = time.monotonic()
    await call(*gates(governor, 1))
    waiting = [asyncio.create_task(call(gate)) for gate in gates(governor, 20)]
    await asyncio.sleep(0.1)
    last = asyncio.create_task(call(*gates(governor, 1)))
    for task in waiting:
        task.cancel()

    assert await last - start < 1.5
    assert all(task.cancelled() for task in waiting)


async def test_without_a_plan_there_is_no_line(governor: Governor, monkeypatch) -> None:
    await call(*gates(governor, 1))
    many = gates(governor, 500)
    reads: list[object] = []
    monkeypatch.setattr(governor.store, "read", reads.append)
    before = asyncio.all_tasks()

    for gate in many:
        async with gate.admit(10):
            assert asyncio.all_tasks() == before

    assert reads == []


async def test_a_call_above_the_whole_limit_goes_alone(governor: Governor) -> None:
    await Plan.objects.acreate(name="openai", tokens_per_minute=1000)
    small, huge, after = gates(governor, 3)

    first = await call(small)
    second = await call(huge, 50_000)
    third = await call(after)

    assert 0.9 < second - first < 1.5
    assert 0.9 < third - second < 1.5


async def test_a_changed_plan_holds_for_calls_that_wait_already(governor, monkeypatch) -> None:
    monkeypatch.setattr(governors, "FRESH", 0.2)
    plan = await Plan.objects.acreate(name="openai", requests_per_minute=1)
    calls = asyncio.gather(*(call(gate) for gate in gates(governor, 30)))
    await asyncio.sleep(0.1)

    plan.requests_per_minute = 100
    await plan.asave()

    async with asyncio.timeout(1.0):
        await calls


async def test_waiting_is_told_once_with_what_for(governor: Governor, monkeypatch) -> None:
    monkeypatch.setattr(governors, "PATIENCE", 0.1)
    await Plan.objects.acreate(name="openai", requests_per_minute=2)
    told: list[tuple[str, dict[str, Any]]] = []
    run = uuid.uuid4()
    gate = governor.gate(run, MODEL, lambda kind, **data: told.append((kind, data)))

    await asyncio.gather(*map(call, gates(governor, 6, run)), call(gate))

    note = "waits for its turn: 2 requests a minute for openai, 4 calls before it"
    assert told == [("llm.waiting", {"seconds": 3, "reason": "rate_limit", "note": note})]


async def test_a_refusal_holds_all_calls_of_the_model(governor: Governor) -> None:
    first, *others = gates(governor, 5)
    await call(first)
    start = time.monotonic()
    with pytest.raises(openai.RateLimitError):
        async with first.admit(10):
            raise refusal(0.5)

    other_model = await call(governor.gate(uuid.uuid4(), "groq/scripted", silent))
    times = await asyncio.gather(*map(call, others))

    assert other_model - start < 0.1
    assert 0.5 <= min(times) - start < 0.7
    assert max(times) - start < 3.0


async def test_a_refusal_holds_the_calls_of_other_workers(
    transactional_db: None, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two governors stand for two workers; Redis is away at first, and comes back."""
    monkeypatch.setattr("django.conf.settings.REDIS_URL", redis.url)
    monkeypatch.setattr("research.engine.limits.refusals.AWAY_SECONDS", 0.1)
    cache.clear()
    store = Store()
    here, there = Governor(store, period=1), Governor(store, period=1)
    (own,), (others,) = gates(here, 1), gates(there, 1)

    async def seconds_held() -> float:
        """For how long a call there waits after a refusal here."""
        with pytest.raises(openai.RateLimitError):
            async with own.admit(10):
                raise refusal(0.5)
        start = time.monotonic()
        await asyncio.sleep(0.1)
        return await call(others) - start

    await call(own)
    await call(others)
    redis.stop()
    assert await seconds_held() < 0.3
    redis.start()
    await asyncio.sleep(0.7)  # both listen again
    assert 0.3 < await seconds_held() < 0.8
    await here.close()
    await there.close()
    await store.close()


def refusal(seconds: float) -> openai.RateLimitError:
    request = httpx.Request("POST", "http://provider/")
    answer = httpx.Response(429, headers={"retry-after": str(seconds)}, request=request)
    return openai.RateLimitError("too many", response=answer, body=None)


# The provider counts as well --------------------------------------------------------------------


async def ask_all(governor: Governor, provider: ScriptedProvider, number: int) -> list[int]:
    """Asks the provider that many times at once; returns how often each call was refused."""
    client = openai.AsyncOpenAI(api_key="sk-test", base_url=provider.url, max_retries=0)

    async def ask(gate: Gate) -> int:
        for refusals in itertools.count():
            try:
                async with gate.admit(20):
                    await client.chat.completions.create(
                        model="scripted", messages=[{"role": "user", "content": "Hello"}]
                    )
            except openai.RateLimitError:
                pass
            else:
                return refusals
        raise AssertionError

    async with client:
        await client.models.list()  # imports and connects
        return await asyncio.gather(*map(ask, gates(governor, number)))


async def test_a_known_plan_meets_no_refusal(governor, provider: ScriptedProvider) -> None:
    await Plan.objects.acreate(name="openai", requests_per_minute=10)
    provider.script(rate={"requests": 10, "seconds": 0.9}, latency=0.05)

    await ask_all(governor, provider, 30)

    assert provider.stats()["requests"] == 30
    assert provider.stats()["faults"] == {}


@pytest.mark.parametrize(
    "rate", [{"requests": 10, "seconds": 0.5}, {"requests": 1, "seconds": 0.05}]
)
async def test_an_unknown_plan_is_found_out(governor, provider: ScriptedProvider, rate) -> None:
    """Thirty calls at once: most are refused at first, then hardly ever."""
    provider.script(rate=rate, latency=0.05)

    refusals = await ask_all(governor, provider, 30)

    assert sum(refusals) > 0
    assert max(refusals) <= 3  # what research.crews.model_calls bears


def test_topics_end_on_a_plan_that_nobody_has_named(make_site, provider: ScriptedProvider) -> None:
    """Nobody has said what the plan allows; the crews' calls find out and wait where it is seen."""
    provider.script(rate={"requests": 10, "seconds": 0.5}, latency=0.1)
    site = make_site()

    run = site.result(site.submit(*(f"topic {number}" for number in range(20)))["id"])

    assert run["status"] == "succeeded"
    assert provider.stats()["faults"]["429"] > 0
    events = site.get(f"/api/runs/{run['id']}/events").json()["events"]
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


# Redis ------------------------------------------------------------------------------------------


@pytest.fixture
async def make_windows() -> AsyncIterator[Callable[[str], Windows]]:
    made: list[Windows] = []

    def make(url: str) -> Windows:
        made.append(Windows(url, period=2))
        return made[-1]

    yield make
    for each in made:
        await each.close()


REQUESTS = Limit("requests", "openai", 10)
TOKENS = Limit("tokens", "openai/scripted", 50_000)


async def taken(windows: Windows, times: int) -> int:
    """How many of `number` requests of 1000 tokens are let through now."""
    answers = [await windows.take([(REQUESTS, 1), (TOKENS, 1000)]) for _ in range(times)]
    return answers.count(0)


async def test_a_limit_holds_over_all_processes(redis: Redis, make_windows) -> None:
    """Two event loops with connections of their own; all that they share is Redis."""
    one = make_windows(redis.url)

    def elsewhere() -> int:
        async def take() -> int:
            other = Windows(redis.url, period=2)
            try:
                return await taken(other, 20)
            finally:
                await other.close()

        return asyncio.run(take())

    both = await asyncio.gather(taken(one, 20), asyncio.to_thread(elsewhere))

    assert sum(both) == 10
    seconds = await one.take([(REQUESTS, 1)])
    assert 0 < seconds < 2.1
    await asyncio.sleep(seconds)
    assert await one.take([(REQUESTS, 1)]) == 0


async def test_without_redis_each_process_keeps_the_limit(
    redis: Redis, make_windows, monkeypatch, caplog
) -> None:
    monkeypatch.setattr(windows, "REDIS_AWAY", 0.3)
    caplog.set_level(logging.INFO, "research")
    one = make_windows(redis.url)
    assert await taken(one, 20) == 10

    redis.stop()
    assert await taken(one, 20) == 10
    await asyncio.sleep(0.4)
    assert await taken(one, 5) == 0
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "Redis does not answer" in caplog.text

    redis.start()
    await asyncio.sleep(0.4)
    assert await taken(one, 20) == 10  # the new server knows of none
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]


async def test_a_limit_on_tokens_is_cheap_however_large(redis: Redis, make_windows) -> None:
    """Ten thousand calls a minute of two thousand tokens, on both storages."""
    limit = Limit("tokens", "openai", 20_000_000)
    for url in (redis.url, ""):
        shelf = make_windows(url)
        start = time.monotonic()
        for _ in range(100):
            assert await shelf.take([(limit, 20_000)]) == 0
        assert time.monotonic() - start < 1.0


@pytest.mark.parametrize(
    "url", ["localhost:6379", "http://localhost", "redis://host:port", "redis:"]
)
def test_an_address_that_is_not_redis_s_is_named(url: str, monkeypatch) -> None:
    monkeypatch.setenv("REDIS_URL", url)
    with pytest.raises(ImproperlyConfigured, match=r"^REDIS_URL cannot be used: .* redis://"):
        Environment.read()
