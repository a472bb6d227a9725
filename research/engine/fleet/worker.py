"""A worker's process: takes jobs until it is told to stop, whatever becomes of the database."""

import asyncio
import contextlib
import logging
import os
import signal
from collections.abc import Callable
from typing import Any

from django.conf import settings
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException

from research.engine.fleet.dispatch import HEARTBEAT, HOUSEKEEPING, STALLED, TOPICS
from research.engine.fleet.job_manager import TopicJobManager, TopicWorker
from research.engine.fleet.tasks import Worker
from research.engine.limits.governor import Governor, stored_limits
from research.engine.limits.searches import share_searches
from research.engine.readiness import import_run_topic
from research.engine.store import Store
from research.engine.sweeping import keep_sweeping
from research.engine.threads import GRACE_SECONDS, CrewThread
from research.ops import metrics
from research.ops.runtime import worker_name

RECONNECT_SECONDS = 2.0

logger = logging.getLogger(__name__)


async def work(say: Callable[[str], object]) -> None:
    """Runs jobs until SIGINT or SIGTERM; a database that went away is waited for."""
    loop = asyncio.get_running_loop()
    metrics.measure_lag(loop, "jobs")
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    name = worker_name(os.getpid())
    await asyncio.to_thread(import_run_topic)
    say(f"Worker {name} takes topics  (Ctrl-C stops it)")
    store = Store()
    governor = Governor(stored_limits(store))
    share_searches()
    crews = CrewThread()
    sweeping = asyncio.create_task(keep_sweeping())
    while not stop.is_set():
        taking = asyncio.create_task(_take_jobs(name, store, governor, crews))
        until = asyncio.create_task(stop.wait())
        await asyncio.wait((taking, until), return_when=asyncio.FIRST_COMPLETED)
        until.cancel()
        taking.cancel()
        try:
            with contextlib.suppress(asyncio.CancelledError):
                await taking
        except* (ConnectorException, OSError) as errors:
            reason = errors.exceptions[0].__cause__ or errors.exceptions[0]
            logger.error("The database is away, and is asked again: %s", str(reason).strip())
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), RECONNECT_SECONDS)
    sweeping.cancel()
    await crews.run(governor.close())
    await store.close()


async def _take_jobs(name: str, store: Store, governor: Governor, crews: CrewThread) -> None:
    connector: Any = app.connector
    connector = connector.get_worker_connector()
    most = settings.RESEARCH_MAX_CREWS
    jobs = TopicJobManager(connector, store, name, most)
    options: dict[str, Any] = {
        "additional_context": {"worker": Worker(store, jobs, governor, crews)},
        "abort_job_polling_interval": 1.0,
        "delete_jobs": "always",  # the topics tell what became of them
        "install_signal_handlers": False,
        "shutdown_graceful_timeout": GRACE_SECONDS,
        "stalled_worker_timeout": STALLED,
        "update_heartbeat_interval": HEARTBEAT,
    }
    with app.replace_connector(connector) as worker_app:
        worker_app.job_manager = jobs
        async with worker_app.open_async():
            try:
                async with asyncio.TaskGroup() as workers:
                    for queue, concurrency in ((TOPICS, most), (HOUSEKEEPING, 1)):
                        worker = TopicWorker(
                            worker_app, queues=[queue], concurrency=concurrency, **options
                        )
                        workers.create_task(_run(worker))
            finally:
                await jobs.give_back()


async def _run(worker: Any) -> None:
    """Runs it to the end of this process; raises ConnectionError when it stops by itself.

    It does so when one of its connections breaks, and would leave the process idle.
    """
    await worker.run()
    raise ConnectionError("a connection broke")
