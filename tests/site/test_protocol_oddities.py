"""Odd answers, in each provider's own protocol: cut, refused, empty, thought only, not counted."""

from typing import Any

import pytest

from research.crews import model_calls as calls
from tests.support.crew import Told, fate_of
from tests.support.protocols import MODELS
from tests.support.provider import ScriptedProvider
from tests.support.site import asking

CUT = {
    "openai": "length",
    "ollama": "length",
    "anthropic": "max_tokens",
    "gemini": "MAX_TOKENS",
}
REFUSED = {
    "openai": "content_filter",
    "anthropic": "refusal",
    "gemini": "SAFETY",
}
TOO_LONG = {
    "openai": "This model's maximum context length is 8192 tokens.",
    "ollama": "the input length exceeds the context length",
    "anthropic": "prompt is too long: 205123 tokens > 200000 maximum",
    "gemini": "The input token count (1200000) exceeds the maximum number of tokens allowed.",
}
THOUGHT = "The question is about bees."

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def scripted(monkeypatch: pytest.MonkeyPatch, provider: ScriptedProvider) -> None:
    for name, value in asking(provider.url).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(calls, "BACKOFF", 0.02)
    monkeypatch.setattr(calls, "JITTER", 0.01)


@pytest.mark.parametrize("name", CUT)
async def test_a_cut_answer_goes_on_and_is_marked_if_it_never_ends(
    provider: ScriptedProvider, name: str
) -> None:
    provider.script(finish=CUT[name], answer="Bees dance to")
    told = Told()
    kind, text = await fate_of("bees", told, MODELS[name])
    assert (kind, provider.stats()["requests"]) == ("succeeded", 2)
    assert text.startswith("Bees dance to")
    assert [task.is_incomplete for task in told.finished] == [True]


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("answer", ["I cannot help with that.", ""])
async def test_a_refused_answer_fails_with_a_reason(
    provider: ScriptedProvider, name: str, answer: str
) -> None:
    provider.script(finish=REFUSED[name], answer=answer)
    kind, sentence = await fate_of("bees", Told(), MODELS[name])
    assert (kind, provider.stats()["requests"]) == ("answer_refused", 1)
    assert REFUSED[name] in sentence or (answer and answer in sentence)


async def test_gemini_says_why_it_blocks_a_prompt(provider: ScriptedProvider) -> None:
    feedback = {"blockReason": "PROHIBITED_CONTENT", "blockReasonMessage": "Not about bees."}
    body = [{"promptFeedback": feedback, "usageMetadata": {"promptTokenCount": 7}}]
    provider.script(fault="raw", raw={"body": body})
    told = Told()
    kind, sentence = await fate_of("bees", told, MODELS["gemini"])
    assert (kind, provider.stats()["requests"]) == ("answer_refused", 1)
    assert "Not about bees." in sentence
    assert told.tokens == [(7, 0, False)]


async def test_geminis_malformed_call_is_asked_for_again(provider: ScriptedProvider) -> None:
    candidate = {"finishReason": "MALFORMED_FUNCTION_CALL", "finishMessage": "print(search("}
    provider.script(fault="raw", times=1, raw={"body": [{"candidates": [candidate]}]})
    kind, text = await fate_of("bees", Told(), MODELS["gemini"])
    assert (kind, provider.stats()["requests"]) == ("succeeded", 2), text


async def test_gemini_says_how_long_to_wait(provider: ScriptedProvider) -> None:
    details = [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "0.7s"}]
    error = {"code": 429, "message": "Slow down.", "status": "RESOURCE_EXHAUSTED"}
    body = {"error": error | {"details": details}}
    provider.script(fault="raw", times=1, raw={"status": 429, "body": body})
    kind, _ = await fate_of("bees", Told(), MODELS["gemini"])
    first, second = (call["time"] for call in provider.stats()["recent"])
    assert kind == "succeeded" and 0.7 <= second - first < 5


def refused_by_gemini(status: int, message: str, **details: Any) -> dict[str, Any]:
    error = {"code": status, "message": message, "status": "UNKNOWN", "details": [details]}
    return {"status": status, "body": {"error": error}}


def refused_by_anthropic(status: int, kind: str, message: str) -> dict[str, Any]:
    return {
        "status": status,
        "body": {"type": "error", "error": {"type": kind, "message": message}},
    }


@pytest.mark.parametrize(
    ("name", "raw", "kind"),
    [
        (
            "gemini",
            refused_by_gemini(400, "API key not valid.", reason="API_KEY_INVALID"),
            "authentication",
        ),
        (
            "gemini",
            refused_by_gemini(429, "Quota.", violations=[{"quotaId": "GenerateRequestsPerDay"}]),
            "quota",
        ),
        (
            "anthropic",
            refused_by_anthropic(400, "invalid_request_error", "Your credit balance is too low."),
            "quota",
        ),
        ("anthropic", refused_by_anthropic(404, "not_found_error", "model: x"), "unknown_model"),
    ],
)
async def test_what_a_status_means_is_in_the_words(
    provider: ScriptedProvider, name: str, raw: dict[str, Any], kind: str
) -> None:
    provider.script(fault="raw", raw=raw)
    ended, sentence = await fate_of("bees", Told(), MODELS[name])
    assert (ended, provider.stats()["requests"]) == (kind, 1), sentence


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("thinking", ["", THOUGHT])
async def test_an_empty_answer_is_asked_for_once_more(
    provider: ScriptedProvider, name: str, thinking: str
) -> None:
    provider.script(fault="empty", thinking=thinking)
    kind, _ = await fate_of("bees", Told(), MODELS[name])
    assert (kind, provider.stats()["requests"]) == ("empty_answer", 2)


@pytest.mark.parametrize("name", MODELS)
async def test_white_space_is_not_an_answer(provider: ScriptedProvider, name: str) -> None:
    provider.script(answer=" \n ")
    kind, _ = await fate_of("bees", Told(), MODELS[name])
    assert (kind, provider.stats()["requests"]) == ("empty_answer", 2)


@pytest.mark.parametrize("name", MODELS)
async def test_thoughts_are_kept_apart(provider: ScriptedProvider, name: str) -> None:
    provider.script(thinking=THOUGHT)
    told = Told()
    kind, text = await fate_of("bees", told, MODELS[name])
    assert kind == "succeeded" and THOUGHT not in text
    assert [task.reasoning for task in told.finished] == [THOUGHT]


@pytest.mark.parametrize("name", MODELS)
async def test_thoughts_among_the_text_are_kept_apart_too(
    provider: ScriptedProvider, name: str
) -> None:
    provider.script(answer=f"<think>{THOUGHT}</think>\nBees dance.")
    told = Told()
    assert await fate_of("bees", told, MODELS[name]) == ("succeeded", "Bees dance.")
    assert [task.reasoning for task in told.finished] == [THOUGHT]


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("stream", [True, False])
async def test_tokens_that_are_not_told_are_estimated(
    provider: ScriptedProvider, name: str, stream: bool
) -> None:
    provider.script(usage="missing", ignores_stream=not stream)
    told = Told()
    kind, text = await fate_of("bees", told, MODELS[name])
    assert kind == "succeeded"
    ((prompt, completion, is_estimated),) = told.tokens
    assert is_estimated and prompt > 40 and len(text) / 6 < completion < len(text) / 2


@pytest.mark.parametrize("name", MODELS)
async def test_tokens_told_as_texts_are_read(provider: ScriptedProvider, name: str) -> None:
    usage = {
        "anthropic": {"input_tokens": "12", "output_tokens": "3"},
        "gemini": {"promptTokenCount": "12", "candidatesTokenCount": 3.0},
    }.get(name, {"prompt_tokens": "12", "completion_tokens": 3.0})
    provider.script(usage=usage)
    told = Told()
    kind, _ = await fate_of("bees", told, MODELS[name])
    assert (kind, told.tokens) == ("succeeded", [(12, 3, False)])


@pytest.mark.parametrize("name", TOO_LONG)
async def test_a_conversation_too_long_is_summarised(provider: ScriptedProvider, name: str) -> None:
    provider.script(fault="400", words=TOO_LONG[name], times=1, answer="<summary>Bees.</summary>")
    kind, text = await fate_of("bees", Told(), MODELS[name])
    assert kind == "succeeded", text
    assert provider.stats()["requests"] >= 3


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("ollama", "registry.ollama.ai/library/gemma2:2b does not support tools"),
        ("gemini", "Function calling is not enabled for this model"),
    ],
)
async def test_a_model_that_takes_no_tools_is_told_of_them_in_words(
    provider: ScriptedProvider, name: str, words: str
) -> None:
    provider.script(fault="400", words=words, times=1, answer="Bees dance.")
    assert await fate_of("bees", Told(), MODELS[name]) == ("succeeded", "Bees dance.")
    assert [call["had_tools"] for call in provider.stats()["recent"]] == [True, False]
