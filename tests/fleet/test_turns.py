"""The fleet's jobs are fetched as teams take turns, and within a team its runs."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row

from research.engine.fleet import statements
from research.engine.fleet.dispatch import TOPICS
from tests.support.site import Site

SUBMIT = """
from research.people.models import Team
from research.runs.submission import Submission
for slug, names, priority in {runs!r}:
    team = Team.objects.get_or_create(slug=slug)[0]
    Submission.check(list(names), model="offline", priority=priority).submit(team=team)
"""


def submit(site: Site, *runs: tuple[str, str, str]) -> None:
    """Runs of teams, whose topics are the letters of a word."""
    site.manage("shell", "-c", SUBMIT.format(runs=runs)).check_returncode()


def fetched(url: str, number: int, at_once: int = 1) -> str:
    """The topics of the jobs that a worker is given, some at once."""
    return "".join(_fetched(url, number, at_once))


def _fetched(url: str, number: int, at_once: int) -> Iterator[str]:
    with psycopg.connect(url, row_factory=dict_row, autocommit=True) as connection:
        worker: Any = connection.execute("SELECT procrastinate_register_worker_v1()").fetchone()
        asked = {"queues": [TOPICS], "number": at_once, "worker_id": next(iter(worker.values()))}
        for _ in range(0, number, at_once):
            for job in connection.execute(statements.FETCH, asked).fetchall():
                topic = connection.execute(
                    "SELECT text FROM research_topic WHERE id = %s", [job["args"]["topic"]]
                )
                yield topic.fetchall()[0]["text"]


def test_teams_take_turns(tmp_path: Path, ready_database: str) -> None:
    site = Site(tmp_path, DATABASE_URL=ready_database)
    many = [("acme", f"{number}abc", "normal") for number in range(5)]
    submit(site, *many, ("best", "lm", "low"), ("best", "xyz", "normal"), ("acme", "h", "high"))
    assert fetched(ready_database, 5) == "h0" + "1x" + "2"
    submit(site, ("acme", "?!", "normal"), ("best", "#$", "normal"))
    assert fetched(ready_database, 5, at_once=5) == "#" + "3y" + "4$"
    assert fetched(ready_database, 2) == "z?"
    left = fetched(ready_database, 50)
    assert left.endswith("lm") and len(left) == 18


AT_ONCE = """
from concurrent.futures import ThreadPoolExecutor
from django.db import connection
from research.exceptions import QuotaSpent
from research.people.models import Team
from research.runs.models import Topic
from research.runs.submission import Submission

team = Team.objects.create(slug="small", crews_at_once=5)

def submit(topic):
    try:
        Submission.check([topic, topic + " again"], model="offline").submit(team=team)
    except QuotaSpent:
        return False
    finally:
        connection.close()
    return True

with ThreadPoolExecutor(8) as threads:
    passed = sum(threads.map(submit, "abcdefgh"))
print(passed, sorted(Topic.objects.values_list("turn", flat=True)))
"""


def test_requests_at_once_share_neither_a_quotas_room_nor_turns(
    tmp_path: Path, ready_database: str
) -> None:
    told = Site(tmp_path, DATABASE_URL=ready_database).manage("shell", "-c", AT_ONCE)
    assert told.stdout.splitlines()[-1] == "2 [1, 2, 3, 4]", told.stderr
