"""The engine's database work: one thread, and as many changes to a transaction as are waiting."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar, cast

from django.db import DatabaseError, connections, transaction

from research.events import record
from research.models import NewEvent

logger = logging.getLogger(__name__)

T = TypeVar("T")
Change = Callable[[], "list[NewEvent] | None"]
"""Changes rows and returns the events that tell of it; None when there was nothing to change."""


class _Waiting:
    """A change, and who waits for it to be stored; nobody does for a note."""

    def __init__(self, change: Change, done: "asyncio.Future[Any] | None" = None) -> None:
        self.change, self.done = change, done


class Store:
    """Stores changes in the order they were given, and their events with them.

    While one transaction is written the next changes gather, so two hundred crews that finish at
    once make a few commits, not hundreds. Lives on the engine's event loop.
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="engine-database")
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[_Waiting] = deque()
        self._something = asyncio.Event()
        self._writer = asyncio.create_task(self._write())

    async def read(self, query: Callable[..., T], *args: Any) -> T:
        """The result of a query."""
        return await self._loop.run_in_executor(self._thread, partial(query, *args))

    async def change(self, change: Change) -> "list[NewEvent] | None":
        """Makes a change and waits until it is stored; returns what it returned."""
        done: asyncio.Future[Any] = self._loop.create_future()
        self._add(_Waiting(change, done))
        return cast("list[NewEvent] | None", await done)

    def note(self, change: Change) -> None:
        """Makes a change without waiting. For any thread."""
        self._add(_Waiting(change))

    async def close(self) -> None:
        """Stores what is waiting and ends."""
        await self.change(lambda: None)
        self._writer.cancel()
        await self._loop.run_in_executor(self._thread, connections.close_all)
        self._thread.shutdown()

    def _add(self, waiting: _Waiting) -> None:
        self._waiting.append(waiting)
        self._loop.call_soon_threadsafe(self._something.set)

    async def _write(self) -> None:
        while True:
            await self._something.wait()
            self._something.clear()
            batch = [self._waiting.popleft() for _ in range(len(self._waiting))]
            outcomes = await self._loop.run_in_executor(self._thread, _commit, batch)
            for waiting, outcome in zip(batch, outcomes, strict=True):
                _answer(waiting, outcome)


def _commit(batch: Sequence[_Waiting]) -> list[Any]:
    """The outcome of every change: what it returned, or the DatabaseError that undid it."""
    try:
        with transaction.atomic():
            return _apply(batch)
    except DatabaseError as error:
        if len(batch) == 1:
            return [error]
    # One of them does not go through: each in a transaction of its own.
    return [outcome for waiting in batch for outcome in _commit([waiting])]


def _apply(batch: Sequence[_Waiting]) -> list[Any]:
    outcomes = [waiting.change() for waiting in batch]
    record([event for events in outcomes for event in events or []])
    return outcomes


def _answer(waiting: _Waiting, outcome: Any) -> None:
    failed = isinstance(outcome, DatabaseError)
    if waiting.done is None:
        if failed:
            logger.error("An event could not be stored: %s", outcome)
    elif not waiting.done.done():  # its crew may have been cancelled meanwhile
        if failed:
            waiting.done.set_exception(outcome)
        else:
            waiting.done.set_result(outcome)
