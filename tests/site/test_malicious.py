"""A model that answers with anything: the site stays quick, its rows small, and its pages text."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from research.text.cleaning import MAX_FIELD, MAX_TEXT, UNPRINTABLE
from tests.support.patience import patient
from tests.support.provider import ScriptedProvider
from tests.support.site import ENDED, Site
from tests.support.waiting import events_of

MEGABYTE = 1024 * 1024
NESTED = 10_000
CONTROLS = "a\x00b\x07c\x1b[31md\x7fe\x9bf\ud800g\u202eh\u2066i"
HUGE = "All work and no play. " * (10 * MEGABYTE // 22)
NOTE = 300  # characters that a remark on a cut may add


def search(arguments: Any) -> dict[str, Any]:
    return {"name": "search_library", "arguments": arguments}


ANSWERS: dict[str, dict[str, Any]] = {
    "10 MB": {"answer": HUGE, "chunks": 2000},
    "10 MB in one piece": {"answer": HUGE, "ignores_stream": True},
    "10 MB in one word": {"answer": "x" * 10 * MEGABYTE, "chunks": 100},
    "lists in lists": {"answer": "- " * NESTED},
    "quotes in quotes": {"answer": "> " * NESTED + "deep"},
    "brackets": {"answer": "[" * NESTED + "a" + "](b)" * NESTED},
    "indented lists": {"answer": "\n".join(" " * (2 * n) + "- a" for n in range(400))},
    "emphasis": {"answer": "*a **b " * NESTED},
    "backticks": {"answer": " ".join("`" * n for n in range(400))},
    "a table without end": {"answer": "|" * NESTED + "\n" + "|-" * NESTED + "\n" + "|a" * NESTED},
    "control characters": {"answer": CONTROLS * 10},
    "control characters in one piece": {"answer": CONTROLS * 10, "ignores_stream": True},
    "scripts": {"answer": "<script>alert(1)</script><img src=x onerror=alert(1)> [a](data:x,y)"},
}
CALLS: dict[str, Any] = {
    "a tool that is not there": {"name": "run_shell", "arguments": {"command": "id"}},
    "a name of control characters": {"name": CONTROLS, "arguments": {}},
    "a name of 1 MB": {"name": "x" * MEGABYTE, "arguments": {}},
    "no arguments": search({}),
    "a number for a text": search({"query": 5}),
    "a list for arguments": search([1, 2]),
    "a text for arguments": search('"python"'),
    "null for arguments": search("null"),
    "arguments that are no JSON": search("{query: 1"),
    "arguments 10,000 deep": search('{"query": ' + "[" * NESTED + "]" * NESTED + "}"),
    "arguments of 10 MB": search({"query": HUGE}),
    "control characters in arguments": search({"query": CONTROLS}),
    "more than the tool takes": search({"query": "python", "also": {"a": [1, None]}}),
    "a source that is none": {"name": "read_source", "arguments": {"source": -1}},
    "a start beyond all": {"name": "read_source", "arguments": {"source": 1, "start": 10**30}},
    "1,000 calls at once": [search({"query": f"python {n}"}) for n in range(1000)],
}


def texts(value: Any) -> Iterator[str]:
    """All texts in a JSON value, keys too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, held in value.items():
            yield key
            yield from texts(held)
    elif isinstance(value, list):
        for held in value:
            yield from texts(held)


def slowest_answer(site: Site, run_id: str, seconds: float = 60) -> float:
    """Of `/healthz` until the run has ended."""
    slowest = 0.0
    deadline = time.monotonic() + patient(seconds)
    while site.get(f"/api/runs/{run_id}").json()["status"] not in ENDED:
        assert time.monotonic() < deadline, site.log[-2000:]
        began = time.monotonic()
        site.get("/healthz").raise_for_status()
        slowest = max(slowest, time.monotonic() - began)
        time.sleep(0.02)
    return slowest


def check(site: Site, run_id: str) -> dict[str, Any]:
    """Waits for the run's end and looks at everything that it left; returns its one topic."""
    assert slowest_answer(site, run_id) < patient(1)
    run = site.get(f"/api/runs/{run_id}").json()
    (topic,) = run["topics"]
    if topic["status"] != "succeeded":
        assert topic["error"]["kind"] and topic["error"]["message"]
    assert len(topic["result"] or "") <= MAX_TEXT + NOTE
    events = events_of(site, run_id)
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert max(len(text) for text in texts(events)) <= MAX_FIELD + NOTE
    assert max(len(json.dumps(event)) for event in events) <= 4 * MAX_FIELD
    for text in texts([run, events]):
        assert not UNPRINTABLE.search(text), ascii(text[:200])
    began = time.monotonic()
    page = site.get(f"/runs/{run_id}/")
    assert page.status_code == 200 and time.monotonic() - began < patient(5)
    assert "<script>alert" not in page.text and "onerror=alert(1)>" not in page.text
    assert "Traceback" not in site.log
    return dict(topic)


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS.keys())
def test_any_answer_is_shown_cut_or_refused(
    site: Site, provider: ScriptedProvider, answer: dict[str, Any]
) -> None:
    provider.script(**answer)
    topic = check(site, site.submit("a topic")["id"])
    assert topic["status"] == "succeeded"
    assert topic["tokens"]["completion"] == provider.stats()["completion_tokens"]
    if len(answer["answer"]) > MAX_TEXT:
        assert "Cut here" in topic["result"][-NOTE:]


@pytest.mark.parametrize("calls", CALLS.values(), ids=CALLS.keys())
def test_any_tool_call_is_made_told_or_refused(
    site: Site, provider: ScriptedProvider, calls: Any
) -> None:
    provider.script(tool_calls=[calls])
    check(site, site.submit("a topic")["id"])
    assert provider.stats()["requests"] <= 2


def test_a_model_that_never_stops_calling_tools_is_stopped(
    site: Site, provider: ScriptedProvider
) -> None:
    provider.script(tool_calls=[search({"query": f"python {n}"}) for n in range(500)])
    check(site, site.submit("a topic")["id"])
    assert provider.stats()["requests"] <= 26  # the most that a blueprint may allow, and one more
