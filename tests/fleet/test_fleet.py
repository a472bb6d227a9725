"""Past one process: a cancel, a budget and a stop hold over all workers."""

import time
from typing import Any

from tests.support.fleet import Fleet
from tests.support.patience import patient
from tests.support.provider import ScriptedProvider
from tests.support.waiting import wait


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


def test_without_a_worker_the_page_says_what_the_run_waits_for(make_fleet: Any) -> None:
    fleet = make_fleet(workers=0)
    site = fleet.sites[0]
    run = site.submit("patience")
    assert "No worker is running" in site.get(run["url"]).text
    assert site.get("/readyz").status_code == 503
    fleet.add_worker()
    assert site.result(run["id"])["status"] == "succeeded"
    assert "No worker is running" not in site.get(run["url"]).text


def test_a_stopping_worker_leaves_its_topics_to_the_others(
    make_fleet: Any, provider: ScriptedProvider
) -> None:
    provider.script(latency=300.0)
    fleet = make_fleet(workers=1)
    site = fleet.sites[0]
    run = site.submit("one", "two")["id"]
    wait(lambda: provider.stats()["open"] == 2)
    fleet.add_worker()
    fleet.wait_for_workers(2)
    begin = time.monotonic()
    assert fleet.workers[0].stop() == 0
    assert time.monotonic() - begin < patient(10)
    provider.reset()
    assert site.result(run)["status"] == "succeeded"
