"""Limits and refusals that workers share over Redis, and what holds while it is away."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable

import pytest
from redis.asyncio import Redis as Client

from research.engine.limits import refusals, windows
from research.engine.limits.governor import PERIOD, Governor
from research.engine.limits.windows import Windows
from research.runs.models import Limit
from tests.support.clock import DrivenClock
from tests.support.gates import Calls, Plans, gates, refuse
from tests.support.servers import Redis
from tests.support.waiting import until

REQUESTS = Limit("requests", "openai", 10)
TOKENS = Limit("tokens", "openai/scripted", 50_000)


@pytest.fixture
async def make_windows(clock: DrivenClock) -> AsyncIterator[Callable[[str], Windows]]:
    made: list[Windows] = []

    def make(url: str) -> Windows:
        made.append(Windows(url, PERIOD, clock))
        return made[-1]

    yield make
    for each in made:
        await each.close()


async def taken(windows: Windows, times: int) -> int:
    """How many of some requests of 1000 tokens are let through now."""
    answers = [await windows.take([(REQUESTS, 1), (TOKENS, 1000)]) for _ in range(times)]
    return answers.count(0)


async def test_a_limit_holds_over_all_processes(
    redis: Redis, clock: DrivenClock, make_windows
) -> None:
    """Two event loops with connections of their own; all that they share is Redis."""
    one = make_windows(redis.url)

    def elsewhere() -> int:
        async def take() -> int:
            other = Windows(redis.url, PERIOD, clock)
            try:
                return await taken(other, 20)
            finally:
                await other.close()

        return asyncio.run(take())

    both = await asyncio.gather(taken(one, 20), asyncio.to_thread(elsewhere))

    assert sum(both) == 10
    seconds = await one.take([(REQUESTS, 1)])
    assert PERIOD <= seconds < PERIOD + 0.1
    await clock.advance(seconds)
    assert await one.take([(REQUESTS, 1)]) == 0


async def test_without_redis_each_process_keeps_the_limit(
    redis: Redis, clock: DrivenClock, make_windows, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "research")
    one = make_windows(redis.url)
    assert await taken(one, 20) == 10

    redis.stop()
    assert await taken(one, 20) == 10
    await clock.advance(windows.REDIS_AWAY)
    assert await taken(one, 5) == 0
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "Redis does not answer" in caplog.text

    redis.start()
    await clock.advance(windows.REDIS_AWAY)
    assert await taken(one, 20) == 10  # the new server knows of none
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]


async def test_a_limit_on_tokens_is_cheap_however_large(redis: Redis, make_windows) -> None:
    """Ten thousand calls a minute of two thousand tokens, on both storages."""
    limit = Limit("tokens", "openai", 20_000_000)
    for url in (redis.url, ""):
        shelf = make_windows(url)
        start = time.process_time()
        for _ in range(100):
            assert await shelf.take([(limit, 20_000)]) == 0
        assert time.process_time() - start < 1.0


async def test_a_refusal_holds_the_calls_of_other_workers(
    redis: Redis,
    clock: DrivenClock,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Two governors stand for two workers; Redis is away at first, and comes back."""
    monkeypatch.setattr("django.conf.settings.REDIS_URL", redis.url)
    monkeypatch.setattr(refusals, "AWAY_SECONDS", 0.1)
    here, there = Governor(Plans(), clock=clock), Governor(Plans(), clock=clock)
    (own,), (others,) = gates(here, 1), gates(there, 1)
    calls = Calls(clock)

    async def both_listen() -> bool:
        async with Client.from_url(redis.url) as client:
            return await client.pubsub_numsub(refusals.CHANNEL) == [(refusals.CHANNEL.encode(), 2)]

    async def is_held_there() -> bool:
        """Whether a call there waits, as long as the clock stands still."""
        (call,) = calls.make(others)
        await clock.settle()
        return call.cancel()

    async def nobody_was_told() -> bool:
        return "Other workers do not hear of a refusal" in caplog.text

    await until(both_listen)
    assert not await is_held_there()
    redis.stop()
    await refuse(own, 10)
    await until(nobody_was_told)
    assert not await is_held_there()

    redis.start()
    await until(both_listen)
    await clock.advance(120)  # nothing is left of the refusal
    await refuse(own, 10)
    await until(is_held_there)

    await here.close()
    await there.close()
