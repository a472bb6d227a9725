"""A crew that never ends: its topic's time is up, and it slows nobody."""

from tests.support.provider import ScriptedProvider


def test_a_crew_that_never_ends_is_ended_and_slows_nobody(
    make_site, provider: ScriptedProvider
) -> None:
    provider.script({"match": "endless", "fault": "timeout"})
    site = make_site(RESEARCH_TOPIC_TIMEOUT="5")
    site.result(site.submit("warm up")["id"])
    run = site.result(site.submit("endless", "one", "two")["id"])
    assert [topic["status"] for topic in run["topics"]] == ["failed", "succeeded", "succeeded"]
    assert run["topics"][0]["error"]["kind"] == "topic_timeout"
    assert "RESEARCH_TOPIC_TIMEOUT" in run["topics"][0]["error"]["message"]
    assert run["topics"][1]["finished_at"] < run["topics"][0]["finished_at"]
    assert provider.stats()["open"] == 0  # its request was closed
