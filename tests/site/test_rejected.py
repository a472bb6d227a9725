"""A rejected topic, retried: its crew starts anew and is told the note; others are left alone."""

from tests.support.provider import ScriptedProvider
from tests.support.site import Site
from tests.support.waiting import events_of

NOTE = "A reviewer rejected the last result: Say more on queens."


def test_the_note_reaches_a_crew_that_starts_anew(site: Site, provider: ScriptedProvider) -> None:
    run = site.result(site.submit("bees", "wasps", blueprint="deep")["id"])
    first = run["topics"][0]["result"]
    asked = provider.stats()["requests"]
    provider.reset()
    provider.script({"match": NOTE, "answer": "On queens, at last [9]."})
    topic = f"/api/runs/{run['id']}/topics/1"

    site.post(f"{topic}/review", {"state": "rejected", "note": "Say more on queens."})
    site.post(f"{topic}/retry").raise_for_status()

    ended = site.result(run["id"])
    assert [t["attempt"] for t in ended["topics"]] == [2, 1]
    assert ended["topics"][0]["result"] == "On queens, at last [9]." != first
    assert ended["topics"][0]["unknown_citations"] == 1
    assert ended["topics"][0]["review"]["state"] == "unreviewed"
    assert provider.stats()["requests"] == asked / 2  # as many as at first: no task is reused
    own = [e for e in events_of(site, run["id"]) if e["kind"].startswith("topic.r")]
    assert [(e["kind"], e["data"].get("note")) for e in own] == [
        ("topic.reviewed", "Say more on queens."),
        ("topic.retried", "Say more on queens."),
    ]
