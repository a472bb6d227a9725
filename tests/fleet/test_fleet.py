"""Past one process: web processes and workers come and go in the middle of a whole run."""

import asyncio
import json
import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import httpx
import psycopg
import websockets
from websockets.exceptions import ConnectionClosed

from tests.support.fleet import Fleet
from tests.support.numbers import Numbers, numbers
from tests.support.patience import patient
from tests.support.provider import ScriptedProvider
from tests.support.servers import Postgres, Redis
from tests.support.site import free_port
from tests.support.waiting import events_of, wait


class Watcher(threading.Thread):
    """Follows a run over the WebSocket, and comes back to another site when its own is gone."""

    def __init__(self, run: str, *ws_urls: str) -> None:
        super().__init__(daemon=True)
        self.seen: list[int] = []
        self._run, self._urls = run, list(ws_urls)
        self.start()

    def run(self) -> None:
        asyncio.run(self._follow())

    async def _follow(self) -> None:
        turn = 0
        while True:
            last = self.seen[-1] if self.seen else 0
            url = f"{self._urls[turn % len(self._urls)]}/ws/runs/{self._run}/?after={last}"
            turn += 1
            try:
                async with websockets.connect(url) as socket:
                    async for text in socket:
                        frame = json.loads(text)
                        if "seq" in frame:
                            self.seen.append(frame["seq"])
                            if frame["kind"] == "run.finished":
                                return
            except (ConnectionClosed, OSError):
                await asyncio.sleep(0.2)


def test_a_run_is_whole_whatever_goes_away_in_its_middle(
    make_fleet: Any, provider: ScriptedProvider, redis: Redis, postgres: Postgres
) -> None:
    """100 `deep` topics; a worker and a web process are killed, Redis and PostgreSQL fall."""
    fleet = make_fleet(sites=2, workers=3, DATABASE_URL=postgres.url)
    stays, goes = fleet.sites
    provider.script(latency=3.0)
    run = stays.submit(*(f"topic {number}" for number in range(100)), blueprint="deep")["id"]
    watchers = [Watcher(run, stays.ws_url), Watcher(run, goes.ws_url, stays.ws_url)]
    wait(lambda: provider.stats()["open"] > 30, seconds=60)

    killed = time.time()
    fleet.workers[0].kill()
    goes.kill()
    redis.stop()
    time.sleep(2)
    redis.start()
    postgres.crash()
    time.sleep(2)
    postgres.start()

    ended = stays.result(run, timeout=180)
    assert ended["status"] == "succeeded"
    events = events_of(stays, run)
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    resumed = [datetime.fromisoformat(e["at"]) for e in events if e["kind"] == "topic.resumed"]
    assert 0 < max(resumed).timestamp() - killed < patient(30)
    for watcher in watchers:
        watcher.join(patient(30))
        assert watcher.seen == list(range(1, len(events) + 1))


def test_a_cancel_reaches_any_worker_within_a_second(
    make_fleet: Any, provider: ScriptedProvider
) -> None:
    provider.script(latency=300.0)
    fleet = make_fleet(workers=2)
    site = fleet.sites[0]
    run = site.submit(*(f"topic {number}" for number in range(20)))["id"]
    wait(lambda: provider.stats()["open"] == 20)
    begin = time.monotonic()
    site.post(f"/api/runs/{run}/cancel")
    wait(lambda: provider.stats()["open"] == 0)
    assert time.monotonic() - begin < patient(1)
    assert site.result(run)["status"] == "cancelled"


def test_a_budget_holds_over_all_workers(make_fleet: Any, provider: ScriptedProvider) -> None:
    fleet = make_fleet(workers=2)
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


def test_a_job_whose_run_is_gone_is_one_line(make_fleet: Any, provider: ScriptedProvider) -> None:
    fleet = make_fleet(workers=0)
    site = fleet.sites[0]
    gone = site.submit("gone")["id"]
    forget = f"from research.runs.models import Run; Run.objects.filter(pk='{gone}').delete()"
    site.manage("shell", "-c", forget).check_returncode()
    worker = fleet.add_worker()
    assert site.result(site.submit("after it")["id"])["status"] == "succeeded"
    assert "is gone" in worker.log and "Traceback" not in worker.log


def test_a_worker_shows_its_numbers_and_logs_ids(make_fleet: Callable[..., Fleet]) -> None:
    port = str(free_port())
    fleet = make_fleet(RESEARCH_METRICS_PORT=port, RESEARCH_LOG_FORMAT="json")
    (site,), (worker,) = fleet.sites, fleet.workers
    run = site.result(site.submit("one", "two [[fault=401]]")["id"])
    events = events_of(site, run["id"])

    def scrape() -> Numbers:
        return numbers(httpx.get(f"http://127.0.0.1:{port}/metrics", trust_env=False).text)

    lag = "research_event_loop_lag_seconds_count"
    for loop in ("crews", "jobs"):  # which are looked at twice a second
        wait(lambda loop=loop: scrape()(lag, loop=loop) > 0)
    number = scrape()
    assert number("research_topic_seconds_count", status="succeeded", process="worker") == 1
    assert number("research_errors_total", kind="authentication") == 1
    assert number("research_queue_wait_seconds_count") == 2
    of_the_site = numbers(site.get("/metrics").text)
    stored = "research_events_stored_total"
    assert number(stored) + of_the_site(stored) == len(events)
    assert of_the_site("research_topics", status="succeeded") >= 1
    told = [json.loads(line) for line in worker.log.splitlines() if line.startswith("{")]
    failures = [line for line in told if line["logger"] == "research.engine.run_topic"]
    assert [(line["run"], line["topic"]) for line in failures] == [(run["id"], "2")]
    second = fleet.add_worker()
    wait(lambda: "RESEARCH_METRICS_PORT of its own" in second.log, seconds=30)


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
