"""The line of one model: its calls are let out as the provider's plan has room for them."""

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol

from django.db import DatabaseError

from research.engine.limits import TYPICAL_ANSWER
from research.engine.limits.clock import Clock
from research.engine.limits.pace import Pace
from research.engine.limits.turns import Call, Run, Turns
from research.kinds import Kind
from research.runs.models import Limit

FRESH = 5.0  # seconds until a plan is read again, and the longest sleep of a line
PATIENCE = 1.0  # seconds that a call waits before it says so

Report = Callable[..., None]
"""`report(kind, **data)` stores an event of the topic."""

LimitsOf = Callable[[str], Awaitable[list[Limit]]]
"""Reads the limits that the plans set for a model; may raise a DatabaseError."""

logger = logging.getLogger(__name__)


class Surroundings(Protocol):
    """What the lines of all models share."""

    clock: Clock
    period: int
    limits_of: LimitsOf

    async def take(self, costs: Sequence[tuple[Limit, int]]) -> float:
        """Takes every cost and returns 0; or takes none and returns seconds until the next try."""

    def tell_others(self, model: str, seconds: float) -> None:
        """Other workers are to send nothing to a model for some seconds."""


class Line:
    """The calls of one model."""

    def __init__(self, model: str, shared: Surroundings) -> None:
        self._model, self._shared, self._clock = model, shared, shared.clock
        self._limits: list[Limit] = []
        self._read_at: float | None = None
        self._reading: asyncio.Task[None] | None = None
        self._dispatcher: asyncio.Task[None] | None = None
        self._turns = Turns()
        self._pace = Pace(shared.period, shared.clock)
        self._changed = asyncio.Event()
        self._next_at = 0.0
        self._owed = 0  # tokens that calls took beyond what was charged for them
        self._owed_at = 0.0
        self.typical_answer = float(TYPICAL_ANSWER)

    async def enter(self, run: Run, tokens: int, failures: int, report: Report) -> None:
        """Returns when the call may be sent."""
        if self._is_plan_old():
            reading = self._read_plan()
            if self._read_at is None:
                await asyncio.shield(reading)
        if not self._turns:
            self._pace.forget_if_long_ago()
        if not self._limits and self._pace.per_second is None:
            self._pace.sent()
            return
        call = self._turns.add(run, tokens, failures)
        if self._dispatcher is None or self._dispatcher.done():
            self._dispatcher = asyncio.create_task(self._dispatch())
        told = self._clock.call_later(PATIENCE, lambda: self._tell(run, call, report))
        try:
            await call.admitted
        except asyncio.CancelledError:
            if (run, call) in self._turns:  # it may have been let out at the same moment
                self._remove(run, call)
            raise
        finally:
            told.cancel()

    def answered(self) -> None:
        """The provider has answered a call."""
        if self._turns:
            self._pace.quicken()

    def refused(self, seconds: float) -> None:
        """The provider has refused a call of ours for its rate, and wants none for some seconds."""
        held = self._pace.refused(seconds)
        self._changed.set()
        if held:
            self._shared.tell_others(self._model, held)

    def hold(self, seconds: float) -> None:
        """The provider has refused a call of another worker."""
        self._pace.hold(seconds)
        self._changed.set()

    def spent(self, charged: int, prompt: int, completion: int) -> None:
        """What a call took, in tokens, and what was charged for it when it was let out."""
        self.typical_answer += (completion - self.typical_answer) / 10
        if (more := prompt + completion - charged) > 0:
            self._owed += more
            self._owed_at = self._clock.monotonic()

    async def close(self) -> None:
        tasks = [task for task in (self._dispatcher, self._reading) if task and not task.done()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # The plan ------------------------------------------------------------------------------

    def _is_plan_old(self) -> bool:
        return self._read_at is None or self._clock.monotonic() - self._read_at > FRESH

    def _read_plan(self) -> "asyncio.Task[None]":
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._read())
        return self._reading

    async def _read(self) -> None:
        try:
            self._limits = await self._shared.limits_of(self._model)
        except DatabaseError as error:
            logger.warning("The plan of %s could not be read: %s", self._model, error)
        self._read_at = self._clock.monotonic()

    # The line ------------------------------------------------------------------------------

    async def _dispatch(self) -> None:
        """Lets calls out while there are any; sleeps until one can go or something changes."""
        try:
            while self._turns:
                self._changed.clear()
                seconds = await self._let_out()
                self._next_at = self._clock.monotonic() + seconds
                if seconds:
                    await self._sleep(min(seconds, FRESH))
        except Exception as error:  # noqa: BLE001 no call waits for a line that has ended
            for call in self._turns.waiting():
                call.admitted.set_exception(error)
        finally:
            for call in self._turns.waiting():
                call.admitted.cancel()
            self._turns.clear()

    async def _sleep(self, seconds: float) -> None:
        """Sleeps until something changes, and no longer than some seconds."""
        timer = self._clock.call_later(seconds, self._changed.set)
        try:
            await self._changed.wait()
        finally:
            timer.cancel()

    async def _let_out(self) -> float:
        """Lets the next call out and returns 0; or returns seconds until it is worth a try."""
        if self._is_plan_old():
            await self._read()
        if seconds := self._pace.seconds_left():
            return seconds
        if not self._turns:  # all were cancelled while the plan was read
            return 0.0
        run, call = self._turns.next()
        if call.admitted.done():  # just cancelled
            self._remove(run, call)
            return 0.0
        if seconds := await self._pay(call):
            return seconds
        if not call.admitted.done():  # else it was cancelled meanwhile, and what it took is lost
            self._turns.serve(run, call)
            self._pace.sent()
            call.admitted.set_result(None)
        return 0.0

    async def _pay(self, call: Call) -> float:
        """Charges a call, and what others owe, to the plan; else seconds until there is room."""
        if self._owed and self._clock.monotonic() - self._owed_at > self._shared.period:
            self._owed = 0  # what was spent then is out of every window
        owed = self._owed
        costs = [(limit, _cost(limit, call.tokens + owed)) for limit in self._limits]
        if costs and (seconds := await self._shared.take(costs)):
            return seconds
        self._owed -= owed
        return 0.0

    def _remove(self, run: Run, call: Call) -> None:
        self._turns.remove(run, call)
        self._changed.set()

    def _tell(self, run: Run, call: Call, report: Report) -> None:
        """Says once that a call waits, for what and about how long."""
        before = self._turns.before(run, call)
        seconds = max(self._next_at, self._pace.paused_until) - self._clock.monotonic()
        each, why = self._seconds_each(call)
        data: dict[str, Any] = {
            "seconds": max(1, math.ceil(seconds + before * each)),
            "reason": "rate_limit",
            "note": f"waits for its turn: {why}, {before} call{'s' * (before != 1)} before it",
        }
        report(Kind.LLM_WAITING, **data)

    def _seconds_each(self, call: Call) -> tuple[float, str]:
        """Seconds between two calls like this one, and the limit that sets them."""
        each, why = 0.0, ""
        if pace := self._pace.per_second:
            each = 1 / pace
            why = f"the provider takes about {60 * pace:.0f} requests a minute"
        for limit in self._limits:
            taking = _cost(limit, call.tokens) * self._shared.period / limit.amount
            if taking > each:
                each = taking
                why = f"{limit.amount:,} {limit.what} a minute for {limit.scope}"
        return each, why


def _cost(limit: Limit, tokens: int) -> int:
    """What a call of some tokens takes of a limit."""
    return 1 if limit.what == "requests" else tokens
