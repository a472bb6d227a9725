"""One limiter for each engine, shared by all crews of a process.

It lets searches out as the engine bears them. What an engine refuses to one crew it would refuse to
the others: after a refusal nobody asks it for as long as it wants, and they ask the next one.
"""

import asyncio
import contextlib
import math
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import Protocol

from research.sources.exceptions import EngineFailed, Held

MINUTE = 61.0  # seconds: one more, because requests travel for different times


class Others(Protocol):
    """The other processes that ask the same engines."""

    async def take(self, engine: str, per_minute: int) -> float:
        """Takes one request and returns 0; or takes none and returns seconds until the next try."""

    def tell(self, engine: str, seconds: float) -> None:
        """An engine is not to be asked for some seconds."""


class Place:
    """A place in the line of a limiter, until it is left."""

    def __init__(self, line: "Limiter") -> None:
        self._line: Limiter | None = line

    def leave(self) -> None:
        if self._line:
            self._line.leave()
            self._line = None


class Limiter:
    """The line before one engine; of one event loop, and used only there.

    `per_minute`, `at_once` and `spacing` (in seconds) are what the engine bears.
    """

    def __init__(
        self,
        name: str,
        per_minute: int,
        at_once: int,
        spacing: float = 0.0,
        others: Callable[[], Others | None] = lambda: None,
    ) -> None:
        self.name, self._per_minute, self._spacing = name, per_minute, spacing
        self._others = others
        self._sent: deque[float] = deque()  # when, in the last minute
        self._first_in_line = asyncio.Lock()
        self._slots = asyncio.Semaphore(at_once)
        self._waiting = 0
        self._held_until = 0.0
        self._refusal: EngineFailed | None = None

    def join(self) -> "Place":
        """A place in the line, which counts from now on; whoever has it takes a turn or leaves."""
        self._waiting += 1
        return Place(self)

    def leave(self) -> None:
        """One fewer waits."""
        self._waiting -= 1

    @contextlib.asynccontextmanager
    async def turn(self, place: "Place") -> AsyncIterator[None]:
        """Waits until a request may be sent, which is sent within.

        Raises Held where the engine is not to be asked, and whatever is raised within.
        """
        try:
            async with self._first_in_line:
                await self._room()
                await self._slots.acquire()
        finally:
            place.leave()
        try:
            self._check_held()
            yield
        except EngineFailed as error:
            self._refused(error)
            raise
        finally:
            self._slots.release()

    def hold(self, seconds: float, refusal: EngineFailed | None = None) -> None:
        """Nobody is to ask the engine for some seconds."""
        until = time.monotonic() + seconds
        if until > self._held_until:
            self._held_until, self._refusal = until, refusal

    @property
    def refusal(self) -> EngineFailed | None:
        """Why the engine is not asked now; None if it is."""
        left = self._held_until - time.monotonic()
        if left <= 0:
            return None
        reason = str(self._refusal) if self._refusal else "another worker was refused."
        return Held(self.name, left=math.ceil(left), reason=reason)

    def seconds(self) -> float:
        """About how long a new request would wait."""
        self._forget_old()
        before = len(self._sent) + self._waiting - self._per_minute
        now = time.monotonic()
        if before < 0:
            last = self._sent[-1] if self._sent else now - self._spacing
            return max(0.0, last + self._spacing * (1 + self._waiting) - now)
        turns, place = divmod(before, self._per_minute)
        place = min(place, len(self._sent) - 1)
        freed = self._sent[place] if place >= 0 else now
        return max(0.0, freed + MINUTE * (1 + turns) - now)

    async def _room(self) -> None:
        """Takes a place in the last minute, once it has one."""
        while seconds := self._seconds_left():
            self._check_held()
            await asyncio.sleep(min(seconds, 1.0))
        while others := self._others():
            self._check_held()
            seconds = await others.take(self.name, self._per_minute)
            if not seconds:
                break
            await asyncio.sleep(min(seconds, 1.0))
        self._check_held()
        self._sent.append(time.monotonic())

    def _seconds_left(self) -> float:
        self._forget_old()
        now = time.monotonic()
        left = self._sent[-1] + self._spacing - now if self._sent else 0.0
        if len(self._sent) >= self._per_minute:
            left = max(left, self._sent[0] + MINUTE - now)
        return max(0.0, left)

    def _forget_old(self) -> None:
        while self._sent and self._sent[0] < time.monotonic() - MINUTE:
            self._sent.popleft()

    def _check_held(self) -> None:
        if refusal := self.refusal:
            raise refusal

    def _refused(self, error: EngineFailed) -> None:
        if not error.pause:
            return
        self.hold(error.pause, error)
        if others := self._others():
            others.tell(self.name, error.pause)
