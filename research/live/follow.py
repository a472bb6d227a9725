"""Following a run: its stored events in order, then the live ones, from the database and a push."""

import asyncio
import contextlib
import logging
import time
import uuid
from collections.abc import AsyncGenerator
from typing import Any
from weakref import WeakKeyDictionary

from channels.layers import get_channel_layer
from django.db import Error
from django.utils import timezone
from redis.exceptions import RedisError

from research.kinds import Kind
from research.live.asking import ask
from research.ops.metrics import PUSHED, WATCHERS
from research.ops.outages import will_pass
from research.runs.events import group_of
from research.runs.models import OPEN, Event, Line, Run, as_text

PAGE = 200  # events that are read at once; about as many as fit into a socket's buffer
QUIET_SECONDS = 5.0  # without a push, the database is asked this often
TURN_SECONDS = 0.002  # for which all watchers together may hold the loop
ALONE_SECONDS = 1.0  # and this often while the channel layer is away

logger = logging.getLogger(__name__)


def ping() -> Line:
    """A frame that says nothing but what time it is here."""
    return Line.of({"kind": "ping", "at": as_text(timezone.now())})


async def follow(run_id: uuid.UUID, after: int = 0) -> AsyncGenerator[Line, None]:
    """Every event of the run with `seq` > `after`, in order, without gap or repeat, to its end.

    Frames without `seq` pass in between: `llm.partial` texts, and a `ping` when nothing happens.
    A push that continues what was sent is sent on as it is; anything else (a gap after a lost push,
    a repeat) is settled by reading the database. Ends after `run.finished`.
    """
    pushes = _Pushes(group_of(run_id))
    turns, ends = _turns.setdefault(asyncio.get_running_loop(), _Turns()), 0.0
    try:
        while True:
            # 1. Join first: an event stored after the read below is then pushed to us.
            await pushes.join()
            # 2. What is stored; the state is read before, so that an ended run is read whole.
            try:
                page_is_full = True
                while page_is_full:
                    is_open, page = await ask(_stored, run_id, after)
                    page_is_full = len(page) == PAGE
                    for line in page:
                        if time.monotonic() > ends:
                            ends = await turns.take()
                        after = line.seq or after
                        yield line
                        PUSHED.inc()
            except Error as error:
                if not will_pass(error):
                    raise
                logger.warning("The database is away, and is asked again: %s", error)
                await asyncio.sleep(ALONE_SECONDS)
                continue
            if not is_open:
                return
            # 3. What is pushed, for as long as it joins on.
            while message := await pushes.next():
                if passing := message.get("passing"):
                    yield Line(*passing)
                    continue
                lines = [Line(*line) for line in message["lines"] if line[0] > after]
                if lines and lines[0].seq != after + 1:
                    break
                for line in lines:
                    if time.monotonic() > ends:
                        ends = await turns.take()
                    after += 1
                    yield line
                    PUSHED.inc()
                if lines and lines[-1].kind == Kind.RUN_FINISHED:
                    break
            else:
                yield ping()
    finally:
        await pushes.leave()


class _Turns:
    """The watchers' time on an event loop, which they share: their bursts let the pages in.

    Turns of their own would add up: five hundred watchers of 5 ms each held the loop for seconds.
    """

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._ends = 0.0

    async def take(self) -> float:
        """Waits for a turn, first come, first served; returns its end by the monotonic clock."""
        async with self._lock:
            if time.monotonic() > self._ends:
                await asyncio.sleep(0)
                self._ends = time.monotonic() + TURN_SECONDS
            return self._ends


_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, _Turns] = WeakKeyDictionary()


def _stored(run_id: uuid.UUID, after: int) -> tuple[bool, list[Line]]:
    """Whether the run was open, and then a page of its events."""
    is_open = Run.objects.filter(pk=run_id, status__in=OPEN).exists()
    return is_open, list(Event.objects.filter(run_id=run_id).after(after)[:PAGE].lines())


class _Pushes:
    """What a group is sent; nothing, while the channel layer is away."""

    def __init__(self, group: str) -> None:
        self._group = group
        WATCHERS.inc()
        self._layer: Any = get_channel_layer()
        self._channel: str | None = None
        self._next: asyncio.Task[dict[str, Any]] | None = None

    async def join(self) -> None:
        """Joins the group, unless that is done already."""
        if self._channel:
            return
        try:
            channel = await self._layer.new_channel()
            await self._layer.group_add(self._group, channel)
        except (RedisError, OSError) as error:
            logger.warning("Pushes cannot be had, the database is asked instead: %s", error)
        else:
            self._channel = channel

    async def next(self) -> dict[str, Any] | None:
        """The next push; None when there was none for a while."""
        if self._channel is None:
            await asyncio.sleep(ALONE_SECONDS)
            return None
        # Redis' layer leaves the channel when a `receive` is cancelled: one goes on over the waits.
        self._next = self._next or asyncio.create_task(self._layer.receive(self._channel))
        done, _ = await asyncio.wait({self._next}, timeout=QUIET_SECONDS)
        if not done:
            return None
        self._next = None
        return done.pop().result()

    async def leave(self) -> None:
        WATCHERS.dec()
        if self._next:
            self._next.cancel()
            await asyncio.wait({self._next})
        if self._channel:
            with contextlib.suppress(RedisError, OSError):  # with its connection, it has left too
                await self._layer.group_discard(self._group, self._channel)
