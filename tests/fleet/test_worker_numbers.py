"""Each process shows its numbers to Prometheus, and a worker's log names runs and topics."""

import json
from collections.abc import Callable

import httpx

from tests.support.fleet import Fleet
from tests.support.numbers import Numbers, numbers
from tests.support.site import free_port
from tests.support.waiting import events_of, wait


def test_a_worker_shows_its_numbers_and_logs_ids(make_fleet: Callable[..., Fleet]) -> None:
    web_port, port = str(free_port()), str(free_port())
    fleet = make_fleet(workers=0, RESEARCH_METRICS_PORT=web_port, RESEARCH_LOG_FORMAT="json")
    (site,), worker = fleet.sites, fleet.add_worker(RESEARCH_METRICS_PORT=port)
    fleet.wait_for_workers(1)
    run = site.result(site.submit("one", "two [[fault=401]]")["id"])
    events = events_of(site, run["id"])

    def scrape(port: str = port) -> Numbers:
        return numbers(httpx.get(f"http://127.0.0.1:{port}/metrics", trust_env=False).text)

    lag = "research_event_loop_lag_seconds_count"
    for loop in ("crews", "jobs"):  # which are looked at twice a second
        wait(lambda loop=loop: scrape()(lag, loop=loop) > 0)
    number = scrape()
    assert number("research_topic_seconds_count", status="succeeded", process="worker") == 1
    assert number("research_errors_total", kind="authentication") == 1
    assert number("research_queue_wait_seconds_count") == 2
    of_the_site = scrape(web_port)
    assert numbers(site.get("/metrics").text)("research_topics", status="succeeded") >= 1
    stored = "research_events_stored_total"
    assert number(stored) + of_the_site(stored) == len(events)
    assert of_the_site("research_topics", status="succeeded") >= 1
    told = [json.loads(line) for line in worker.log.splitlines() if line.startswith("{")]
    failures = [line for line in told if line["logger"] == "research.engine.run_topic"]
    assert [(line["run"], line["topic"]) for line in failures] == [(run["id"], "2")]
    second = fleet.add_worker(RESEARCH_METRICS_PORT=port)
    wait(lambda: "RESEARCH_METRICS_PORT of its own" in second.log, seconds=30)
