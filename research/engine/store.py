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

from research.ops.outages import will_pass
from research.runs.events import record
from research.runs.models import NewEvent, Topic

GATHER_SECONDS = 0.01  # what comes this close together is stored in one transaction
TURN_SECONDS = 0.02  # for which changes are made before they are stored and told
RETRY_SECONDS = (0.25, 0.5, 1.0, 2.0)  # between tries while the database takes nothing

logger = logging.getLogger(__name__)

T = TypeVar("T")
Events = list[NewEvent] | None
Change = Callable[[], Events]
"""Changes rows and returns the events that report it; None when there was nothing to change."""


@dataclass(frozen=True)
class _Job:
    """A change to make; `tell` is told its outcome: its result, or what it raised."""

    change: Change
    topic: int | None = None
    locks_run: uuid.UUID | None = None
    tell: Callable[[Any], object] | None = None
    is_read: bool = False


class Store:
    """Stores changes in the order they were given, and their events with them.

    While one transaction is written the next changes gather, so two hundred crews that finish at
    once make a few commits, not hundreds. A thread of its own: what a crew tells is stored and
    pushed while the crews' loop is busy with others. Its methods may be called in any thread, the
    coroutines on any loop.

    Workers must not wait for each other in a circle. So every transaction, here and in
    `research.runs.control`, locks rows in one order: topics by their keys, then runs by theirs. A
    change names the topic whose row it changes, and says so if it also locks its run's row itself.

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

    def change(
        self, change: Change, topic: int | None = None, locks_run: uuid.UUID | None = None
    ) -> "asyncio.Future[Events]":
        """Makes a change; the future has what it returned once that is stored.

        `topic` is the key of the topic that it changes; a change of several topics has none, and a
        transaction of its own. `locks_run` is the run whose row it locks itself. It may be made
        more than once, after the database has undone it.
        """
        return self._ask(change, topic, locks_run)

    def note(self, change: Change, topic: int, locks_run: uuid.UUID | None = None) -> None:
        """As `change`, without waiting."""
        self._jobs.put(_Job(change, topic, locks_run))

    async def close(self) -> None:
        """Stores what is waiting and ends."""
        self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)

    def _ask(
        self,
        change: Change,
        topic: int | None = None,
        locks_run: uuid.UUID | None = None,
        is_read: bool = False,
    ) -> "asyncio.Future[Events]":
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Events] = loop.create_future()

        def settle(outcome: Any) -> None:
            if done.done():  # the caller was cancelled
                return
            if isinstance(outcome, Exception):
                done.set_exception(outcome)
            else:
                done.set_result(outcome)

        def tell(outcome: Any) -> None:
            loop.call_soon_threadsafe(settle, outcome)

        self._jobs.put(_Job(change, topic, locks_run, tell, is_read))
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
    """What goes into transactions of its own, in the order in which they are made.

    A database that locks rows needs this; SQLite lets one transaction write at a time.
    """
    if not connection.features.has_select_for_update:
        yield jobs
        return
    # 1. Changes of one topic each, by their topics' keys; a topic's own stay in their order.
    own = [job for job in jobs if job.topic is not None and not job.locks_run]
    yield sorted(own, key=lambda job: job.topic or 0)
    # 2. Changes of several topics, which lock those in order themselves.
    for job in jobs:
        if job.topic is None and not job.is_read:
            yield [job]
    # 3. Changes that lock a run and then change a topic: `_commit` locks all their topics first.
    yield sorted((job for job in jobs if job.locks_run), key=lambda job: str(job.locks_run))
    # 4. Reads come last, so that they see all of it.
    yield [job for job in jobs if job.is_read]


def _commit(jobs: Sequence[_Job]) -> list[Any]:
    """Makes changes in one transaction; the outcome of each is what it returned or raised.

    Makes as many as there is time for, so that what happened first does not wait until all the
    rest is stored; the outcomes are those of the first changes. A change that raises is undone.
    Raises an error that `will_pass`, with nothing changed, when the database is away.
    """
    try:
        with transaction.atomic():
            topics = [job.topic for job in jobs if job.locks_run]
            if topics and connection.features.has_select_for_update:
                list(Topic.objects.filter(pk__in=topics).locked().values_list("pk"))
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
    # One of them fails, and undid the others: fewer at once, until it stands alone.
    return _commit(jobs[: len(jobs) // 2])
