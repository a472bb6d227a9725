"""A run waits for the first worker; topics of a worker that stops go to the others."""

import time
from typing import Any

from tests.support.patience import patient
from tests.support.provider import ScriptedProvider
from tests.support.waiting import wait


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
