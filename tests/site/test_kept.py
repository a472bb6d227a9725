"""What a run leaves behind: results, outputs, sources, tokens, events without a gap."""

from tests.support.provider import ScriptedProvider
from tests.support.site import Site


def test_a_run_keeps_its_events_in_order_without_gap(
    site: Site, provider: ScriptedProvider
) -> None:
    provider.script(tools=True)
    run = site.submit("python asyncio", "python decorators", "python generators")
    ended = site.result(run["id"])

    answer = site.get(f"/api/runs/{run['id']}/events").json()

    seqs = [event["seq"] for event in answer["events"]]
    assert seqs == list(range(1, len(seqs) + 1))
    assert answer["last_seq"] == ended["last_seq"] == seqs[-1]
    for position in (1, 2, 3):
        kinds = [e["kind"] for e in answer["events"] if e["topic"] == position]
        assert [kind for kind in kinds if kind != "source.found"] == [
            "topic.queued",
            "topic.started",
            "task.started",
            "llm.started",
            "llm.finished",
            "tool.started",
            "tool.finished",
            "llm.started",
            "llm.finished",
            "task.finished",
            "claim.checked",
            "topic.succeeded",
        ]
    assert answer["events"][-1]["kind"] == "run.finished"


def test_events_after_a_seq_are_the_rest(site: Site) -> None:
    run = site.submit("one")
    last = site.result(run["id"])["last_seq"]
    answer = site.get(f"/api/runs/{run['id']}/events?after={last - 2}").json()
    assert [event["seq"] for event in answer["events"]] == [last - 1, last]


def test_tokens_are_the_providers(site: Site, provider: ScriptedProvider) -> None:
    provider.script(tools=True)
    run = site.submit(*(f"python {number}" for number in range(5)), blueprint="deep")

    tokens = site.result(run["id"])["tokens"]

    stats = provider.stats()
    assert tokens["prompt"] == stats["prompt_tokens"] > 0
    assert tokens["completion"] == stats["completion_tokens"] > 0
    assert tokens["total"] == tokens["prompt"] + tokens["completion"]


def test_sources_are_what_the_tools_returned(site: Site, provider: ScriptedProvider) -> None:
    provider.script(tools=True)
    run = site.result(site.submit("asyncio event loop")["id"])
    sources = run["topics"][0]["sources"]
    assert [source["number"] for source in sources] == list(range(1, len(sources) + 1))
    for source in sources:
        assert source["title"]
        assert site.get(source["url"]).status_code == 200
