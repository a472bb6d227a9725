"""`/metrics`: what Prometheus' own parser reads there agrees with what the API tells."""

import os
import signal
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from prometheus_client import CONTENT_TYPE_LATEST

from tests.support.numbers import Numbers, numbers
from tests.support.provider import ScriptedProvider
from tests.support.site import Site
from tests.support.waiting import events_of, wait


def scrape(site: Site) -> Numbers:
    answer = site.get("/metrics").raise_for_status()
    assert answer.headers["content-type"] == CONTENT_TYPE_LATEST
    return numbers(answer.text)


def test_the_numbers_agree_with_the_api(make_site: Any, provider: ScriptedProvider) -> None:
    provider.script(
        {"match": "refused", "fault": "401"},
        {"match": "sought", "tool_calls": [TOOL_CALL, UNKNOWN_TOOL]},
    )
    site = make_site()
    run = site.result(site.submit("one", "two", "refused", "sought")["id"])
    assert site.post(f"/api/runs/{run['id']}/topics/3/retry").status_code == 202
    run = site.result(run["id"])
    events = events_of(site, run["id"])
    number = scrape(site)

    def told(kind: str) -> int:
        return sum(event["kind"] == kind for event in events)

    assert number("research_topics", status="succeeded") == told("topic.succeeded") == 3
    assert number("research_topics", status="failed") == 1
    assert number("research_topics", status="running") == 0
    assert number("research_topic_seconds_count", status="failed") == told("topic.failed") == 2
    assert number("research_errors_total", kind="authentication") == 2
    assert number("research_queue_wait_seconds_count") == told("topic.started") == 5
    assert number("research_queue_wait_seconds_sum") == pytest.approx(sum(waits(events)), abs=5)
    assert number("research_events_stored_total") == len(events)
    # The site's own process stored what was submitted, the engine's the rest.
    assert number("research_events_stored_total", process="web") == 4 + 1
    model = {"model": "openai/scripted", "process": "engine"}
    calls = "research_model_calls_total"
    assert number(calls, outcome="succeeded", **model) == told("llm.finished") > 0
    assert number(calls, outcome="failed", **model) == told("llm.failed") > 0
    assert number("research_model_call_seconds_count", **model) == number(calls)
    used = [event["data"]["tokens"] for event in events if event["kind"] == "llm.finished"]
    for kind in ("prompt", "completion"):
        assert number("research_tokens_total", kind=kind, **model) == sum(t[kind] for t in used) > 0
    tools = "research_tool_calls_total"
    assert number(tools, tool="search_library", outcome="succeeded") == told("tool.finished") == 1
    assert number(tools, tool="other", outcome="failed") == told("tool.failed") == 1
    for loop, process in (("web", "web"), ("crews", "engine")):
        assert number("research_event_loop_lag_seconds_count", loop=loop, process=process) > 0
        assert number("process_resident_memory_bytes", process=process) > 10_000_000


def waits(events: list[dict[str, Any]]) -> Iterator[float]:
    """Seconds from queueing or retrying a topic to its start, by the events' own times."""
    queued: dict[int, datetime] = {}
    for event in events:
        at = datetime.fromisoformat(event["at"])
        if event["kind"] in ("topic.queued", "topic.retried"):
            queued[event["topic"]] = at
        elif event["kind"] == "topic.started":
            yield (at - queued[event["topic"]]).total_seconds()


TOOL_CALL = {"name": "search_library", "arguments": {"query": "coffee"}}
UNKNOWN_TOOL = {"name": "made_up_by_the_model", "arguments": {}}


def test_gauges_of_a_fallen_engine_are_gone_with_it(
    fragile_site: Site, provider: ScriptedProvider
) -> None:
    provider.script(latency=300.0)
    site = fragile_site
    before = scrape(site)("research_topics", status="cancelled")
    run = site.submit("one", "two")["id"]
    wait(lambda: provider.stats()["open"] == 2, seconds=30)
    with site.client.stream("GET", f"/api/runs/{run}/events", headers=SSE) as watching:
        lines = watching.iter_lines()
        next(lines)
        number = scrape(site)
        assert number("research_crews") == number("research_topics", status="running") == 2
        assert number("research_watchers", process="web") == 1
        assert number("research_events_pushed_total", process="web") > 0
    fallen = site.engine_pid
    site.post(f"/api/runs/{run}/cancel")
    wait(lambda: site.get(f"/api/runs/{run}").json()["status"] == "cancelled", seconds=20)
    os.kill(fallen, signal.SIGKILL)
    wait(lambda: site.engine_pid not in (None, fallen), seconds=20)
    wait(lambda: site.get("/readyz").status_code == 200, seconds=30)
    # Waited for: topics are counted once a second at most.
    wait(lambda: scrape(site)("research_topics", status="cancelled") == before + 2)
    number = scrape(site)
    assert number("research_crews") == number("research_watchers") == 0


SSE = {"Accept": "text/event-stream"}


def test_a_stuck_engine_leaves_the_sites_own_numbers(fragile_site: Site) -> None:
    site = fragile_site
    os.kill(site.engine_pid, signal.SIGSTOP)
    try:
        number = scrape(site)
    finally:
        os.kill(site.engine_pid, signal.SIGCONT)
    assert number("process_cpu_seconds_total", process="web") > 0
    assert number("process_cpu_seconds_total", process="engine") == 0


def test_other_sites_do_not_read_the_numbers(site: Site) -> None:
    assert site.get("/metrics", headers={"Origin": "http://evil.example"}).status_code == 403
    assert site.get("/metrics", headers={"Host": "evil.example"}).status_code == 403
