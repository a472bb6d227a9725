"""Answers as odd servers and models give them, over real HTTP: nothing is cut, lost or misread."""

from typing import Any

import pytest

from research.crews.definition import Definition
from tests.support.crew import DEFINITION, KEY, Told, fate_of
from tests.support.provider import ScriptedProvider

Json = dict[str, Any]

ANSWER = "- Bees dance [1]"
WRITER = Definition.model_validate(
    {
        "agents": {"writer": {"role": "Writer", "goal": "g", "backstory": "b"}},
        "tasks": {"text": {"agent": "writer", "description": "{topic}", "expected_output": "text"}},
    }
)
THOUGHT = {"type": "thinking", "thinking": [{"type": "text", "text": "So [7]"}]}
USAGE = {"prompt_tokens": 40, "completion_tokens": 7, "total_tokens": 47}


@pytest.fixture(autouse=True)
def scripted(monkeypatch: pytest.MonkeyPatch, provider: ScriptedProvider) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_BASE_URL", provider.url)


def chunk(delta: Any = None, finish: Any = None, **more: Any) -> Json:
    return {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}], **more}


def text(*pieces: str) -> list[Json]:
    return [chunk({"content": piece}) for piece in pieces]


STOP = chunk({}, "stop")
DONE = "[DONE]"


async def told_of(
    provider: ScriptedProvider, body: Any, definition: Definition = WRITER, **raw: Any
) -> tuple[tuple[str, str], Told]:
    """What becomes of a crew whose model answers with this body."""
    provider.script(fault="raw", raw={"body": body, **raw})
    told = Told()
    return await fate_of("bees", told, definition=definition), told


SAME_ANSWER: dict[str, list[Any]] = {
    "plain": [*text("- Bees ", "dance [1]"), STOP, DONE],
    "usage beside text": [chunk({"content": ANSWER}, usage=USAGE), STOP, DONE],
    "usage in every chunk": [
        *(chunk({"content": piece}, usage=USAGE) for piece in ("- Bees ", "dance [1]")),
        chunk({}, "stop", usage=USAGE),
        DONE,
    ],
    "usage in the choice": [
        *text(ANSWER),
        {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop", "usage": USAGE}]},
        DONE,
    ],
    "a choice without delta": [
        {"choices": [{"index": 0, "content_filter_results": {"hate": {"filtered": False}}}]},
        *text(ANSWER),
        STOP,
        DONE,
    ],
    "no choices, null, none at all": [
        {"choices": [], "prompt_filter_results": []},
        {"choices": None},
        {},
        *text(ANSWER),
        STOP,
        DONE,
    ],
    "delta and content are null": [
        chunk(None),
        chunk({"role": "assistant", "content": None}),
        *text(ANSWER),
        STOP,
        DONE,
    ],
    "content in parts": [
        chunk(
            {"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "So [7]"}]}]}
        ),
        chunk({"content": [{"type": "text", "text": "- Bees "}]}),
        chunk({"content": [{"type": "text", "text": "dance [1]"}]}),
        STOP,
        DONE,
    ],
    "several choices": [
        {"choices": [{"index": n, "delta": {"content": ["- Bees ", "no "][n]}} for n in (0, 1)]},
        {"choices": [{"index": 1, "delta": {"content": "no"}}]},
        {"choices": [{"index": 0, "delta": {"content": "dance [1]"}, "finish_reason": "stop"}]},
        DONE,
    ],
    "reasoning in a field": [chunk({"reasoning_content": "So [7]"}), *text(ANSWER), STOP, DONE],
    "reasoning in another": [chunk({"reasoning": "So [7]"}), *text(ANSWER), STOP, DONE],
    "reasoning in marks": [*text("<think>So ", "[7]</th", "ink>\n\n- Bees dance [1]"), STOP, DONE],
    "reasoning without the first mark": [*text("So [7]\n</think>\n\n", ANSWER), STOP, DONE],
    "reasoning in other marks": [*text("<thinking>So [7]</thinking>", ANSWER), STOP, DONE],
    "a fence around it": [*text("```markdown\n", ANSWER, "\n```"), STOP, DONE],
    "a label before it": [*text("Thought: I now can give a great answer\nFinal Answer: ", ANSWER)],
    "a word in capitals": [*text(ANSWER), chunk({}, "STOP"), DONE],
    "an unknown word": [*text(ANSWER), chunk({}, "eot_id"), DONE],
    "no end but the mark": [*text(ANSWER), DONE],
    "no mark but the end": [*text(ANSWER), STOP],
}


@pytest.mark.parametrize("body", SAME_ANSWER.values(), ids=SAME_ANSWER.keys())
async def test_the_answer_is_the_same(provider: ScriptedProvider, body: list[Any]) -> None:
    fate, told = await told_of(provider, body)
    assert fate == ("succeeded", ANSWER)
    (task,) = told.finished
    assert task.reasoning in ("", "So [7]")
    assert ("[7]" in str(body)) == bool(task.reasoning)


PROSE = [
    "# Report\n\nAll is well.\n\nFinal Answer: The report is complete.",
    "It was seen.\n\nObservation: bees dance.\n\nThought: they do.",
    "Action: the hive moved.\n\nAction Input: none was needed.",
    "```python\nprint('bees')\n```",
    "Models write `<think>` first, and `</think>` after it.",
    'A call is written as\n\n```\n<tool_call>{"name": "f"}</tool_call>\n```\n\nin the answer.',
    '{"bees": ["dance"]}',
]


@pytest.mark.parametrize("definition", [WRITER, DEFINITION], ids=["no tools", "tools"])
@pytest.mark.parametrize("answer", PROSE)
async def test_prose_is_not_protocol(
    provider: ScriptedProvider, answer: str, definition: Definition
) -> None:
    fate, _ = await told_of(provider, [*text(answer), STOP, DONE], definition)
    assert fate == ("succeeded", answer)
    assert provider.stats()["requests"] == 1


@pytest.mark.parametrize("model", ["anthropic/claude-sonnet-4-5", "gemini/gemini-2.5-flash"])
@pytest.mark.parametrize("answer", PROSE[:3])
async def test_nor_is_it_in_other_protocols(
    provider: ScriptedProvider, monkeypatch: pytest.MonkeyPatch, model: str, answer: str
) -> None:
    for name in ("ANTHROPIC", "GEMINI"):
        monkeypatch.setenv(f"{name}_API_KEY", KEY)
    monkeypatch.setenv("ANTHROPIC_BASE_URL", provider.url.removesuffix("/v1"))
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", provider.url.removesuffix("/v1"))
    provider.script(answer=answer)
    assert await fate_of("bees", Told(), model, definition=WRITER) == ("succeeded", answer)


EMPTY: dict[str, list[Any]] = {
    "nothing": [STOP, DONE],
    "white space": [*text(" \n\t", "\u200b"), STOP, DONE],
    "reasoning alone": [*text("<think>So.</think>"), STOP, DONE],
    "reasoning that is cut": [*text("<think>So. And"), chunk({}, "length"), DONE],
    "reasoning in a field alone": [chunk({"reasoning_content": "So."}), STOP, DONE],
    "an empty fence": [*text("```markdown\n\n```"), STOP, DONE],
}


@pytest.mark.parametrize("body", EMPTY.values(), ids=EMPTY.keys())
async def test_nothing_is_asked_for_once_more_and_is_no_success(
    provider: ScriptedProvider, body: list[Any]
) -> None:
    (kind, sentence), _ = await told_of(provider, body)
    assert (kind, "answered with nothing" in sentence) == ("empty_answer", True)
    assert provider.stats()["requests"] <= 2


async def test_an_empty_answer_may_be_followed_by_one(provider: ScriptedProvider) -> None:
    provider.script(fault="empty", times=1, answer=ANSWER)
    assert await fate_of("bees", Told()) == ("succeeded", ANSWER)
    assert provider.stats()["requests"] == 2


@pytest.mark.parametrize("word", ["length", "max_tokens", "MAX_TOKENS", "model_length"])
async def test_a_cut_answer_is_gone_on_with(provider: ScriptedProvider, word: str) -> None:
    cut = [*text("- Bees da"), chunk({}, word), DONE]
    provider.script(fault="raw", times=1, raw={"body": cut}, answer="nce [1]")
    told = Told()
    assert await fate_of("bees", told) == ("succeeded", ANSWER)
    assert not told.finished[0].is_incomplete


@pytest.mark.parametrize("end", [[chunk({}, "length"), DONE], []], ids=["told", "not told"])
async def test_one_that_stays_cut_says_so(provider: ScriptedProvider, end: list[Any]) -> None:
    fate, told = await told_of(provider, [*text(ANSWER), *end])
    assert fate == ("succeeded", ANSWER)
    assert told.finished[0].is_incomplete
    assert told.all("task.finished")[0]["incomplete"] is True
    assert provider.stats()["requests"] == 2


REFUSED: dict[str, tuple[list[Any], str]] = {
    "in its own field": ([chunk({"refusal": "I will not say that."}), STOP, DONE], "I will not"),
    "in parts": ([chunk({"content": [{"type": "refusal", "refusal": "I will not."}]})], "I will"),
    "by a filter": ([*text("Half of"), chunk({}, "content_filter"), DONE], "content_filter"),
    "by Azure's": (
        [
            {
                "choices": [
                    {
                        "index": 0,
                        "finish_reason": "content_filter",
                        "content_filter_results": {"hate": {"filtered": True, "severity": "high"}},
                    }
                ]
            }
        ],
        "hate (high)",
    ),
}


@pytest.mark.parametrize(("body", "words"), REFUSED.values(), ids=REFUSED.keys())
async def test_a_refusal_is_told_in_the_providers_words(
    provider: ScriptedProvider, body: list[Any], words: str
) -> None:
    (kind, sentence), _ = await told_of(provider, body)
    assert (kind, provider.stats()["requests"]) == ("answer_refused", 1)
    assert words in sentence


ERRORS: dict[str, tuple[Any, str]] = {
    "a code": ({"error": {"message": "Your funds are gone.", "code": 402}}, "quota"),
    "a code as text": ({"error": {"message": "Your funds are gone.", "code": "402"}}, "quota"),
    "a word": ({"error": {"message": "Your funds are gone.", "type": "billing_error"}}, "quota"),
    "in the stream": (
        [*text("Half"), {"error": {"message": "Your funds are gone.", "code": 402}}],
        "quota",
    ),
    "in the choice": (
        [
            {
                "choices": [
                    {
                        "index": 0,
                        "delta": {},
                        "finish_reason": "error",
                        "error": {"message": "Your funds are gone.", "code": 402},
                    }
                ]
            }
        ],
        "quota",
    ),
    "an error in an error": (
        {"error": {"error": {"message": "Your funds are gone.", "code": 402}}},
        "quota",
    ),
    "the document is the error": (
        {"object": "error", "message": "Your funds are gone.", "code": 403},
        "permission",
    ),
}


@pytest.mark.parametrize(("body", "kind"), ERRORS.values(), ids=ERRORS.keys())
async def test_an_error_with_status_200_is_what_it_says(
    provider: ScriptedProvider, body: Any, kind: str
) -> None:
    (told_kind, sentence), _ = await told_of(provider, body)
    assert (told_kind, provider.stats()["requests"]) == (kind, 1)
    assert "Your funds are gone." in sentence


async def test_a_key_in_the_providers_words_is_kept_out(provider: ScriptedProvider) -> None:
    words = f"Incorrect API key: {KEY}, or sk-other-0123456789."
    (_, sentence), told = await told_of(provider, {"error": {"message": words, "code": 401}})
    assert "Incorrect API key" in sentence
    assert KEY not in sentence and "sk-" not in sentence + str(told.events)


COUNTS: dict[str, tuple[Any, tuple[int, int] | None]] = {
    "numbers": (USAGE, (40, 7)),
    "texts": ({"prompt_tokens": "40", "completion_tokens": "7"}, (40, 7)),
    "fractions": ({"prompt_tokens": 40.0, "completion_tokens": "7.0"}, (40, 7)),
    "other names": ({"input_tokens": 40, "output_tokens": 7}, (40, 7)),
    "a total": ({"prompt_tokens": 40, "completion_tokens": None, "total_tokens": 47}, (40, 7)),
    "null": (None, None),
    "nothing": ({}, None),
    "zeros": ({"prompt_tokens": 0, "completion_tokens": 0}, None),
    "no numbers": ({"prompt_tokens": "many", "completion_tokens": {"of": 7}}, None),
    "not a number": ({"prompt_tokens": "nan", "completion_tokens": -1}, None),
    "a list": ([40, 7], None),
}


@pytest.mark.parametrize(("usage", "counted"), COUNTS.values(), ids=COUNTS.keys())
async def test_usage_is_read_or_estimated(
    provider: ScriptedProvider, usage: Any, counted: tuple[int, int] | None
) -> None:
    _, told = await told_of(provider, [*text(ANSWER), STOP, {"choices": [], "usage": usage}, DONE])
    ((prompt, completion, is_estimated),) = told.tokens
    (finished,) = told.all("llm.finished")
    if counted:
        assert (prompt, completion, is_estimated) == (*counted, False)
        assert "estimated" not in finished["tokens"]
    else:
        assert is_estimated and finished["tokens"]["estimated"]
        assert prompt > 20 and completion == len(ANSWER) // 4


async def test_what_broke_off_is_counted_too(
    provider: ScriptedProvider,
) -> None:
    body = [*text(ANSWER), {"error": {"message": "Out of memory", "code": 400}}]
    _, told = await told_of(provider, body)
    ((prompt, completion, is_estimated),) = told.tokens
    assert prompt > 20 and completion == len(ANSWER) // 4 and is_estimated
