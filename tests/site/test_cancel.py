"""Cancel: open calls are closed at once, nothing more is asked, and what was finished stays."""

import time

from tests.support.patience import patient
from tests.support.provider import ScriptedProvider
from tests.support.site import Site
from tests.support.waiting import events_of, wait

LONG = 300.0  # seconds of a call: far longer than any test waits


def test_a_run_is_cancelled_within_a_second(site: Site, provider: ScriptedProvider) -> None:
    provider.script({"match": "quick one", "latency": 0.0}, latency=LONG)
    run = site.submit("quick one", *(f"slow {n}" for n in range(20)))["id"]
    wait(lambda: provider.stats()["open"] == 20)
    wait(lambda: site.get(f"/api/runs/{run}").json()["topics"][0]["status"] == "succeeded")

    answer = site.post(f"/api/runs/{run}/cancel")
    asked = time.monotonic()
    wait(lambda: provider.stats()["open"] == 0, seconds=1)

    assert answer.status_code == 202
    assert answer.json()["status"] == "cancelling"
    ended = site.result(run, timeout=2)
    assert time.monotonic() - asked < patient(2)
    assert ended["status"] == "partial"
    assert [t["status"] for t in ended["topics"]] == ["succeeded"] + ["cancelled"] * 20
    assert ended["topics"][0]["result"].startswith("- quick one")
    assert provider.stats()["requests"] == 21
    kinds = [event["kind"] for event in events_of(site, run)]
    assert kinds.count("run.cancelling") == 1
    assert kinds.count("topic.cancelled") == 20
    assert kinds[-1] == "run.finished"


def test_one_topic_is_cancelled_and_the_other_goes_on(
    site: Site, provider: ScriptedProvider
) -> None:
    provider.script({"match": "long", "latency": LONG}, latency=1.0)
    run = site.submit("long", "short")["id"]
    wait(lambda: provider.stats()["open"] == 2)
    assert site.post(f"/api/runs/{run}/topics/1/cancel").status_code == 202
    ended = site.result(run)
    assert [topic["status"] for topic in ended["topics"]] == ["cancelled", "succeeded"]


def test_queued_topics_never_start(narrow_site: Site, provider: ScriptedProvider) -> None:
    provider.script(latency=LONG)
    site = narrow_site
    run = site.submit("at work", "in the queue", "in the queue too")["id"]
    wait(lambda: provider.stats()["open"] == 1)
    site.post(f"/api/runs/{run}/cancel")
    assert site.result(run, timeout=3)["status"] == "cancelled"
    assert provider.stats()["requests"] == 1


def test_cancelling_twice_and_after_the_end_changes_nothing(
    site: Site, provider: ScriptedProvider
) -> None:
    provider.script(latency=LONG)
    run = site.submit("one")["id"]
    wait(lambda: provider.stats()["open"] == 1)
    for _ in range(3):
        assert site.post(f"/api/runs/{run}/cancel").status_code == 202
    last = site.result(run)["last_seq"]
    assert site.post(f"/api/runs/{run}/cancel").json()["status"] == "cancelled"
    assert site.get(f"/api/runs/{run}").json()["last_seq"] == last


def test_cancelling_at_the_moment_of_the_finish_ends_each_topic_once(
    site: Site, provider: ScriptedProvider
) -> None:
    for delay in (0.0, 0.05, 0.1, 0.15, 0.2, 0.25):
        provider.script(latency=0.1)
        run = site.submit("one", "two", "three")["id"]
        time.sleep(delay)
        site.post(f"/api/runs/{run}/cancel")
        ended = site.result(run)
        events = events_of(site, run)
        assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
        for topic in ended["topics"]:
            endings = ("topic.succeeded", "topic.cancelled", "topic.failed")
            own = [e for e in events if e["topic"] == topic["position"] and e["kind"] in endings]
            assert len(own) == 1
            assert own[0]["kind"] == f"topic.{topic['status']}"


def test_what_is_not_there_is_not_found(site: Site) -> None:
    run = site.submit("one")["id"]
    assert site.post(f"/api/runs/{run}/topics/7/cancel").status_code == 404
    assert site.post("/api/runs/nonsense/cancel").status_code == 404
    site.result(run)  # leaves no call behind for the next test to count
