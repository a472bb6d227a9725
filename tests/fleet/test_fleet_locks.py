"""Workers and web processes lock rows of the same runs: none ever waits for another in a circle."""

import random
import threading
import time

import psycopg

from tests.support.fleet import Fleet
from tests.support.provider import ScriptedProvider
from tests.support.waiting import wait

ENOUGH = 250  # cancels and retries
TOPICS = [f"topic {number}" for number in range(60)]


def deadlocks(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
        ).fetchone()
    assert row
    return int(row[0])


def test_budgets_cancels_and_endings_at_once(fleet: Fleet, provider: ScriptedProvider) -> None:
    """Every call asks for its run's budget while topics of the same runs end and are cancelled."""
    provider.script(latency=0.1)
    site = fleet.sites[0]
    runs = [
        site.submit(*TOPICS, blueprint="deep", budget={"tokens": 10_000_000})["id"]
        for _ in range(3)
    ]
    over = threading.Event()
    answers: list[int] = []

    def disturb(seed: int) -> None:
        chance = random.Random(seed)
        while not over.is_set():
            run, verb = chance.choice(runs), chance.choice(["cancel", "retry"])
            where = chance.choice(["", f"/topics/{chance.randint(1, 60)}"])
            answers.append(site.post(f"/api/runs/{run}{where}/{verb}").status_code)
            time.sleep(chance.uniform(0, 0.1))

    disturbers = [threading.Thread(target=disturb, args=[seed]) for seed in range(3)]
    for disturber in disturbers:
        disturber.start()
    wait(lambda: len(answers) >= ENOUGH, seconds=60)
    over.set()
    for disturber in disturbers:
        disturber.join()
    for run in runs:
        ended = site.result(run, timeout=90)
        while ended["status"] != "succeeded":
            assert not any(topic["error"] for topic in ended["topics"])
            site.post(f"/api/runs/{run}/retry")
            ended = site.result(run, timeout=90)
    assert set(answers) == {202}
    assert deadlocks(site.env["DATABASE_URL"]) == 0
