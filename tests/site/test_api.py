"""The JSON API as the contract has it."""

import httpx
import pytest

from tests.support.patience import patient
from tests.support.provider import ScriptedProvider
from tests.support.site import Site

TOPIC = {
    "position", "topic", "status", "attempt", "result", "sources", "error", "started_at",
    "finished_at", "tokens", "tokens_estimated", "incomplete", "finding", "advice",
    "unknown_citations", "review", "checked", "check_note", "inputs", "values",
}  # fmt: skip
RUN = {
    "id", "status", "blueprint", "model", "priority", "review", "created_at", "started_at",
    "finished_at", "wall_seconds", "crew_seconds", "tokens", "tokens_estimated", "last_seq",
    "topics", "budget", "cost", "name", "starred",
    "again_of", "by", "columns", "compares", "forecast", "language",
    "not_sites", "since", "sites", "team", "waiting", "where",
}  # fmt: skip


def test_a_submission_is_answered_at_once(site: Site, provider: ScriptedProvider) -> None:
    provider.script(latency=1.0)
    answer = site.post("/api/runs", {"topics": ["one", "two"], "blueprint": "quick", "model": None})
    run = answer.json()
    assert answer.status_code == 202
    assert set(run) == {"id", "status", "url", "events", "ws", "topics"}
    assert run["status"] == "queued"
    assert run["topics"][0] == {"position": 1, "topic": "one", "status": "queued"}
    assert httpx.get(run["url"]).status_code == 200
    assert httpx.get(run["events"]).json()["events"][0]["kind"] == "topic.queued"
    site.result(run["id"])


def test_a_run_is_shown_whole(site: Site) -> None:
    run = site.result(site.submit("one", "two")["id"])
    assert set(run) == RUN
    assert set(run["topics"][0]) == TOPIC
    assert run["model"] == "openai/scripted"
    assert run["topics"][1]["result"].startswith("- two")


def test_research_waits_for_all_topics(site: Site) -> None:
    answer = site.post("/research", {"topics": ["one", "two"]})
    assert answer.status_code == 200
    assert set(answer.json()) == {"results", "errors", "run"}
    assert set(answer.json()["results"]) == {"one", "two"}


def test_the_end_of_the_connection_is_not_the_end_of_the_run(
    site: Site, provider: ScriptedProvider
) -> None:
    provider.script(latency=patient(2.0))
    with pytest.raises(httpx.ReadTimeout):
        site.post("/research", {"topics": ["a lost connection"]}, timeout=patient(1.0))
    found = site.get("/api/runs", params={"q": "lost connection"}).json()["runs"]
    assert site.result(found[0]["id"])["status"] == "succeeded"


def test_an_idempotency_key_gives_the_same_run(site: Site) -> None:
    def submit(*topics: str) -> httpx.Response:
        return site.post("/api/runs", {"topics": topics}, headers={"Idempotency-Key": "k-1"})

    assert submit("one").json()["id"] == submit("one").json()["id"]
    assert submit("other").status_code == 422


def test_runs_are_listed_newest_first_in_pages(site: Site) -> None:
    ids = [site.submit(f"listed {number}")["id"] for number in range(3)]
    newest = site.get("/api/runs").json()["runs"]
    assert [run["id"] for run in newest[:3]] == ids[::-1]

    for run in ids:
        site.result(run)
    found, cursor = [], ""
    while cursor is not None:
        page = site.get("/api/runs", params={"cursor": cursor, "status": "succeeded"}).json()
        found += [run["id"] for run in page["runs"]]
        cursor = page["next"]
    assert len(found) == len(set(found))
    assert set(ids) <= set(found)


def test_events_stream_live(site: Site, provider: ScriptedProvider) -> None:
    provider.script(latency=0.3)
    run = site.submit("one")
    headers = {"accept": "text/event-stream", "last-event-id": "1"}
    with site.client.stream("GET", f"/api/runs/{run['id']}/events", headers=headers) as stream:
        lines = list(stream.iter_lines())
    ids = [int(line.removeprefix("id: ")) for line in lines if line.startswith("id: ")]
    assert ids == list(range(2, len(ids) + 2))
    assert "event: run.finished" in lines


def test_health(site: Site) -> None:
    assert site.get("/healthz").status_code == 200
    ready = site.get("/readyz")
    assert ready.status_code == 200
    assert ready.json() == {
        "status": "ok", "database": "ok", "channel_layer": "ok", "engine": "ok"
    }  # fmt: skip


def test_the_api_describes_itself(site: Site) -> None:
    assert site.get("/api/docs").status_code == 200
    assert "/api/runs/{run_id}/events" in site.get("/api/openapi.json").json()["paths"]
