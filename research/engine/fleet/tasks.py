"""Procrastinate's tasks: run a topic; take over what dead workers have left."""

import asyncio
import logging
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef
from procrastinate import BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import JobAborted
from procrastinate.job_context import AbortReason
from procrastinate.jobs import Job

from research.engine.fleet import statements
from research.engine.fleet.dispatch import HOUSEKEEPING, RUN_TOPIC, STALLED, SUSPECTS, TOPICS, Fleet
from research.engine.fleet.job_manager import TopicJobManager
from research.engine.limits.governor import Governor
from research.engine.store import Store
from research.engine.threads import CrewThread
from research.runs.models import NewEvent, Topic

MOST = 1000  # topics that are given jobs at once

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Worker:
    """What a worker's jobs share."""

    store: Store
    jobs: TopicJobManager
    governor: Governor
    crews: CrewThread

    @classmethod
    def of(cls, context: JobContext) -> "Worker":
        worker: Worker = context.additional_context["worker"]
        return worker


class WorkerStops(Exception):
    """The worker ends before the topic's crew."""


class _WhenWorkerStops(BaseRetryStrategy):
    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if isinstance(exception, WorkerStops):
            return RetryDecision(retry_in={"seconds": 0})
        return None


@app.task(name=RUN_TOPIC, queue=TOPICS, pass_context=True, retry=_WhenWorkerStops())
async def run_one(context: JobContext, *, topic: int) -> None:
    """Runs a topic; an abort cancels its crew, a stopping worker puts it back."""
    from research.engine.run_topic import run_topic  # CrewAI: the worker has imported it by now

    worker = Worker.of(context)
    claimed = worker.jobs.claimed(context.job)
    if claimed is None:
        if not await worker.store.read(Topic.objects.filter(pk=topic).exists):
            logger.warning("Topic %s, for which job %s was made, is gone", topic, context.job.id)
        return
    try:
        await worker.crews.run(run_topic(claimed, worker.store, worker.governor))
    except asyncio.CancelledError:
        if context.abort_reason() == AbortReason.SHUTDOWN:
            raise WorkerStops from None
        raise JobAborted from None


@app.periodic(cron="* * * * * */5")
@app.task(
    name="research.take_over",
    queue=HOUSEKEEPING,
    queueing_lock="research.take_over",
    pass_context=True,
)
async def take_over(context: JobContext, timestamp: int) -> None:
    """Puts the topics of dead workers back into the queue, where living ones find them.

    Also those that have lost their job, whatever became of it: else nobody would ever run them.
    """
    worker = Worker.of(context)
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED):
        await worker.store.change(partial(_take_over, job))
    await app.job_manager.prune_stalled_workers(4 * STALLED)
    await worker.store.change(_give_jobs)


def _give_jobs() -> list[NewEvent]:
    """New jobs for topics that wait without one, or whose crew is gone with its job."""
    own = ProcrastinateJob.objects.filter(id=OuterRef("job"), status__in=("todo", "doing"))
    jobless = Topic.objects.exclude(Exists(own)).select_related("run")
    events: list[NewEvent] = []
    for topic in jobless.abandoned().unlocked()[:MOST]:
        events += topic.lost()
    waiting = list(jobless.waiting().unlocked()[:MOST])
    for topic in waiting:
        logger.warning("Topic %s of run %s had lost its job", topic.position, topic.run_id)
    Topic.objects.filter(pk__in=[topic.pk for topic in waiting]).update(job=None)
    for run in {topic.run_id: topic.run for topic in waiting}.values():
        Fleet().dispatch(run)
    return events


def _take_over(job: Job) -> list[NewEvent]:
    """Lets go of a stalled job's topic, and gives the job back or ends it.

    All in one transaction, so that a worker that has fetched the job meanwhile keeps it.
    """
    pk: Any = job.task_kwargs.get("topic")
    topics = Topic.objects.filter(pk=pk, job=job.id)
    topic = topics.locked().select_related("run").first()
    stalled = ProcrastinateJob.objects.filter(
        id=job.id, status="doing", worker_id=job.worker_id
    ).select_for_update()
    if not stalled.first():
        return []
    events: list[NewEvent] = []
    if topic:
        logger.warning("The worker of topic %s of run %s is gone", topic.position, topic.run_id)
        events = topic.lost()
        topic.refresh_from_db()
    with connection.cursor() as cursor:
        if topic and topic.is_open:
            lock = SUSPECTS if topic.is_suspect else None
            cursor.execute(statements.RETRY, {"job": job.id, "lock": lock})
        else:
            cursor.execute(statements.GIVE_UP, {"job": job.id})
    return events
