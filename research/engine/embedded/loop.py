"""The embedded engine: a thread with an event loop of its own, on which all crews run together."""

import asyncio
import logging
import os
import threading
import uuid
from collections.abc import Callable
from functools import partial

from django.conf import settings

from research.engine.limits.governor import Governor, stored_limits
from research.engine.limits.searches import share_searches
from research.engine.readiness import CannotStart, RunTopic, import_run_topic
from research.engine.store import Store
from research.engine.sweeping import keep_sweeping
from research.engine.threads import GRACE_SECONDS, widen
from research.keyring.reading import refresh
from research.ops.metrics import measure_lag
from research.ops.runtime import worker_name
from research.runs.models import NewEvent, Topic

HEARTBEAT = 3.0  # seconds between renewals of the leases, and looks for abandoned topics
ATTENTION = 0.25  # seconds between looks for topics that somebody wants to cancel
STOP_SECONDS = 3.0  # what they get after that to put their topics back

logger = logging.getLogger(__name__)


class LocalEngine:
    """Runs queued topics, `RESEARCH_MAX_CREWS` at once; the web's event loop never sees a crew.

    `only` limits it to one run. `on_ready` is called on the engine's thread, once it can run topics
    or has found out that it cannot. Start it once; `wake` and `stop` may be called from any thread.
    """

    trouble: str | None = None
    """Why it cannot run topics, as part of a sentence."""

    def __init__(
        self, only: uuid.UUID | None = None, on_ready: Callable[[], object] = lambda: None
    ) -> None:
        self._only = only
        self._on_ready = on_ready
        self._run_topic: RunTopic | None = None
        self._name = worker_name(os.getpid())
        self._crews: dict[int, asyncio.Task[None]] = {}
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)
        self._ready = threading.Event()
        self._stopping = False
        self._told = False
        self._more_wait = False  # topics, when the line was looked at last

    def start(self) -> None:
        self._thread.start()
        self._ready.wait()

    def wake(self) -> None:
        """Topics may have been queued or cancelled."""
        self._loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        self._told = True
        self._work.set()

    def stop(self) -> None:
        """Starts no more crews, gives those at work a moment, puts the rest back to the queue."""
        if self._thread.is_alive():
            self._stopping = True
            self.wake()
            self._thread.join(GRACE_SECONDS + STOP_SECONDS + 1)

    def state(self, timeout: float = 1.5) -> str:
        """`ok` if the engine's loop takes a call within `timeout` seconds, or what is wrong."""
        called = threading.Event()
        try:
            self._loop.call_soon_threadsafe(called.set)
        except RuntimeError:
            return "the engine has stopped"
        if not called.wait(timeout):
            return "the engine is stuck"
        return self.trouble or self._store.complaint or "ok"

    def _run(self) -> None:
        # Not asyncio.run, which at its end waits for every thread: a tool's, or the import's.
        loop = asyncio.new_event_loop()
        try:
            loop.run_until_complete(self._serve())
        finally:
            loop.close()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        widen(self._loop)
        measure_lag(self._loop, "crews")
        self._work = asyncio.Event()
        self._store = Store()
        self._governor = Governor(stored_limits(self._store))
        share_searches()
        self._ready.set()
        watches = [
            asyncio.create_task(watch()) for watch in (self._get_ready, self._beat, self._listen)
        ]
        if self._only is None:
            watches.append(asyncio.create_task(keep_sweeping()))
        while not self._stopping:
            self._work.clear()
            if self._told and self._crews:
                self._told = False
                await self._cancel_crews()  # at once, so that none begins another call
            if self._run_topic:
                await self._start_crews(self._run_topic)
            await self._work.wait()
        for watch in watches:
            watch.cancel()
        await self._stop_crews()
        await self._governor.close()
        await self._store.close()

    async def _get_ready(self) -> None:
        """Imports CrewAI, in a thread, before the first topic comes: it takes seconds."""
        try:
            self._run_topic = await asyncio.to_thread(import_run_topic)
        except CannotStart as error:
            logger.exception("No topic can be run")
            self.trouble = str(error)
        self._work.set()
        self._on_ready()

    async def _start_crews(self, run_topic: RunTopic) -> None:
        free = settings.RESEARCH_MAX_CREWS - len(self._crews)
        if free <= 0:
            return
        claimed: list[Topic] = []

        def claim() -> list[NewEvent]:
            claimed[:] = Topic.objects.next_in_line(free, self._only)
            if claimed:
                refresh()  # a key that was typed in before they were submitted is theirs
            return Topic.objects.claim(claimed, self._name)

        await self._store.change(claim)
        # A suspect runs alone: others may wait for its end.
        self._more_wait = len(claimed) == free or any(topic.is_suspect for topic in claimed)
        for topic in claimed:
            crew = asyncio.create_task(run_topic(topic, self._store, self._governor))
            self._crews[topic.pk] = crew
            crew.add_done_callback(partial(self._ended, topic.pk))

    def _ended(self, pk: int, crew: "asyncio.Task[None]") -> None:
        del self._crews[pk]
        if self._more_wait:  # else a look at the line for every topic that ends finds nothing
            self._work.set()
        if not crew.cancelled() and (error := crew.exception()):
            logger.error("Topic %s could not be run", pk, exc_info=error)

    async def _beat(self) -> None:
        while True:
            await self._store.change(partial(_renew_leases, list(self._crews)))
            self._work.set()
            await asyncio.sleep(HEARTBEAT)

    async def _listen(self) -> None:
        while True:
            await asyncio.sleep(ATTENTION)
            if self._crews:
                await self._cancel_crews()

    async def _cancel_crews(self) -> None:
        """Cancels the crews whose topics somebody wants to end."""
        ours = Topic.objects.filter(worker=self._name).to_be_stopped()
        wanted = await self._store.read(lambda: list(ours.values_list("pk", flat=True)))
        for pk in wanted:
            if pk in self._crews:
                self._crews[pk].cancel()

    async def _stop_crews(self) -> None:
        crews = list(self._crews.values())
        if crews:
            await asyncio.wait(crews, timeout=GRACE_SECONDS)
        left = [crew for crew in crews if not crew.done()]
        for crew in left:
            crew.cancel()
        if left:
            await asyncio.wait(left, timeout=STOP_SECONDS)


def _renew_leases(own: list[int]) -> list[NewEvent]:
    """Holds on to the topics at work here, and puts back those that nobody holds on to."""
    Topic.objects.filter(pk__in=own).renew_leases()
    events: list[NewEvent] = []
    for topic in Topic.objects.abandoned().filter(job=None):  # with a job they are the fleet's
        logger.warning("Nobody works on topic %s of run %s any more", topic.position, topic.run_id)
        events += topic.lost()
    return events
