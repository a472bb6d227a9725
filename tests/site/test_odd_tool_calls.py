"""Calls of tools as odd servers and models give them: they are run or asked for again."""

import json
from typing import Any

import pytest

from research.crews.definition import Definition
from tests.support.crew import KEY, Told, fate_of
from tests.support.provider import ScriptedProvider

Json = dict[str, Any]

ANSWER = "- Bees dance [1]"
BEES = '{"query": "bees"}'
CALL = '{"name": "search_library", "arguments": {"query": "bees"}}'
WRITER = Definition.model_validate(
    {
        "agents": {"writer": {"role": "Writer", "goal": "g", "backstory": "b"}},
        "tasks": {"text": {"agent": "writer", "description": "{topic}", "expected_output": "text"}},
    }
)


@pytest.fixture(autouse=True)
def scripted(monkeypatch: pytest.MonkeyPatch, provider: ScriptedProvider) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_BASE_URL", provider.url)


def chunk(delta: Json, finish: str | None = None) -> Json:
    return {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}


def fragments(*calls: Json) -> list[Json]:
    return [chunk({"tool_calls": [call]}) for call in calls]


def call(query: str, **more: Any) -> Json:
    arguments = json.dumps({"query": query})
    return {"function": {"name": "search_library", "arguments": arguments}, **more}


def first_then_answer(provider: ScriptedProvider, body: Any) -> None:
    provider.script(fault="raw", times=1, raw={"body": body}, answer=ANSWER)


def queries(told: Told) -> list[str]:
    return sorted(json.loads(begun["input"])["query"] for begun in told.all("tool.started"))


END = [chunk({}, "tool_calls"), "[DONE]"]
TWO: dict[str, list[Any]] = {
    "both with index 0": fragments(call("a", index=0, id="1"), call("b", index=0, id="2")),
    "both with index 0 and no id": fragments(call("a", index=0), call("b", index=0)),
    "without index": fragments(call("a", id="1"), call("b", id="2")),
    "without index and id": fragments(call("a"), call("b")),
    "with one id": fragments(call("a", index=0, id="x"), call("b", index=1, id="x")),
    "in one chunk": [chunk({"tool_calls": [call("a", id="1"), call("b", id="2")]})],
    "in fragments": fragments(
        {"index": 0, "id": "1", "function": {"name": "search_library", "arguments": ""}},
        {"index": 0, "function": {"arguments": '{"query"'}},
        {"index": 0, "function": {"arguments": ': "a"}'}},
        {"index": 1, "id": "2", "function": {"name": "search_library", "arguments": '{"query":'}},
        {"index": 1, "id": "2", "function": {"arguments": ' "b"}'}},
    ),
    "with an id in every fragment": fragments(
        {"index": 0, "id": "1", "function": {"name": "search_library", "arguments": '{"query": '}},
        {"index": 0, "id": "7", "function": {"name": None, "arguments": '"a"}'}},
        call("b", index=1, id="2"),
    ),
    "told once more at the end": fragments(
        call("a", index=0, id="1"), call("b", index=1, id="2"), call("b", index=1, id="2")
    ),
    "arguments as objects": fragments(
        {"id": "1", "function": {"name": "search_library", "arguments": {"query": "a"}}},
        {"id": "2", "function": {"name": "search_library", "arguments": {"query": "b"}}},
    ),
    "text and usage beside them": [
        chunk({"content": "I look.", "tool_calls": [call("a", index=0, id="1")]})
        | {"usage": {"prompt_tokens": 5, "completion_tokens": 5}},
        *fragments(call("b", index=1, id="2")),
    ],
}


@pytest.mark.parametrize("body", TWO.values(), ids=TWO.keys())
async def test_two_calls_are_two(provider: ScriptedProvider, body: list[Any]) -> None:
    first_then_answer(provider, [*body, *END])
    told = Told()
    assert await fate_of("bees", told) == ("succeeded", ANSWER)
    assert queries(told) == ["a", "b"]


WRITTEN = [
    f"<tool_call>\n{CALL}\n</tool_call>",
    f"<think>I look.</think>\n\n<tool_call>{CALL}</tool_call>",
    CALL,
    f"```json\n{CALL}\n```",
    f"[{CALL}]",
    f"[TOOL_CALLS][{CALL}]",
    f"[TOOL_CALLS]search_library[ARGS]{BEES}",
    f"<|python_tag|>{CALL.replace('arguments', 'parameters')}",
    f"<function=search_library>{BEES}</function>",
    "<tool_call>\n<function=search_library>\n<parameter=query>\nbees\n</parameter>\n</function>\n"
    "</tool_call>",
    "<tool_call>search_library\n<arg_key>query</arg_key>\n<arg_value>bees</arg_value></tool_call>",
    '<function_calls><invoke name="search_library"><parameter name="query">bees</parameter>'
    "</invoke></function_calls>",
    "<\uff5ctool\u2581calls\u2581begin\uff5c><\uff5ctool\u2581call\u2581begin\uff5c>function"
    f"<\uff5ctool\u2581sep\uff5c>search_library\n```json\n{BEES}\n```"
    "<\uff5ctool\u2581call\u2581end\uff5c><\uff5ctool\u2581calls\u2581end\uff5c>",
    "<|tool_calls_section_begin|><|tool_call_begin|>functions.search_library:0"
    f"<|tool_call_argument_begin|>{BEES}<|tool_call_end|><|tool_calls_section_end|>",
    f"<|channel|>commentary to=functions.search_library <|constrain|>json<|message|>{BEES}",
    f"Thought: I look.\nAction: search_library\nAction Input: {BEES}\nObservation: none",
    'search_library(query="bees")',
]


@pytest.mark.parametrize("text", WRITTEN)
async def test_a_call_written_as_text_is_run(provider: ScriptedProvider, text: str) -> None:
    first_then_answer(provider, [chunk({"content": text}), chunk({}, "stop"), "[DONE]"])
    told = Told()
    assert await fate_of("bees", told) == ("succeeded", ANSWER)
    assert queries(told) == ["bees"]


UNREADABLE = [
    '<tool_call>{"name": "search_library", "arguments": {"que',
    '<tool_call>{"name": "other_tool", "arguments": {}}</tool_call>',
    f"I look it up.\n\n<tool_call>{CALL}</tool_call>",
    f"I look it up:\n\n```json\n{CALL}\n```",
]


@pytest.mark.parametrize("text", UNREADABLE)
async def test_one_that_cannot_be_run_is_asked_for_again(
    provider: ScriptedProvider, text: str
) -> None:
    first_then_answer(provider, [chunk({"content": text}), chunk({}, "stop"), "[DONE]"])
    told = Told()
    assert await fate_of("bees", told) == ("succeeded", ANSWER)
    assert provider.stats()["requests"] == 2 and told.all("tool.started") == []


async def test_a_model_that_only_writes_calls_has_no_answer(provider: ScriptedProvider) -> None:
    provider.script(answer=f"<tool_call>{CALL}</tool_call>")
    kind, sentence = await fate_of("bees", Told(), definition=WRITER)
    assert (kind, provider.stats()["requests"]) == ("only_tool_calls", 3)
    assert "calls of tools" in sentence


REFUSALS = [
    (404, {"error": {"message": "No endpoints found that support tool use.", "code": 404}}),
    (
        400,
        {
            "object": "error",
            "message": '"auto" tool choice requires --enable-auto-tool-choice and '
            "--tool-call-parser to be set",
            "code": 400,
        },
    ),
    (
        400,
        {
            "error": {
                "message": "Failed to call a function. Please adjust your prompt.",
                "type": "invalid_request_error",
                "code": "tool_use_failed",
                "failed_generation": "<function=search_library>",
            }
        },
    ),
    (400, {"error": {"message": "registry.ollama.ai/library/gemma does not support tools"}}),
    (200, {"error": {"message": "No endpoints found that support tool use.", "code": 404}}),
]


@pytest.mark.parametrize(("status", "body"), REFUSALS)
async def test_tools_that_a_server_refuses_are_called_in_words(
    provider: ScriptedProvider, status: int, body: Json
) -> None:
    action = f"I look.\nAction: search_library\nAction Input: {BEES}\nObservation: made up"
    rule = {"match": "Native tool calling is unavailable", "fault": None, "answer": action}
    result = {
        "match": "Analyze the tool result",
        "fault": None,
        "answer": f"Final Answer: {ANSWER}",
    }
    provider.script(rule, result, fault="raw", raw={"status": status, "body": body})
    told = Told()
    assert await fate_of("bees", told) == ("succeeded", ANSWER)
    assert set(queries(told)) == {"bees"}
    assert [asked["had_tools"] for asked in provider.stats()["recent"]] == [True, False, False]


FULL = [
    "the request exceeds the available context size. try increasing the context size",
    "Trying to keep the first 4321 tokens when context the overflows. However, the model is loaded "
    "with context length of only 4096 tokens, which is not enough.",
    "The number of tokens to keep from the initial prompt is greater than the context length",
    "The input token count (1203456) exceeds the maximum number of tokens allowed (1048576).",
    "prompt is too long: 208310 tokens > 200000 maximum",
    "input length and `max_tokens` exceed context limit: 188240 + 21333 > 200000",
    "Prompt contains 40000 tokens, too large for model with 32768 maximum context length",
    "This model's maximum context length is 8192 tokens. However, you requested 9000 tokens.",
    "Your input exceeds the context window of this model.",
    "Please reduce the length of the messages or completion.",
]


@pytest.mark.parametrize("status", [400, 500, 200])
@pytest.mark.parametrize("words", FULL)
async def test_a_full_context_is_summarised_whoever_says_so(
    provider: ScriptedProvider, words: str, status: int
) -> None:
    raw = {"status": status, "body": {"error": {"message": words, "type": "server"}}}
    provider.script(fault="raw", times=1, raw=raw, answer=ANSWER)
    assert await fate_of("bees", Told()) == ("succeeded", ANSWER)
    assert provider.stats()["requests"] >= 3  # refused, summed up, answered


async def test_reasoning_returns_with_the_tools_results(provider: ScriptedProvider) -> None:
    """DeepSeek refuses the turn without it; Gemini wants its signature back as well."""
    signature = {"google": {"thought_signature": "c2ln"}}
    body = [
        chunk({"reasoning_content": "I "}),
        chunk({"reasoning_content": "look."}),
        *fragments(call("bees", index=0, id="1", extra_content=signature)),
        *END,
    ]
    first_then_answer(provider, body)
    told = Told()
    assert await fate_of("bees", told) == ("succeeded", ANSWER)
    turn = provider.last_request()["messages"][-2]
    assert turn["reasoning_content"] == "I look."
    assert turn["tool_calls"][0]["extra_content"] == signature
    assert told.finished[0].reasoning == "I look."
