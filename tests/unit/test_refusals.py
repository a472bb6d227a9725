"""A provider's refusal holds all calls of its model, and tells how fast they may come."""

import asyncio
import itertools
from collections import deque

import openai
import pytest

from research.crews.model_calls import ATTEMPTS
from research.engine.limits.governor import Gate, Governor
from tests.support.clock import DrivenClock
from tests.support.gates import Calls, gates, refusal, refuse


async def test_all_calls_of_the_model_are_held(
    governor: Governor, clock: DrivenClock, calls: Calls
) -> None:
    first, *others = gates(governor, 5)
    await refuse(first, 20)
    other_model = Calls(clock)
    other_model.make(*gates(governor, 1, model="groq/scripted"))
    calls.make(*others)

    await clock.advance(60)

    assert other_model.times == [0]
    assert calls.times == [20, 21, 21.9, 22.6]  # one a second at first, and faster with each answer


class Strict:
    """A provider that refuses more than `requests` in any `seconds`, by the test's clock."""

    def __init__(self, clock: DrivenClock, requests: int, seconds: float) -> None:
        self._clock, self._requests, self._seconds = clock, requests, seconds
        self._taken: deque[float] = deque()

    def answer(self) -> None:
        now = self._clock.monotonic()
        while self._taken and self._taken[0] <= now - self._seconds:
            self._taken.popleft()
        if len(self._taken) == self._requests:
            raise refusal(self._taken[0] + self._seconds - now)
        self._taken.append(now)


@pytest.mark.parametrize(("requests", "seconds"), [(10, 30), (1, 3), (100, 60)])
async def test_an_unknown_plan_is_found_out(
    governor: Governor, clock: DrivenClock, requests: int, seconds: float
) -> None:
    """Many calls at once: most are refused at first, then hardly ever."""
    provider = Strict(clock, requests, seconds)

    async def ask(gate: Gate) -> int:
        """How often the call was refused before it was answered."""
        for refusals in itertools.count():
            try:
                async with gate.admit(20):
                    provider.answer()
            except openai.RateLimitError:
                continue
            return refusals
        raise AssertionError

    asking = [asyncio.create_task(ask(gate)) for gate in gates(governor, 3 * requests + 20)]
    await clock.advance(600)

    refusals = [task.result() for task in asking]
    assert sum(refusals) > 0
    assert max(refusals) < ATTEMPTS  # what a model call bears
