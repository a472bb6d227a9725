"""The distributed engine as the site sees it: a Procrastinate job for every queued topic."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from django.db import DatabaseError, connection

from research.engine.fleet import statements
from research.runs.models import Status

if TYPE_CHECKING:
    from research.runs.models import Run

TOPICS = "topics"  # the queue of topics
HOUSEKEEPING = "housekeeping"  # a queue of its own: it never waits behind topics
RUN_TOPIC = "research.run_topic"
SUSPECTS = "suspects"  # the lock of topics that may bring a worker down: one runs at a time
PRIORITY_STEP = 500_000_000  # more than there are turns until the line is empty
HEARTBEAT = 5.0  # seconds between a worker's signs of life
STALLED = 15.0  # seconds without one, after which its topics go on elsewhere

NO_WORKER = "no worker is running: start one with `manage.py worker`"


class Fleet:
    """Workers somewhere, which hear of their jobs from the database."""

    def start(self) -> None:
        """The people who run the site start the workers."""

    def stop(self) -> None:
        """They go on without this process."""

    def dispatch(self, run: "Run") -> None:
        """Defers a job for every queued topic of the run, and aborts those of cancelled ones.

        Part of the caller's transaction. Within the run's own priority a job's is its topic's turn
        (`research.runs.turns`), also of jobs that wait since before, whose turns may have changed.
        """
        from procrastinate.contrib.django.django_connector import DjangoConnector
        from procrastinate.jobs import Job
        from procrastinate.manager import JobManager

        manager = JobManager(DjangoConnector())  # Django's connection, in a worker as well
        unwanted = run.topics.filter(status__in=(Status.CANCELLING, Status.CANCELLED))
        numbers = unwanted.exclude(job=None).values_list("job", flat=True)
        _abort(sorted(filter(None, numbers)))
        waiting = list(
            run.topics.filter(status=Status.QUEUED, job=None).only("priority", "turn", "crashes")
        )
        if not waiting:
            return
        jobs = manager.batch_defer_jobs(
            [
                Job(
                    id=None,
                    queue=TOPICS,
                    task_name=RUN_TOPIC,
                    lock=SUSPECTS if topic.is_suspect else None,
                    queueing_lock=None,
                    task_kwargs={"topic": topic.pk},
                    priority=topic.priority * PRIORITY_STEP - topic.turn,
                )
                for topic in waiting
            ]
        )
        _remember({topic.pk: job.id for topic, job in zip(waiting, jobs, strict=True)})
        _follow_turns(run)

    def lacks(self) -> str | None:
        return None if has_worker() else NO_WORKER

    def trouble(self) -> str | None:
        """A worker that cannot start says so where it was started."""
        return None

    def state(self) -> str:
        """`ok` when a worker is alive, or what is wrong."""
        try:
            return self.lacks() or "ok"
        except DatabaseError as error:
            return f"the database does not answer: {error}"

    def metrics(self) -> str:
        """Workers have addresses of their own."""
        return ""


def _remember(jobs: Mapping[int, int | None]) -> None:
    """Writes each topic's job down; Django's bulk_update takes thirty times as long."""
    with connection.cursor() as cursor:
        cursor.execute(statements.REMEMBER, {"topics": list(jobs), "jobs": list(jobs.values())})


def _follow_turns(run: "Run") -> None:
    """Gives the waiting jobs of the run's team the turns that their topics have by now."""
    team = {"step": PRIORITY_STEP, "priority": run.priority, "team": run.team_id or 0}
    with connection.cursor() as cursor:
        cursor.execute(statements.FOLLOW, team)


def _abort(jobs: Sequence[int]) -> None:
    """Deletes jobs that wait, and has those at work aborted."""
    with connection.cursor() as cursor:
        cursor.execute(statements.ABORT, {"jobs": list(jobs)})


def has_worker() -> bool:
    """Whether any worker has given a sign of life lately."""
    with connection.cursor() as cursor:
        cursor.execute(statements.HAS_WORKER, {"seconds": STALLED})
        return bool(cursor.fetchone()[0])
