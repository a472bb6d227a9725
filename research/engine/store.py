"""The engine's database work: one thread, and as many changes to a transaction as are waiting."""

import asyncio
import logging
import queue
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from typing import Any, TypeVar

from django.db import connection, connections, transaction

from research.events import record
from research.models import NewEvent
from research.outage import will_pass

GATHER_SECONDS = 0.01  # what comes this close together is stored in one transaction
TURN_SECONDS = 0.02  # for which changes are made before they are stored and told
RETRY_SECONDS = (0.25, 0.5, 1.0, 2.0)  # between tries while the database takes nothing

logger = logging.getLogger(__name__)

T = TypeVar("T")
Events = list[NewEvent] | None
Change = Callable[[], Events]
"""Changes rows and returns the events that tell of it; None when there was nothing to change."""


@dataclass(frozen=True)
class _Job:
    """A change to make; `tell` is told its outcome: its result, or what it raised."""

    change: Change
    locks: uuid.UUID | None = None
    tell: Callable[[Any], object] | None = None
    is_read: bool = False


class Store:
    """Stores changes in the order they were given, and their events with them.

    While one transaction is written the next changes gather, so two hundred crews that finish at
    once make a few commits, not hundreds. A thread of its own: what a crew tells is stored and
    pushed while the crews' loop is busy with others. Its methods may be called in any thread, the
    coroutines on any loop.

    Workers must not wait for each other in a circle. Most changes lock rows of their own topic, and
    the rows of their runs come last, in a fixed order (`research.events.record`). A change that
    locks a run's row itself says so (`locks`): such ones have a transaction of their own, after the
    others that came with them, in that same order of runs; what came with them is read after both.

    A database that takes nothing (locked, its disk full, its server away) loses nothing: changes
    wait, in their order, until it does.
    """

    def __init__(self) -> None:
        self.complaint = ""  # why changes wait, while they do
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="engine-database", daemon=True)
        self._thread.start()

    async def read(self, query: Callable[[], T]) -> T:
        """The result of a query, which sees all changes given before."""
        found: list[T] = []

        def read() -> None:
            found.append(query())

        await self._ask(read, is_read=True)
        return found[-1]

    def change(self, change: Change, locks: uuid.UUID | None = None) -> "asyncio.Future[Events]":
        """Makes a change; what it returned is there once it is stored, for those who wait.

        It may be made more than once, after the database has undone it.
        """
        return self._ask(change, locks)

    def note(self, change: Change, locks: uuid.UUID | None = None) -> None:
        """Makes a change without waiting."""
        self._jobs.put(_Job(change, locks))

    async def close(self) -> None:
        """Stores what is waiting and ends."""
        self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)

    def _ask(
        self, change: Change, locks: uuid.UUID | None = None, is_read: bool = False
    ) -> "asyncio.Future[Events]":
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Events] = loop.create_future()

        def settle(outcome: Any) -> None:
            if done.done():  # whoever waited was cancelled
                return
            if isinstance(outcome, Exception):
                done.set_exception(outcome)
            else:
                done.set_result(outcome)

        def tell(outcome: Any) -> None:
            loop.call_soon_threadsafe(settle, outcome)

        self._jobs.put(_Job(change, locks, tell, is_read))
        return done

    def _work(self) -> None:
        is_open = True
        while is_open:
            batch = [self._jobs.get()]
            time.sleep(GATHER_SECONDS)
            while not self._jobs.empty():
                batch.append(self._jobs.get())
            is_open = None not in batch
            for jobs in _apart([job for job in batch if job is not None]):
                self._store(jobs)
        connections.close_all()

    def _store(self, jobs: Sequence[_Job]) -> None:
        """Makes the changes in as many transactions as it takes."""
        while jobs:
            outcomes = self._commit_surely(jobs)
            for job, outcome in zip(jobs, outcomes, strict=False):
                if job.tell:
                    job.tell(outcome)
                elif isinstance(outcome, Exception):
                    logger.error("An event could not be stored: %s", outcome)
            jobs = jobs[len(outcomes) :]

    def _commit_surely(self, jobs: Sequence[_Job]) -> list[Any]:
        for seconds in chain(RETRY_SECONDS, repeat(RETRY_SECONDS[-1])):
            try:
                outcomes = _commit(jobs)
            except Exception as error:
                if not will_pass(error):
                    raise
                if not self.complaint:
                    logger.error(
                        "The database takes no changes: %s. They wait until it does", error
                    )
                self.complaint = f"the database takes no changes: {error}"
                connection.close()
                time.sleep(seconds)
            else:
                if self.complaint:
                    logger.warning("The database takes changes again; nothing was lost")
                    self.complaint = ""
                return outcomes
        raise AssertionError("unreachable: the tries do not end")


def _apart(jobs: list[_Job]) -> Iterator[list[_Job]]:
    """What goes into transactions of its own: what locks no run, then what does, then reads."""
    locking = sorted((job for job in jobs if job.locks), key=lambda job: str(job.locks))
    if not locking:
        yield jobs
        return
    yield [job for job in jobs if not (job.locks or job.is_read)]
    yield locking
    yield [job for job in jobs if job.is_read]


def _commit(jobs: Sequence[_Job]) -> list[Any]:
    """The outcomes of the first changes: what each returned, or what it raised, which undid it.

    As many as there is time for: what happened first does not wait until all the rest is stored.
    Raises an error that `will_pass`, with nothing changed, when the database cannot be had.
    """
    try:
        with transaction.atomic():
            outcomes = []
            end = time.monotonic() + TURN_SECONDS
            for job in jobs:
                outcomes.append(job.change())
                if time.monotonic() > end:
                    break
            record([event for events in outcomes for event in events or []])
            return outcomes
    except Exception as error:
        if will_pass(error):
            raise
        if len(jobs) == 1:
            return [error]
    # One of them does not go through, and undid the others: fewer at once, until it stands alone.
    return _commit(jobs[: len(jobs) // 2])
