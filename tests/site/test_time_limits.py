"""No silent hang: a model call, a tool and a topic end at their limit, with that as the reason."""

import asyncio
import contextlib
import threading
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from research.crews import model_calls as calls
from research.crews.crewai.llms import OpenAICompletion
from research.crews.crewai.tool_limit import ToolTimeout
from research.crews.run import Assignment, build_crew
from research.crews.tools import toolbox as tools
from research.crews.tools.sources import SourceBook
from research.engine.run_topic import OffTheClock
from tests.support.crew import DEFINITION, KEY, Told, fate_of
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
    settings.RESEARCH_CALL_TIMEOUT = 1
    provider.script(fault="timeout", times=1)
    told = Told()
    assert (await fate_of("bees", told))[0] == "succeeded"
    (waiting,) = told.all("llm.waiting")
    assert "then asks again: the model took longer than 1 s" in waiting["note"]


@pytest.fixture
def stuck(monkeypatch: pytest.MonkeyPatch, settings: Any) -> threading.Event:
    """A library whose search does not come back until the event is set."""
    release = threading.Event()

    def search(query: str, limit: int) -> list[Any]:
        release.wait(patient(30))
        return []

    monkeypatch.setattr(tools, "search", search)
    settings.RESEARCH_TOOL_TIMEOUT = 0.5
    return release


@pytest.mark.parametrize("model", ["openai/scripted", "offline"])
async def test_a_tool_ends_at_its_limit(
    provider: ScriptedProvider, stuck: threading.Event, model: str
) -> None:
    provider.script(tools=True)
    told, started = Told(), time.monotonic()

    kind, sentence = await fate_of("bees", told, model)

    assert kind == "tool_timeout"
    assert sentence.startswith("search_library took longer than 0.5 s. Raise RESEARCH_TOOL_TIMEOUT")
    assert time.monotonic() - started < patient(10)
    await late(stuck)
    (begun,), (failed,) = told.all("tool.started"), told.all("tool.failed")
    assert failed["call"] == begun["call"] and 0.5 <= failed["seconds"] < patient(2)
    assert "longer than 0.5 s" in failed["error"]
    assert told.all("tool.finished") == []
    assert provider.stats()["requests"] == (1 if model != "offline" else 0)


async def test_a_tool_that_is_asked_for_in_text_ends_at_its_limit(
    provider: ScriptedProvider, stuck: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(OpenAICompletion, "supports_function_calling", lambda self: False)
    action = 'Thought: I look.\nAction: search_library\nAction Input: {"query": "bees"}'
    provider.script(answer=action)
    told = Told()
    assert (await fate_of("bees", told))[0] == "tool_timeout"
    await late(stuck)
    (begun,), (failed,) = told.all("tool.started"), told.all("tool.failed")
    assert failed["call"] == begun["call"]
    assert told.all("tool.finished") == []


async def test_tools_side_by_side_have_a_limit_each(stuck: threading.Event) -> None:
    """The stock code makes an answer to the model of what a tool beside another raises."""
    built = build_crew(Assignment("bees", DEFINITION, "offline"), SourceBook())
    agent: Any = built.agents[0]
    agent.create_agent_executor(tools=agent.tools, task=built.tasks[0])
    executor = agent.agent_executor
    executor._setup_native_tools()
    executor.state.pending_tool_calls = [
        {"id": topic, "function": {"name": "search_library", "arguments": {"query": topic}}}
        for topic in ("bees", "wasps")
    ]
    with pytest.raises(ToolTimeout, match="search_library took longer"):
        await executor._use_tools(executor.execute_native_tool)
    await late(stuck)


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
