"""Procrastinate's worker and job manager, for many short hops of many topics at once."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Iterable
from typing import Any

from procrastinate.connector import BaseConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager
from procrastinate.worker import Worker

from research.engine.fleet import statements
from research.engine.fleet.dispatch import RUN_TOPIC, TOPICS
from research.engine.store import GATHER_SECONDS, Store
from research.keyring.reading import refresh
from research.runs.models import NewEvent, Topic

AT_ONCE = 10  # jobs that are fetched together; more would leave nothing to the other workers


class TopicWorker(Worker):
    """A worker none of whose jobs is lost by an abort that comes before its first step."""

    def _abort_job(self, *job: Any) -> None:
        # A coroutine that is cancelled before it began cannot tell how it ended: this puts the
        # cancel behind its first step.
        asyncio.get_running_loop().call_soon(super()._abort_job, *job)


class TopicJobManager(JobManager):
    """Fetches jobs of topics several at once, claims their topics together, ends them together.

    Procrastinate does each job by itself, in a transaction of its own: with two hundred topics
    that is half of a worker's time. A worker whose connection broke needs a new manager.
    """

    def __init__(self, connector: BaseConnector, store: Store, worker: str, most: int) -> None:
        """`worker` claims the topics, at most `most` at a time."""
        super().__init__(connector)
        self._store, self._worker, self._most = store, worker, most
        self._worker_id: int | None = None  # Procrastinate's
        self._in_hand: set[int] = set()
        self._fetched: deque[Job] = deque()
        self._claimed: dict[int | None, Topic] = {}  # by job
        self._ended: list[int] = []
        self._ending: asyncio.Task[None] | None = None

    async def fetch_job(self, queues: Iterable[str] | None, worker_id: int) -> Job | None:
        if queues != [TOPICS]:
            return await super().fetch_job(queues, worker_id)
        if not self._fetched:
            await self._fetch(worker_id)
        return self._fetched.popleft() if self._fetched else None

    def claimed(self, job: Job) -> Topic | None:
        """The topic of a job that was fetched; None if it does not wait for that job any more."""
        return self._claimed.pop(job.id, None)

    async def _fetch(self, worker_id: int) -> None:
        self._worker_id = worker_id
        rows = await self.connector.execute_query_all_async(
            statements.FETCH,
            queues=[TOPICS],
            worker_id=worker_id,
            number=min(AT_ONCE, self._most - len(self._in_hand)),
        )
        if not rows:
            return
        self._in_hand |= {row["id"] for row in rows}
        known = (
            row for row in rows if row["task_name"] == RUN_TOPIC
        )  # to this version of the code
        topics = {row["id"]: row["args"].get("topic") for row in known}
        claimed: list[Topic] = []

        def claim() -> list[NewEvent]:
            claimed[:] = Topic.objects.queued_for(topics)
            if claimed:
                refresh()  # a key that was typed in before they were submitted is theirs
            return Topic.objects.claim(claimed, self._worker)

        await self._store.change(claim)
        self._claimed |= {topic.job: topic for topic in claimed}
        self._fetched.extend(map(Job.from_row, rows))

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:
        if job.id not in self._in_hand:
            await super().finish_job(job, status, delete_job)
            return
        self._in_hand.remove(job.id)
        self._ended.append(job.id)
        if self._ending is None:
            self._ending = asyncio.create_task(self._end())
        await asyncio.shield(self._ending)

    async def _end(self) -> None:
        await asyncio.sleep(GATHER_SECONDS)
        ended, self._ended, self._ending = self._ended, [], None
        try:
            await self.connector.execute_query_async(
                statements.END, ids=ended, worker_id=self._worker_id
            )
        except ConnectorException:
            self._ended += ended  # with the next ones
            raise

    async def retry_job(self, job: Job, *args: Any, **options: Any) -> None:
        self._in_hand.discard(job.id or 0)
        await super().retry_job(job, *args, **options)

    async def give_back(self) -> None:
        """Lets go of jobs that were fetched and not begun, for other workers to take."""
        jobs = list(self._fetched)
        self._fetched.clear()
        for topic in filter(None, map(self.claimed, jobs)):
            await self._store.change(topic.let_go, topic.pk)
        for job in jobs:
            with contextlib.suppress(ConnectorException):  # the housekeeping finds it
                await self.retry_job(job)
