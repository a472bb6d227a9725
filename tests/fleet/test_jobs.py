"""Topics whose jobs are lost, of another version, or left behind are worked on all the same."""

from typing import Any

import psycopg

from tests.support.provider import ScriptedProvider


def test_a_job_whose_run_is_gone_is_one_line(make_fleet: Any, provider: ScriptedProvider) -> None:
    fleet = make_fleet(workers=0)
    site = fleet.sites[0]
    gone = site.submit("gone")["id"]
    forget = f"from research.runs.models import Run; Run.objects.filter(pk='{gone}').delete()"
    site.manage("shell", "-c", forget).check_returncode()
    worker = fleet.add_worker()
    assert site.result(site.submit("after it")["id"])["status"] == "succeeded"
    assert "is gone" in worker.log and "Traceback" not in worker.log


def test_topics_that_have_lost_their_jobs_are_given_others(
    make_fleet: Any, provider: ScriptedProvider, ready_database: str
) -> None:
    """Whatever took them: one waits, one was at work when it happened and nobody is any more."""
    fleet = make_fleet(workers=0)
    site = fleet.sites[0]
    run = site.submit("waits", "was at work")["id"]
    with psycopg.connect(ready_database) as connection:
        connection.execute("DELETE FROM procrastinate_jobs")
        connection.execute(
            "UPDATE research_topic SET status = 'running', worker = 'gone:1', lease_until = now()"
            " WHERE position = 2"
        )
    fleet.add_worker()
    assert site.result(run)["status"] == "succeeded"
    assert provider.stats()["requests"] == 2


def test_a_job_of_another_version_is_replaced(make_fleet: Any, ready_database: str) -> None:
    """A task that this code does not know, and one whose arguments it does not know."""
    fleet = make_fleet(workers=0)
    site = fleet.sites[0]
    run = site.submit("one", "two", "three")["id"]
    with psycopg.connect(ready_database) as connection:
        connection.execute(
            "UPDATE procrastinate_jobs SET task_name = 'research.of_tomorrow' WHERE priority = -1"
        )
        connection.execute("UPDATE procrastinate_jobs SET args = '{}' WHERE priority = -2")
    worker = fleet.add_worker()
    assert site.result(run)["status"] == "succeeded"
    assert worker.log.count("had lost its job") == 2
    assert "Traceback" not in worker.log
