"""Results that no reader expects end as topics that succeeded, and say what was not checked."""

import pytest

from tests.support.provider import ScriptedProvider
from tests.support.site import Site

SENTENCE = "The event loop runs tasks [1]. "
RESULTS = {
    "ten megabytes": SENTENCE * (10_000_000 // len(SENTENCE)),
    "a sentence of 100,000 characters": f"{'the event loop runs ' * 5_000}[1].",
    "5,000 citations": f"The event loop runs tasks {'[1]' * 5_000}.",
    "sources that nobody saw": "The event loop runs tasks [77].",
    "5,000 numbers in one bracket": f"The event loop runs tasks [{', '.join(['1'] * 5_000)}].",
    "mixed directions": "حلقة الأحداث تشغل المهام [1]. \u202eevent loop\u202c [1]. 事件[1]。",
}


@pytest.mark.parametrize("answer", RESULTS.values(), ids=RESULTS.keys())
def test_it_is_no_error_of_the_topic(site: Site, provider: ScriptedProvider, answer: str) -> None:
    provider.script(tools=True, answer=answer)
    run = site.submit("asyncio event loop")
    site.result(run["id"])
    topic = site.get(f"/api/runs/{run['id']}/topics/1").json()
    assert topic["status"] == "succeeded" and topic["error"] is None
    claims = topic["claims"]
    assert 1 <= len(claims) == topic["checked"]["claims"] <= 1_001
    assert all(topic["result"][c["start"] : c["end"]].startswith(c["text"]) for c in claims)
    if len(topic["result"]) > 4_000:
        assert claims[-1]["reason"].startswith("Not checked: ") or len(claims) == 1
