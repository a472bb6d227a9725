"""One topic's failure is its own."""

from tests.support.provider import ScriptedProvider
from tests.support.site import Site


def test_a_failing_topic_leaves_the_others_alone(site: Site, provider: ScriptedProvider) -> None:
    provider.script({"match": "doomed", "fault": "401"})

    answer = site.post("/research", {"topics": ["fine", "doomed", "also fine"]}).json()

    assert set(answer["results"]) == {"fine", "also fine"}
    assert "refused the key" in answer["errors"]["doomed"]
    run = site.get(f"/api/runs/{answer['run']}").json()
    assert run["status"] == "partial"
    assert run["topics"][1]["error"]["kind"] == "authentication"
    assert run["topics"][1]["result"] is None


def test_a_run_of_failures_has_failed(site: Site, provider: ScriptedProvider) -> None:
    provider.script(fault="404")
    run = site.submit("one", "two")
    assert site.result(run["id"])["status"] == "failed"
