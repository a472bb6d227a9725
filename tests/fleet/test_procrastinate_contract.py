"""What research/engine/fleet relies on in Procrastinate: a failure names what an upgrade broke."""

import inspect
import re
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

import psycopg
import pytest
from procrastinate.job_context import AbortReason
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager
from procrastinate.worker import Worker
from psycopg.rows import dict_row

from research.engine.fleet.dispatch import TOPICS
from research.engine.fleet.statements import ABORT, END, FETCH, HAS_WORKER, RETRY
from tests.support.site import PROJECT

FUNCTIONS = {
    "procrastinate_fetch_job_v2": ["character varying[]", "bigint"],
    "procrastinate_cancel_job_v1": ["bigint", "boolean", "boolean"],
    "procrastinate_finish_job_v1": ["bigint", "procrastinate_job_status", "boolean"],
    "procrastinate_retry_job_v2": [
        "bigint",
        "timestamp with time zone",
        "integer",
        "character varying",
        "character varying",
    ],
}
OPTIONS = {
    "abort_job_polling_interval",
    "additional_context",
    "concurrency",
    "delete_jobs",
    "install_signal_handlers",
    "queues",
    "shutdown_graceful_timeout",
    "stalled_worker_timeout",
    "update_heartbeat_interval",
}


class Database:
    """A migrated database with a worker that is known to Procrastinate."""

    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(url, autocommit=True, row_factory=dict_row)
        row = self.one("INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id")
        self.worker: int = row["id"]

    def all(self, query: str, **values: Any) -> list[dict[str, Any]]:
        return self._connection.execute(query, values).fetchall()

    def one(self, query: str, **values: Any) -> dict[str, Any]:
        return self.all(query, **values)[0]

    def change(self, query: str, **values: Any) -> None:
        self._connection.execute(query, values)

    def defer(self, number: int) -> list[int]:
        rows = self.all(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args)"
            " SELECT %(queue)s, 'research.run_topic', '{\"topic\": 7}'"
            " FROM generate_series(1, %(number)s) RETURNING id",
            queue=TOPICS,
            number=number,
        )
        return [row["id"] for row in rows]

    def close(self) -> None:
        self._connection.close()


@pytest.fixture
def database(ready_database: str) -> Iterator[Database]:
    opened = Database(ready_database)
    yield opened
    opened.close()


def test_it_is_the_pinned_version() -> None:
    pin = re.search(
        r'"procrastinate\[django\]==([\d.]+)"', (PROJECT / "pyproject.toml").read_text()
    )
    assert pin and version("procrastinate") == pin[1]


def test_an_abort_goes_through_the_method_that_topic_workers_replace() -> None:
    assert list(inspect.signature(Worker._abort_job).parameters) == [
        "self",
        "process_job_task",
        "context",
        "reason",
    ]
    assert "self._abort_job(" in inspect.getsource(Worker._handle_abort_jobs_requested)
    assert {"SHUTDOWN", "USER_REQUEST"} <= set(AbortReason.__members__)


def test_workers_take_the_options_that_ours_are_given() -> None:
    assert set(inspect.signature(Worker.__init__).parameters) >= OPTIONS


@pytest.mark.parametrize(
    ("method", "parameters"),
    [
        ("fetch_job", ["self", "queues", "worker_id"]),
        ("finish_job", ["self", "job", "status", "delete_job"]),
        ("get_stalled_jobs", ["seconds_since_heartbeat"]),
        ("prune_stalled_workers", ["self", "seconds_since_heartbeat"]),
        ("batch_defer_jobs", ["self", "jobs"]),
    ],
)
def test_the_job_manager_has_its_methods(method: str, parameters: list[str]) -> None:
    found = inspect.signature(getattr(JobManager, method)).parameters
    assert set(parameters) <= set(found)


def test_workers_call_the_methods_that_our_manager_replaces() -> None:
    source = inspect.getsource(Worker)
    for method in ("fetch_job", "finish_job", "retry_job"):
        assert f"job_manager.{method}" in source


def test_the_database_has_its_functions(database: Database) -> None:
    rows = database.all(
        "SELECT proname, ARRAY(SELECT format_type(t, NULL) FROM unnest(proargtypes) AS t) AS types"
        " FROM pg_proc WHERE proname = ANY(%(names)s)",
        names=list(FUNCTIONS),
    )
    assert {row["proname"]: row["types"] for row in rows} == FUNCTIONS


def test_several_jobs_are_fetched_in_one_statement(database: Database) -> None:
    ids = database.defer(3)
    rows = database.all(FETCH, queues=[TOPICS], worker_id=database.worker, number=5)
    jobs = [Job.from_row(row) for row in rows]
    assert sorted(job.id or 0 for job in jobs) == ids
    assert {job.status for job in jobs} == {Status.DOING.value}
    assert {job.worker_id for job in jobs} == {database.worker}
    assert jobs[0].task_kwargs == {"topic": 7}


def test_jobs_are_ended_together_by_the_worker_that_has_them(database: Database) -> None:
    done, waiting = database.defer(2)
    database.all(FETCH, queues=[TOPICS], worker_id=database.worker, number=1)
    database.change(END, ids=[done, waiting], worker_id=database.worker)
    left = database.all(
        "SELECT id, status FROM procrastinate_jobs WHERE queue_name = %(q)s", q=TOPICS
    )
    assert left == [{"id": waiting, "status": "todo"}]


def test_a_cancel_deletes_what_waits_and_asks_what_runs_to_end(database: Database) -> None:
    running, waiting = database.defer(2)
    database.all(FETCH, queues=[TOPICS], worker_id=database.worker, number=1)
    database.all(ABORT, jobs=[running, waiting])
    left = database.all(
        "SELECT id, status, abort_requested FROM procrastinate_jobs WHERE queue_name = %(q)s",
        q=TOPICS,
    )
    assert left == [{"id": running, "status": "doing", "abort_requested": True}]


def test_a_stalled_job_is_given_back_with_another_lock(database: Database) -> None:
    (job,) = database.defer(1)
    database.all(FETCH, queues=[TOPICS], worker_id=database.worker, number=1)
    database.all(RETRY, job=job, lock="x")
    row = database.one("SELECT status, lock FROM procrastinate_jobs WHERE id = %(id)s", id=job)
    assert row == {"status": "todo", "lock": "x"}


def test_a_worker_is_alive_by_its_heartbeat(database: Database) -> None:
    assert database.one(HAS_WORKER, seconds=60)["exists"]
    assert not database.one(HAS_WORKER, seconds=0)["exists"]
