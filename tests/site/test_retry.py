"""Retry: the failed and cancelled topics only; finished tasks are not run again."""

from tests.support.provider import ScriptedProvider
from tests.support.site import Site
from tests.support.waiting import events_of, wait


def test_only_what_failed_is_tried_again(site: Site, provider: ScriptedProvider) -> None:
    provider.script({"match": "doomed", "fault": "401"})
    run = site.result(site.submit("fine", "doomed")["id"])
    assert run["status"] == "partial"
    provider.reset()

    answer = site.post(f"/api/runs/{run['id']}/retry")

    assert answer.status_code == 202
    ended = site.result(run["id"])
    assert ended["status"] == "succeeded"
    assert [topic["attempt"] for topic in ended["topics"]] == [1, 2]
    assert ended["topics"][1]["error"] is None
    assert provider.stats()["requests"] == 1
    own = [e for e in events_of(site, run["id"]) if e["topic"] == 2]
    kinds = [event["kind"] for event in own if event["kind"].startswith("topic.")]
    assert kinds == [
        "topic.queued",
        "topic.started",
        "topic.failed",
        "topic.retried",
        "topic.started",
        "topic.succeeded",
    ]


def test_finished_tasks_of_a_failed_attempt_are_kept(
    site: Site, provider: ScriptedProvider
) -> None:
    """The third task of `deep` fails; its retry asks the model once, for that task."""
    provider.script({"match": "Write a report", "fault": "401"})
    run = site.result(site.submit("a topic", blueprint="deep")["id"])
    assert run["status"] == "failed"
    asked = provider.stats()["requests"]
    provider.reset()

    site.post(f"/api/runs/{run['id']}/topics/1/retry")

    ended = site.result(run["id"])
    assert ended["status"] == "succeeded"
    assert asked == 3
    assert provider.stats()["requests"] == 1


def test_a_cancelled_topic_can_be_tried_again(site: Site, provider: ScriptedProvider) -> None:
    provider.script(latency=30.0)
    run = site.submit("one")["id"]
    wait(lambda: provider.stats()["open"] == 1)
    site.post(f"/api/runs/{run}/cancel")
    assert site.result(run)["status"] == "cancelled"
    provider.reset()
    site.post(f"/api/runs/{run}/retry")
    assert site.result(run)["status"] == "succeeded"


def test_what_succeeded_is_not_tried_again(site: Site, provider: ScriptedProvider) -> None:
    run = site.result(site.submit("one")["id"])
    assert site.post(f"/api/runs/{run['id']}/retry").json()["status"] == "succeeded"
    assert provider.stats()["requests"] == 1
