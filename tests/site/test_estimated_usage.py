"""Providers that do not say how many tokens they used: what is spent is estimated, and limited."""

import json
from typing import Any

import pytest

from tests.support.provider import ScriptedProvider
from tests.support.site import Site


@pytest.mark.parametrize("usage", ["missing", "null", '{"prompt_tokens": 0}'])
def test_a_budget_holds_all_the_same(site: Site, provider: ScriptedProvider, usage: str) -> None:
    provider.script(usage=usage, answer="- Bees dance")
    topics = [f"bees {number}" for number in range(6)]
    run = site.result(site.submit(*topics, budget={"tokens": 50})["id"])
    states = [topic["status"] for topic in run["topics"]]
    assert "failed" in states and run["status"] != "succeeded"
    assert {t["error"]["kind"] for t in run["topics"] if t["error"]} == {"budget_spent"}
    assert run["tokens"]["total"] > 50 and run["tokens_estimated"] is True
    for topic in run["topics"]:
        assert topic["tokens_estimated"] is (topic["tokens"]["total"] > 0)
    assert "about" in site.get(f"/runs/{run['id']}/").text


def test_what_is_told_is_not_marked(site: Site, provider: ScriptedProvider) -> None:
    provider.script(answer="- Bees dance")
    run = site.result(site.submit("bees")["id"])
    assert run["tokens"]["total"] == provider.stats()["prompt_tokens"] + 3
    assert run["tokens_estimated"] is False


def test_reasoning_and_cut_answers_are_shown_and_kept(
    site: Site, provider: ScriptedProvider
) -> None:
    chunks: list[Any] = [
        {"choices": [{"index": 0, "delta": {"content": text}}]}
        for text in ("<think>So [7]</think>", "- Bees dance")
    ]
    cut = {"choices": [{"index": 0, "delta": {}, "finish_reason": "length"}]}
    provider.script(fault="raw", raw={"body": [*chunks, cut, "[DONE]"]})
    run = site.result(site.submit("bees")["id"])
    (topic,) = run["topics"]
    assert (topic["status"], topic["result"]) == ("succeeded", "- Bees dance")
    assert topic["incomplete"] is True
    page = site.get(f"/runs/{run['id']}/1/").text
    assert 'id="topic-1-incomplete"' in page and "So [7]" in page
    assert page.index("topic-1-result") < page.index("topic-1-reasoning")
    assert "[7]" not in json.dumps(run)
