"""`manage.py worker`: a worker of the distributed engine, many topics at once in one process."""

import asyncio
import contextlib
import logging
import os
import signal
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from research import metrics
from research.engine.worker import worker_name
from research.interpreter import take_short_turns
from researchsite.databases import check_migrated, check_reachable

if TYPE_CHECKING:
    from research.engine.governor import Governor
    from research.engine.store import Store
    from research.engine.threads import CrewThread

GRACE_SECONDS = 3.0  # what crews at work get to end by themselves when the worker stops
RECONNECT_SECONDS = 2.0

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Runs queued topics, RESEARCH_MAX_CREWS at once. Needs DATABASE_URL=postgres://…"
    requires_migrations_checks = False

    def handle(self, *args: Any, **options: Any) -> None:
        if connection.vendor != "postgresql":
            raise CommandError(
                "Workers need DATABASE_URL=postgres://…; on SQLite the site runs the crews itself.",
                returncode=2,
            )
        check_reachable()
        check_migrated()
        take_short_turns()
        _show_metrics()
        asyncio.run(_work(self.stderr.write))
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)  # without waiting for tool calls in threads


def _show_metrics() -> None:
    port, host = settings.RESEARCH_METRICS_PORT, settings.RESEARCH_METRICS_HOST
    if port is None:
        return
    try:
        metrics.serve(port, host)
    except OSError as error:
        raise CommandError(
            f"The metrics cannot be shown on {host}:{port} ({error.strerror}). "
            "Each worker of a machine needs a RESEARCH_METRICS_PORT of its own.",
            returncode=2,
        ) from None


async def _work(say: Callable[[str], object]) -> None:
    """Runs jobs until SIGINT or SIGTERM; a database that went away is waited for."""
    from procrastinate.exceptions import ConnectorException

    from research.engine.governor import Governor
    from research.engine.local import import_run_topic
    from research.engine.store import Store
    from research.engine.threads import CrewThread

    loop = asyncio.get_running_loop()
    metrics.measure_lag(loop, "jobs")
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    name = worker_name(os.getpid())
    await asyncio.to_thread(import_run_topic)
    say(f"Worker {name} takes topics  (Ctrl-C stops it)")
    store = Store()
    governor = Governor(store)
    crews = CrewThread()
    while not stop.is_set():
        work = asyncio.create_task(_take_jobs(name, store, governor, crews))
        until = asyncio.create_task(stop.wait())
        await asyncio.wait((work, until), return_when=asyncio.FIRST_COMPLETED)
        until.cancel()
        work.cancel()
        try:
            with contextlib.suppress(asyncio.CancelledError):
                await work
        except* (ConnectorException, OSError) as errors:
            reason = errors.exceptions[0].__cause__ or errors.exceptions[0]
            logger.error("The database is away, and is asked again: %s", str(reason).strip())
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), RECONNECT_SECONDS)
    await crews.run(governor.close())
    await store.close()


async def _take_jobs(name: str, store: "Store", governor: "Governor", crews: "CrewThread") -> None:
    from procrastinate.contrib.django import app

    from research.engine.fleet import HEARTBEAT, HOUSEKEEPING, STALLED, TOPICS
    from research.engine.job_manager import TopicJobManager, TopicWorker
    from research.engine.jobs import Worker

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
