"""Crews asked in each provider's own protocol: what works and fails in one does so in all."""

import asyncio
import json
import time
from typing import Any

import pytest

from research.crews import model_calls as calls
from tests.support.crew import KEY, Told, fate_of
from tests.support.protocols import MODELS
from tests.support.provider import ScriptedProvider
from tests.support.site import asking
from tests.support.waiting import wait

SEARCH = {"name": "search_library", "arguments": {"query": "bees"}}
OTHER_SEARCH = {"name": "search_library", "arguments": {"query": "wasps"}}
THOUGHT = "The question is about bees."

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def scripted(monkeypatch: pytest.MonkeyPatch, provider: ScriptedProvider) -> None:
    for name, value in asking(provider.url).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(calls, "BACKOFF", 0.02)
    monkeypatch.setattr(calls, "JITTER", 0.01)


@pytest.fixture(params=MODELS)
def model(request: pytest.FixtureRequest) -> str:
    return MODELS[request.param]


async def test_an_answer_comes_with_its_tokens(provider: ScriptedProvider, model: str) -> None:
    told = Told()
    kind, text = await fate_of("bees", told, model)
    assert kind == "succeeded" and text.count("bees") == 3
    (finished,) = told.all("llm.finished")
    stats = provider.stats()
    counted = {"prompt": stats["prompt_tokens"], "completion": stats["completion_tokens"]}
    assert finished["tokens"] == counted
    assert stats["recent"][0]["stream"] is True


@pytest.mark.parametrize("thinking", ["", THOUGHT])
async def test_tools_are_called_and_their_results_come_back(
    provider: ScriptedProvider, model: str, thinking: str
) -> None:
    provider.script(tool_calls=[SEARCH, [SEARCH, OTHER_SEARCH]], thinking=thinking)
    told = Told()
    kind, text = await fate_of("bees", told, model)
    assert kind == "succeeded", text
    queries = [json.loads(use["input"])["query"] for use in told.all("tool.started")]
    assert sorted(queries) == ["bees", "bees", "wasps"]
    assert told.all("tool.failed") == []
    assert provider.stats()["requests"] == 3
    assert THOUGHT not in text


@pytest.mark.parametrize("model", [MODELS["openai"], MODELS["ollama"], MODELS["anthropic"]])
async def test_arguments_that_are_not_json_are_told_to_the_model(
    provider: ScriptedProvider, model: str
) -> None:
    provider.script(tool_calls=[{"name": "search_library", "arguments": '{"query": "be'}])
    told = Told()
    kind, text = await fate_of("bees", told, model)
    assert kind == "succeeded", text
    assert provider.stats()["requests"] == 2


WILL_NOT_PASS = [
    ("401", "authentication", 1),
    ("402", "quota", 1),
    ("403", "permission", 1),
    ("404", "unknown_model", 1),
    ("413", "too_large", 2),  # the second asks for a summary
]


@pytest.mark.parametrize(("fault", "kind", "requests"), WILL_NOT_PASS)
async def test_an_error_that_will_not_pass_is_told_in_the_providers_words(
    provider: ScriptedProvider, model: str, fault: str, kind: str, requests: int
) -> None:
    provider.script(fault=fault, words="No {model} for {key} today.")
    ended, sentence = await fate_of("bees", Told(), model)
    assert (ended, provider.stats()["requests"]) == (kind, requests), sentence
    assert "No " in sentence and " today" in sentence and KEY not in sentence


@pytest.mark.parametrize("told_in", ["body", "stream"])
@pytest.mark.parametrize(("fault", "kind", "requests"), WILL_NOT_PASS)
async def test_one_whose_status_is_in_its_words_is_the_same(
    provider: ScriptedProvider, model: str, fault: str, kind: str, requests: int, told_in: str
) -> None:
    if model == MODELS["ollama"]:  # which tells no status there
        kind, requests = "provider_error", 4
    provider.script(fault=fault, words="No {model} for {key} today.", told=told_in)
    ended, sentence = await fate_of("bees", Told(), model)
    assert (ended, provider.stats()["requests"]) == (kind, requests), sentence
    assert "No " in sentence and " today" in sentence and KEY not in sentence


@pytest.mark.parametrize("told_in", ["status", "body", "stream"])
@pytest.mark.parametrize("fault", ["429", "500", "503", "529"])
async def test_an_error_that_may_pass_is_asked_again(
    provider: ScriptedProvider, model: str, fault: str, told_in: str
) -> None:
    provider.script(fault=fault, told=told_in, times=2)
    told = Told()
    kind, text = await fate_of("bees", told, model)
    assert (kind, provider.stats()["requests"]) == ("succeeded", 3), text
    assert text.count("bees") == 3  # and nothing of what came before the error
    assert len(told.all("llm.waiting")) == 2


@pytest.mark.parametrize(
    ("fault", "kind", "requests"),
    [
        ("html", "not_a_completion", 1),
        ("bad_json", "bad_answer", 1),
        ("disconnect", "broken_connection", 4),
        ("disconnect_midstream", "broken_connection", 4),
    ],
)
async def test_what_is_not_an_answer_is_not_taken_for_one(
    provider: ScriptedProvider, model: str, fault: str, kind: str, requests: int
) -> None:
    provider.script(fault=fault)
    ended, sentence = await fate_of("bees", Told(), model)
    assert (ended, provider.stats()["requests"]) == (kind, requests), sentence


async def test_a_server_that_ignores_stream_is_read_all_the_same(
    provider: ScriptedProvider, model: str
) -> None:
    provider.script(ignores_stream=True, tool_calls=[SEARCH], thinking=THOUGHT)
    told = Told()
    kind, text = await fate_of("bees", told, model)
    assert kind == "succeeded" and text.count("bees") == 3
    assert provider.stats()["requests"] == 2
    assert all(call["tokens"]["prompt"] > 0 for call in told.all("llm.finished"))


async def test_retry_after_is_waited_for(provider: ScriptedProvider, model: str) -> None:
    provider.script(fault="429", times=1, retry_after=0.7)
    kind, _ = await fate_of("bees", Told(), model)
    first, second = (call["time"] for call in provider.stats()["recent"])
    assert kind == "succeeded" and 0.7 <= second - first < 3


@pytest.mark.parametrize("behaviour", [{"latency": 30}, {"fault": "slow"}])
async def test_cancelling_closes_the_request(
    provider: ScriptedProvider, model: str, behaviour: dict[str, Any]
) -> None:
    provider.script(**behaviour)
    running = asyncio.create_task(fate_of("bees", Told(), model))
    await asyncio.to_thread(wait, lambda: provider.stats()["open"] == 1)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    cancelled = time.monotonic()
    await asyncio.to_thread(wait, lambda: provider.stats()["cancelled"] == 1)
    assert time.monotonic() - cancelled < 1
    assert provider.stats()["open"] == 0


async def test_a_call_has_a_time_limit(provider: ScriptedProvider, model: str, settings) -> None:
    settings.RESEARCH_CALL_TIMEOUT = 1
    provider.script(fault="timeout")
    kind, _ = await fate_of("bees", Told(), model)
    assert (kind, provider.stats()["requests"]) == ("call_timeout", 2)


@pytest.mark.parametrize(
    ("name", "variable"),
    [("anthropic", "ANTHROPIC_BASE_URL"), ("gemini", "GOOGLE_GEMINI_BASE_URL")],
)
async def test_credentials_in_a_base_url_are_not_told(
    monkeypatch: pytest.MonkeyPatch, name: str, variable: str
) -> None:
    monkeypatch.setenv(variable, "http://somebody:hunter2@127.0.0.1:9/?key=hunter3")
    told = Told()
    kind, sentence = await fate_of("bees", told, MODELS[name])
    assert kind == "unreachable" and "127.0.0.1:9" in sentence
    assert "hunter" not in f"{sentence} {told.events}"


@pytest.mark.parametrize("name", ["openai", "anthropic", "gemini"])
async def test_credentials_in_a_base_url_are_sent(
    monkeypatch: pytest.MonkeyPatch, provider: ScriptedProvider, name: str
) -> None:
    for variable, value in asking(provider.url.replace("://", "://somebody:hunter2@")).items():
        monkeypatch.setenv(variable, value)
    kind, text = await fate_of("bees", Told(), MODELS[name])
    assert (kind, provider.stats()["requests"]) == ("succeeded", 1), text
