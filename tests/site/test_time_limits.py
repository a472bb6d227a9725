"""No silent hang: a model call, a tool and a topic end at their limit, with that as the reason."""

import asyncio
import contextlib
import threading
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from research.crews import model_calls as calls
from research.crews.crewai import tool_limit
from research.crews.crewai.llms import OpenAICompletion
from research.crews.tools import toolbox as tools
from research.crews.tools.sources import SourceBook
from research.engine.run_topic import OffTheClock
from tests.support.crew import KEY, Told, fate_of
from tests.support.patience import patient
from tests.support.provider import ScriptedProvider
from tests.support.site import Site


@pytest.fixture(autouse=True)
def scripted(monkeypatch: pytest.MonkeyPatch, provider: ScriptedProvider) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_BASE_URL", provider.url)
    monkeypatch.setattr(calls, "BACKOFF", 0.02)
    monkeypatch.setattr(calls, "JITTER", 0.01)


@pytest.mark.parametrize("fault", ["timeout", "slow"])
async def test_a_call_ends_at_its_limit_and_is_made_once_more(
    provider: ScriptedProvider, settings: Any, fault: str
) -> None:
    settings.RESEARCH_CALL_TIMEOUT = 1.5
    provider.script(fault=fault)
    told, started = Told(), time.monotonic()

    kind, sentence = await fate_of("bees", told)

    assert (kind, provider.stats()["requests"]) == ("call_timeout", 2)
    assert "longer than 1.5 s. Raise RESEARCH_CALL_TIMEOUT" in sentence
    assert "asked 2 times" in sentence
    assert 3 <= time.monotonic() - started < patient(6)
    starts, ends = told.all("llm.started"), told.all("llm.failed")
    assert [end["call"] for end in ends] == [start["call"] for start in starts]
    assert provider.stats()["open"] == 0


async def test_a_call_that_was_late_once_succeeds(
    provider: ScriptedProvider, settings: Any
) -> None:
    settings.RESEARCH_CALL_TIMEOUT = patient(1)
    provider.script(fault="timeout", times=1)
    told = Told()
    assert (await fate_of("bees", told))[0] == "succeeded"
    (waiting,) = told.all("llm.waiting")
    assert f"then asks again: the model took longer than {patient(1):g} s" in waiting["note"]


@pytest.fixture
def stuck(monkeypatch: pytest.MonkeyPatch, settings: Any) -> threading.Event:
    """A library whose search does not come back until the event is set."""
    release = threading.Event()

    def search(query: str, limit: int, **more: Any) -> list[Any]:
        release.wait(patient(30))
        return []

    monkeypatch.setattr(tools, "search", search)
    settings.RESEARCH_TOOL_TIMEOUT = 0.5
    return release


@pytest.mark.parametrize("native", [True, False])
async def test_a_tool_that_takes_too_long_answers_so(
    provider: ScriptedProvider,
    stuck: threading.Event,
    monkeypatch: pytest.MonkeyPatch,
    native: bool,
) -> None:
    """The model hears of it, once, and goes on; the topic does not end."""
    if native:
        provider.script(tools=True)
    else:
        monkeypatch.setattr(OpenAICompletion, "supports_function_calling", lambda self: False)
        action = 'Thought: I look.\nAction: search_library\nAction Input: {"query": "bees"}'
        provider.script({"match": "took longer", "answer": "Final Answer: none"}, answer=action)
    told, started = Told(), time.monotonic()

    kind, _ = await fate_of("bees", told)

    assert kind == "succeeded"
    assert time.monotonic() - started < patient(10)
    await late(stuck)
    (begun,), (failed,) = told.all("tool.started"), told.all("tool.failed")
    assert failed["call"] == begun["call"] and 0.5 <= failed["seconds"] < patient(2)
    assert "search_library took longer than 0.5 s. Raise RESEARCH_TOOL_TIMEOUT" in failed["error"]
    assert told.all("tool.finished") == []
    assert provider.stats()["requests"] == 2


async def test_the_offline_model_does_not_take_it_for_an_empty_library(
    stuck: threading.Event,
) -> None:
    kind, sentence = await fate_of("bees", Told(), "offline")
    await late(stuck)
    assert kind == "library_unavailable"
    assert "search_library took longer than 0.5 s" in sentence


async def test_threads_of_tools_that_do_not_come_back_do_not_pile_up(
    stuck: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tool_limit, "MOST_LEFT_ALONE", 2)
    tool = tools.SearchLibrary(book=SourceBook())
    answers = [await asyncio.to_thread(tool.run, query="bees") for _ in range(4)]
    await late(stuck)
    assert ["took longer" in answer.message for answer in answers] == [True, True, False, False]
    assert "2 uses of tools before it have not come back" in answers[-1].message


async def late(stuck: threading.Event) -> None:
    """Lets abandoned tools come to their ends."""
    stuck.set()
    for thread in threading.enumerate():
        if thread.name.startswith("tool "):
            thread.join(5)


def test_limits_are_read_from_the_environment(make_site: Any, provider: ScriptedProvider) -> None:
    site: Site = make_site(RESEARCH_CALL_TIMEOUT="1s", RESEARCH_TOPIC_TIMEOUT="8")
    provider.script(
        {"match": "late", "fault": "timeout"},
        {"match": "limited", "fault": "429", "retry_after": 50},
    )
    runs = [site.submit("late"), site.submit("limited", model="openai/refusing")]
    late, limited = (site.result(run["id"])["topics"][0] for run in runs)
    assert late["error"]["kind"] == "call_timeout"
    assert limited["error"]["kind"] == "topic_timeout"
    assert "RESEARCH_TOPIC_TIMEOUT" in limited["error"]["message"]


class SlowGate:
    """Lets a call through after that many seconds."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    @contextlib.asynccontextmanager
    async def admit(self, tokens: int) -> AsyncIterator[None]:
        await asyncio.sleep(self._seconds)
        yield


async def test_waiting_for_a_turn_takes_no_time_from_the_topic() -> None:
    seconds = patient(0.3)
    async with asyncio.timeout(seconds) as limit:
        async with OffTheClock(limit, SlowGate(2 * seconds)).admit(1):
            pass
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(seconds) as limit, OffTheClock(limit, SlowGate(0.1)).admit(1):
            await asyncio.sleep(2 * seconds)
