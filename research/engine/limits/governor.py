"""One governor for all crews: model calls keep to the provider's plan, and runs take turns.

A call goes through its topic's gate. Where its model has no limits the gate is open. Else the call
stands in the model's line, from which it is let out when the last minute has room for it. The line
has a queue for every run and serves those of the highest priority in turn, so a run of three topics
does not wait behind one of two hundred.

A plan may be smaller than anybody has said. Once the provider refuses a call for its rate, nothing
of that model is sent for as long as the provider wants, and after that as many calls a minute as
got through before, one a second at least, then more and more. So a crew meets a refusal or two, not
one for every try; and where workers share a Redis, one worker's refusal holds the calls of all.
"""

import asyncio
import contextlib
import functools
import logging
import math
import time
import uuid
from bisect import insort
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import DatabaseError

from research.crews.failures import classify
from research.crews.llms import catalog
from research.engine.limits import TYPICAL_ANSWER
from research.engine.store import Store
from research.kinds import Kind
from research.runs.models import Limit, Plan

if TYPE_CHECKING:
    from research.engine.limits.refusals import Refusals
    from research.engine.limits.windows import Windows

PERIOD = 61  # seconds of a plan's minute: one more, because calls travel for different times
FRESH = 5.0  # seconds until a plan is read again, and the longest sleep of a line
PATIENCE = 1.0  # seconds that a call waits before it says so
CAREFUL = 60.0  # seconds after a refusal in which calls are let out at the pace found out
BREAK = 2.0  # seconds without a call after a refusal that names no time
SHORTEST_PAUSE, LONGEST_PAUSE = 0.05, 60.0  # seconds, whatever the provider asks for
FIRST_PACE = 1.0  # calls a second after a first refusal, at least: nobody knows yet
FASTER, SLOWER = 1.15, 0.6  # what an answer and a refusal make of that pace

Turn = tuple[int, uuid.UUID]
"""A run that takes turns with the others of its priority: the two of them."""

Report = Callable[..., None]
"""`report(kind, **data)`: records an event of the topic."""

logger = logging.getLogger(__name__)


class Governor:
    """The lines of all models; of one event loop, and used only there.

    `period` is the length of a plan's minute in seconds.
    """

    def __init__(self, store: Store, period: int = PERIOD) -> None:
        self.store, self.period = store, period
        self._lines: dict[str, _Line] = {}

    @functools.cached_property
    def windows(self) -> "Windows":
        from research.engine.limits.windows import (
            Windows,  # takes 0.2 s, which most sites need not spend
        )

        return Windows(settings.REDIS_URL, self.period)

    @functools.cached_property
    def refusals(self) -> "Refusals | None":
        """Those of other workers; None where there are none to hear from."""
        if not settings.REDIS_URL:
            return None
        from research.engine.limits.refusals import Refusals

        return Refusals(settings.REDIS_URL, lambda model, seconds: self._line(model).hold(seconds))

    def gate(self, run: uuid.UUID, model: str, report: Report, priority: int = 0) -> "Gate":
        """The way to a model for one topic of a run; those of a higher priority go first."""
        _ = self.refusals  # listens from now on
        return Gate(self._line(catalog.full_name(model)), (priority, run), report)

    def _line(self, model: str) -> "_Line":
        if model not in self._lines:
            self._lines[model] = _Line(model, self)
        return self._lines[model]

    async def close(self) -> None:
        """Ends what is under way; calls that still wait are cancelled."""
        for line in self._lines.values():
            await line.close()
        if "windows" in vars(self):
            await self.windows.close()
        if refusals := vars(self).get("refusals"):
            await refusals.close()


class Gate:
    """What the model calls of one topic go through, one after another."""

    def __init__(self, line: "_Line", run: "Turn", report: Report) -> None:
        self._line, self._run, self._report = line, run, report
        self._failures = 0  # of the call that is made just now
        self._charged = 0

    @contextlib.asynccontextmanager
    async def admit(self, tokens: int) -> AsyncIterator[None]:
        """Waits until a request of about that many prompt tokens may be sent; it is made within.

        Every attempt of a call goes through here. Raises whatever is raised within.
        """
        line = self._line
        self._charged = tokens + round(line.typical_answer)
        await line.enter(self._run, self._charged, self._failures, self._report)
        self._failures += 1  # unless it ends well
        try:
            yield
        except Exception as error:
            failure = classify(error)
            if failure.kind == "rate_limited":
                line.pause(failure.retry_after or BREAK)
            raise
        self._failures = 0
        line.answered()

    def spent(self, prompt: int, completion: int) -> None:
        """What the last call really took, in tokens. More than was thought is charged later."""
        self._line.spent(self._charged, prompt, completion)


@dataclass(order=True)
class _Call:
    """A call in the line. Within a run the one that failed most comes first: few fail again."""

    priority: int
    number: int
    tokens: int = field(compare=False)
    admitted: "asyncio.Future[None]" = field(compare=False)


class _Line:
    """The calls of one model."""

    def __init__(self, model: str, governor: Governor) -> None:
        self._model, self._governor = model, governor
        self._limits: list[Limit] = []
        self._read_at: float | None = None
        self._reading: asyncio.Task[None] | None = None
        self._runs: OrderedDict[Turn, list[_Call]] = OrderedDict()  # in the order of turns
        self._numbers = count()
        self._dispatcher: asyncio.Task[None] | None = None
        self._changed = asyncio.Event()
        self._next_at = 0.0
        self._sent: deque[float] = deque()  # when, in the last minute; without what was refused
        self._pace: float | None = None  # calls a second, once the provider has refused one
        self._sent_at = self._learning_until = self._paused_until = 0.0
        self._owed = 0
        self._owed_at = 0.0
        self.typical_answer = float(TYPICAL_ANSWER)

    async def enter(self, run: Turn, tokens: int, failures: int, report: Report) -> None:
        """Returns when the call may be sent."""
        now = time.monotonic()
        if self._read_at is None or now - self._read_at > FRESH:
            reading = self._read_plan()
            if self._read_at is None:
                await asyncio.shield(reading)
        if self._pace and not self._runs and now - self._paused_until > CAREFUL:
            self._pace = None
        if not self._limits and self._pace is None:
            self._note_sent(now)
            return
        loop = asyncio.get_running_loop()
        call = _Call(-failures, next(self._numbers), tokens, loop.create_future())
        insort(self._runs.setdefault(run, []), call)
        if self._dispatcher is None or self._dispatcher.done():
            self._dispatcher = loop.create_task(self._dispatch())
        told = loop.call_later(PATIENCE, self._tell, run, call, report)
        try:
            await call.admitted
        except asyncio.CancelledError:
            if call in self._runs.get(run, ()):  # it may have been let out at the same moment
                self._remove(run, call)
            raise
        finally:
            told.cancel()

    def answered(self) -> None:
        if self._pace and self._runs:
            self._pace *= FASTER

    def pause(self, seconds: float) -> None:
        """The provider refused a call for its rate, and wants none for that many seconds."""
        if self._sent:
            self._sent.pop()
        seconds = min(max(seconds, SHORTEST_PAUSE), LONGEST_PAUSE)
        is_news = time.monotonic() + seconds > self._paused_until + SHORTEST_PAUSE
        self.hold(seconds)
        if is_news and self._governor.refusals:
            self._governor.refusals.tell(self._model, seconds)

    def hold(self, seconds: float) -> None:
        """Sends nothing for that many seconds, then at a pace that was not refused yet."""
        now = time.monotonic()
        if self._pace is None:
            self._learning_until = now + seconds
        if now < self._learning_until:  # of the calls sent together, more are refused meanwhile
            seen = len(self._sent) / self._governor.period
            self._pace = max(seen, FIRST_PACE, 1 / seconds)
        elif self._pace and now >= self._paused_until:
            self._pace *= SLOWER
        self._paused_until = max(self._paused_until, now + seconds)
        self._changed.set()

    def _note_sent(self, now: float) -> None:
        self._sent_at = now
        self._sent.append(now)
        while self._sent[0] < now - self._governor.period:
            self._sent.popleft()

    def spent(self, charged: int, prompt: int, completion: int) -> None:
        self.typical_answer += (completion - self.typical_answer) / 10
        if (more := prompt + completion - charged) > 0:
            self._owed += more
            self._owed_at = time.monotonic()

    async def close(self) -> None:
        tasks = [task for task in (self._dispatcher, self._reading) if task and not task.done()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # The plan ------------------------------------------------------------------------------

    def _read_plan(self) -> "asyncio.Task[None]":
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._read())
        return self._reading

    async def _read(self) -> None:
        try:
            self._limits = await self._governor.store.read(
                functools.partial(Plan.objects.limits, self._model)
            )
        except DatabaseError as error:
            logger.warning("The plan of %s could not be read: %s", self._model, error)
        self._read_at = time.monotonic()

    # The line ------------------------------------------------------------------------------

    async def _dispatch(self) -> None:
        """Lets calls out while there are any; sleeps until one can go or something changes."""
        try:
            while self._runs:
                self._changed.clear()
                seconds = await self._let_out()
                self._next_at = time.monotonic() + seconds
                if seconds:
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(min(seconds, FRESH)):
                            await self._changed.wait()
        except Exception as error:  # noqa: BLE001 no call waits for a line that has ended
            for call in self._waiting():
                call.admitted.set_exception(error)
        finally:
            for call in self._waiting():
                call.admitted.cancel()
            self._runs.clear()

    def _waiting(self) -> list[_Call]:
        calls = (call for calls in self._runs.values() for call in calls)
        return [call for call in calls if not call.admitted.done()]

    async def _let_out(self) -> float:
        """Lets the next call out and returns 0; or returns seconds until it is worth a try."""
        now = time.monotonic()
        if self._read_at is None or now - self._read_at > FRESH:
            await self._read()
        if self._paused_until > now:
            return self._paused_until - now
        if self._pace and (turn := self._sent_at + 1 / self._pace) > now:
            return turn - now
        if not self._runs:  # all were cancelled while the plan was read
            return 0.0
        run, call = self._next()
        if call.admitted.done():  # just cancelled
            self._remove(run, call)
            return 0.0
        if self._owed and now - self._owed_at > self._governor.period:
            self._owed = 0  # what was spent then is out of every window
        owed = self._owed
        costs = [
            (limit, 1 if limit.what == "requests" else call.tokens + owed) for limit in self._limits
        ]
        if costs and (seconds := await self._governor.windows.take(costs)):
            return seconds
        self._owed -= owed
        if not call.admitted.done():  # else it was cancelled meanwhile, and what it took is lost
            self._remove(run, call)
            if run in self._runs:
                self._runs.move_to_end(run)
            self._note_sent(time.monotonic())
            call.admitted.set_result(None)
        return 0.0

    def _next(self) -> "tuple[Turn, _Call]":
        run = max(self._runs, key=_priority)  # of several, the first
        return run, self._runs[run][0]

    def _remove(self, run: Turn, call: _Call) -> None:
        calls = self._runs[run]
        calls.remove(call)
        if not calls:
            del self._runs[run]
        self._changed.set()

    def _tell(self, run: Turn, call: _Call, report: Report) -> None:
        """Says once that a call waits, for what and about how long."""
        before = self._before(run, call)
        seconds = max(self._next_at, self._paused_until) - time.monotonic()
        each, why = 0.0, ""
        if self._pace:
            each = 1 / self._pace
            why = f"the provider takes about {60 * self._pace:.0f} requests a minute"
        for limit in self._limits:
            cost = 1 if limit.what == "requests" else call.tokens
            if (taking := cost * self._governor.period / limit.amount) > each:
                each = taking
                why = f"{limit.amount:,} {limit.what} a minute for {limit.scope}"
        data: dict[str, Any] = {
            "seconds": max(1, math.ceil(seconds + before * each)),
            "reason": "rate_limit",
            "note": f"waits for its turn: {why}, {before} call{'s' * (before != 1)} before it",
        }
        report(Kind.LLM_WAITING, **data)

    def _before(self, run: Turn, call: _Call) -> int:
        """How many calls are let out earlier, as the line stands."""
        rank = self._runs[run].index(call)
        before, is_earlier = rank, True
        for other, calls in self._runs.items():
            if other == run:
                is_earlier = False
            elif _priority(other) > _priority(run):
                before += len(calls)
            elif _priority(other) == _priority(run):
                before += min(len(calls), rank + is_earlier)
        return before


def _priority(turn: Turn) -> int:
    return turn[0]
