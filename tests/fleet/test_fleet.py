"""Past one process: a cancel and a budget hold over all workers, and no two wait in a circle."""

import random
import threading
import time

import psycopg

from tests.support.fleet import Fleet
from tests.support.patience import patient
from tests.support.provider import ScriptedProvider
from tests.support.setup import set_up
from tests.support.waiting import wait

ENOUGH = 250  # cancels and retries
TOPICS = [f"topic {number}" for number in range(60)]


def test_a_cancel_reaches_any_worker_within_a_second(
    fleet: Fleet, provider: ScriptedProvider
) -> None:
    provider.script(latency=300.0)
    site = fleet.sites[0]
    run = site.submit(*(f"topic {number}" for number in range(20)))["id"]
    wait(lambda: provider.stats()["open"] == 20)
    begin = time.monotonic()
    site.post(f"/api/runs/{run}/cancel")
    wait(lambda: provider.stats()["open"] == 0)
    assert time.monotonic() - begin < patient(1)
    assert site.result(run)["status"] == "cancelled"


def test_a_budget_holds_over_all_workers(fleet: Fleet, provider: ScriptedProvider) -> None:
    site = fleet.sites[0]
    one = site.result(site.submit("topic 0")["id"])["tokens"]["total"]
    provider.reset()
    provider.script(latency=0.2)

    topics = [f"topic {number}" for number in range(1, 21)]
    run = site.result(site.submit(*topics, budget={"tokens": 5 * one})["id"])

    assert run["status"] == "partial"
    assert provider.stats()["requests"] == 5
    assert 5 * one <= run["tokens"]["total"] <= 6 * one
    ended = [topic["error"]["kind"] for topic in run["topics"] if topic["error"]]
    assert ended == ["budget_spent"] * 15


def test_a_key_that_is_typed_in_is_used_by_all_workers(
    fleet: Fleet, provider: ScriptedProvider
) -> None:
    site, key = fleet.sites[0], "sk-typed-9f8e7d6c5b4a3210"
    set_up(site, "store", "hosted_vllm", VLLM_BASE_URL=provider.url, VLLM_API_KEY=key)
    provider.reset()
    topics = [f"topic {number}" for number in range(10)]
    run = site.result(site.submit(*topics, model="hosted_vllm/scripted")["id"])
    set_up(site, "delete", "hosted_vllm")
    assert run["status"] == "succeeded"
    assert {asked["key"] for asked in provider.stats()["recent"]} == {key}


# Locks -------------------------------------------------------------------------------------------


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
