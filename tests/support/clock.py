"""A clock that stands still until a test moves it, for what waits by a `Clock`."""

import asyncio
import heapq
import itertools
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from research.engine.limits.clock import Clock

STEPS = 500
"""Turns of the event loop after which everything waits for the clock."""


class DrivenClock(Clock):
    """`await clock.advance(60)`: a minute passes at once, with all that happens in it in order.

    It also stands in for the module `time` of a library that counts by it.
    """

    def __init__(self) -> None:
        self._now = 1_000.0
        self._timers: list[tuple[float, int, _Timer]] = []
        self._numbers = itertools.count()

    def monotonic(self) -> float:
        return self._now

    def time(self) -> float:
        return self._now

    def call_later(self, seconds: float, callback: Callable[[], object]) -> "_Timer":
        timer = _Timer(callback)
        heapq.heappush(self._timers, (self._now + seconds, next(self._numbers), timer))
        return timer

    async def advance(self, seconds: float) -> None:
        end = self._now + seconds
        await self.settle()
        while self._timers and self._timers[0][0] <= end:
            self._now, _, timer = heapq.heappop(self._timers)
            timer.callback()
            await self.settle()
        self._now = end

    async def settle(self) -> None:
        """Lets everything happen that needs no time."""
        for _ in range(STEPS):
            await asyncio.sleep(0)


class _Timer:
    def __init__(self, callback: Callable[[], object]) -> None:
        self.callback = callback

    def cancel(self) -> None:
        self.callback = lambda: None


class AtOnce(ThreadPoolExecutor):
    """An event loop's executor without threads: work is done when it is handed over.

    Whatever else a thread would do at some moment has happened then once the clock has settled.
    """

    def submit(self, work: Callable[..., Any], /, *given: Any, **named: Any) -> "Future[Any]":
        done: Future[Any] = Future()
        done.set_result(work(*given, **named))
        return done
