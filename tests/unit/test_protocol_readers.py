"""Anthropic's and Gemini's answers, read as they come, and written anew for their SDKs."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from research.crews.answers import Answer, End, Usage
from research.crews.bounds import MAX_CALLS, AnswerTooLarge
from research.crews.protocols import reader_for
from research.crews.protocols.documents import NotACompletion
from research.crews.protocols.reader import ReadStream
from research.crews.provider_words import ProviderError
from research.text.cleaning import MAX_TEXT, printable
from tests.support.protocols import PROTOCOLS, Conversation, Reply
from tests.support.protocols.anthropic import Anthropic
from tests.support.protocols.gemini import Gemini

ANTHROPIC, GEMINI = "/v1/messages", "/v1beta/models/gemini-2.5-flash:streamGenerateContent"
PATHS = [ANTHROPIC, GEMINI]
SCRIPTED = {ANTHROPIC: Anthropic(), GEMINI: Gemini()}
CONVERSATION = Conversation("m", True, [("user", "one two three")], [], 0)


class Parts(httpx.AsyncByteStream):
    """A body that comes in these parts."""

    def __init__(self, parts: list[bytes]) -> None:
        self._parts = parts

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self._parts:
            yield part


async def read(path: str, *parts: bytes) -> tuple[Answer, list[Any]]:
    """What a body tells, and the events that its SDK gets."""
    reader = reader_for(path)
    assert reader
    answer = Answer()
    body = b"".join([part async for part in ReadStream(Parts(list(parts)), reader(answer))])
    lines = [line[6:] for line in body.split(b"\n") if line.startswith(b"data: ")]
    return answer, list(map(json.loads, lines))


def text_in(path: str, events: list[Any]) -> str:
    if path == ANTHROPIC:
        return "".join(event.get("delta", {}).get("text", "") for event in events)
    parts = [event["candidates"][0]["content"]["parts"] for event in events]
    return "".join(part.get("text", "") for several in parts for part in several)


def calls_in(path: str, events: list[Any]) -> list[Any]:
    if path == ANTHROPIC:
        deltas = [event.get("delta", {}).get("partial_json") for event in events]
        return [json.loads(delta) for delta in deltas if delta]
    parts = [event["candidates"][0]["content"]["parts"] for event in events]
    found = [part.get("functionCall") for several in parts for part in several]
    return [call["args"] for call in found if call]


@pytest.mark.parametrize("path", PATHS)
@given(text=st.text(min_size=1), thinking=st.text(), chunks=st.integers(1, 9), cut=st.integers(1))
async def test_an_answer_arrives_whole_however_it_is_cut(
    path: str, text: str, thinking: str, chunks: int, cut: int
) -> None:
    reply = Reply(text, thinking=thinking)
    body = b"".join(SCRIPTED[path].stream(CONVERSATION, reply, chunks))
    answer, events = await read(path, *(body[i : i + cut] for i in range(0, len(body), cut)))
    assert text_in(path, events) == printable(text)
    assert (answer.reasoning, answer.end) == (thinking, End.DONE)
    assert answer.usage == Usage(3, reply.tokens)


@pytest.mark.parametrize("path", PATHS)
async def test_a_whole_document_reads_as_its_stream_does(path: str) -> None:
    reply = Reply("Bees dance.", (("search", '{"query": "bees"}'),), "Hm.")
    scripted = SCRIPTED[path]
    streamed = await read(path, *scripted.stream(CONVERSATION, reply, 3))
    document = json.dumps(json.loads(scripted.whole(CONVERSATION, reply)), indent=1).encode()
    whole = await read(path, document)
    assert whole[0] == streamed[0]
    assert text_in(path, whole[1]) == text_in(path, streamed[1]) == "Bees dance."
    assert calls_in(path, whole[1]) == calls_in(path, streamed[1]) == [{"query": "bees"}]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("kept", [0.3, 0.8])
async def test_a_stream_that_ends_before_its_answer_is_broken(path: str, kept: float) -> None:
    events = SCRIPTED[path].stream(CONVERSATION, Reply("one two three four five"), 5)
    most = events[: int(len(events) * kept)]
    with pytest.raises(httpx.RemoteProtocolError):
        await read(path, *most)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "body", [b"data: [1]\n\n", b"data: {}\n\n", b'data: {"id": 1}\n\n', b"[[7]]", b"ok"]
)
async def test_what_is_not_an_answer_is_said_to_be_none(path: str, body: bytes) -> None:
    with pytest.raises(NotACompletion):
        await read(path, body)


@pytest.mark.parametrize("path", PATHS)
async def test_bounds_hold(path: str) -> None:
    calls = (("search", "{}"),) * (MAX_CALLS + 3)
    scripted = SCRIPTED[path]
    _, events = await read(path, *scripted.stream(CONVERSATION, Reply(calls=calls), 1))
    assert len(calls_in(path, events)) == MAX_CALLS
    long = Reply("x" * (MAX_TEXT + 7))
    _, events = await read(path, *scripted.stream(CONVERSATION, long, 3))
    assert text_in(path, events).startswith("x" * MAX_TEXT + "\n\n[Cut here")
    huge = Reply(calls=(("search", json.dumps({"query": "x" * 2**21})),))
    with pytest.raises(AnswerTooLarge):
        await read(path, *scripted.stream(CONVERSATION, huge, 1))


@pytest.mark.parametrize(
    ("path", "word", "end"),
    [
        (ANTHROPIC, "max_tokens", End.CUT),
        (ANTHROPIC, "model_context_window_exceeded", End.CUT),
        (ANTHROPIC, "refusal", End.REFUSED),
        (ANTHROPIC, "stop_sequence", End.DONE),
        (GEMINI, "MAX_TOKENS", End.CUT),
        (GEMINI, "SAFETY", End.REFUSED),
        (GEMINI, "RECITATION", End.REFUSED),
        (GEMINI, "PROHIBITED_CONTENT", End.REFUSED),
        (GEMINI, "MALFORMED_FUNCTION_CALL", End.FAILED),
        (GEMINI, "OTHER", End.FAILED),
    ],
)
async def test_why_an_answer_ended(path: str, word: str, end: End) -> None:
    reply = Reply("Bees", finish=word)
    answer, _ = await read(path, *SCRIPTED[path].stream(CONVERSATION, reply, 2))
    assert answer.end is end
    assert word in answer.words


@pytest.mark.parametrize("path", PATHS)
async def test_usage_that_is_not_told_is_unknown(path: str) -> None:
    reply = Reply("Bees", usage="missing")
    answer, _ = await read(path, *SCRIPTED[path].stream(CONVERSATION, reply, 2))
    assert answer.usage is None


async def test_anthropics_cached_tokens_count() -> None:
    usage = {"input_tokens": "5", "cache_read_input_tokens": 7.0, "output_tokens": 2}
    more = {"cache_creation_input_tokens": 11}
    reply = Reply("Bees", usage=json.dumps(usage | more))
    answer, _ = await read(ANTHROPIC, *Anthropic().stream(CONVERSATION, reply, 1))
    assert answer.usage == Usage(23, 2)


async def test_a_gateway_that_counts_at_the_end_only() -> None:
    anthropic = Anthropic()
    events = [
        {"type": "message_start", "message": {"usage": {"input_tokens": 0, "output_tokens": 0}}},
        {"type": "content_block_start", "index": 4, "content_block": {"type": "text", "text": "B"}},
        {"type": "content_block_delta", "index": 4, "delta": {"type": "text_delta", "text": "ees"}},
        {
            "type": "message_delta",
            "delta": {"stop_reason": "end_turn"},
            "usage": {"input_tokens": 9, "output_tokens": 3},
        },
    ]
    answer, sent = await read(ANTHROPIC, *map(anthropic.event, events))
    assert text_in(ANTHROPIC, sent) == "Bees"
    assert answer.usage == Usage(9, 3)


async def test_geminis_thoughts_are_paid_for() -> None:
    reply = Reply("one two", thinking="three four five")
    answer, _ = await read(GEMINI, *Gemini().stream(CONVERSATION, reply, 1))
    assert answer.usage == Usage(3, 5)


async def test_a_blocked_prompt_is_a_refusal() -> None:
    blocked = {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}}
    answer, events = await read(GEMINI, Gemini().event(blocked))
    assert (answer.end, answer.words) == (End.REFUSED, "blockReason: PROHIBITED_CONTENT")
    assert text_in(GEMINI, events) == ""


async def test_gemini_without_server_sent_events_sends_a_list() -> None:
    parts = [json.loads(event[6:]) for event in Gemini().stream(CONVERSATION, Reply("a b c"), 3)]
    answer, events = await read(GEMINI, json.dumps(parts).encode())
    assert (text_in(GEMINI, events), answer.end) == ("a b c", End.DONE)


@pytest.mark.parametrize(
    ("path", "body", "status", "words"),
    [
        (
            ANTHROPIC,
            {"type": "error", "error": {"type": "overloaded_error", "message": "Busy"}},
            503,
            "Busy",
        ),
        (ANTHROPIC, {"error": {"type": "billing_error", "message": "Pay"}}, 402, "Pay"),
        (ANTHROPIC, {"error": "down"}, None, "down"),
        (
            GEMINI,
            {"error": {"code": 429, "message": "Slow", "status": "UNKNOWN"}},
            429,
            "Slow",
        ),
        (GEMINI, [{"error": {"message": "No", "status": "UNAVAILABLE"}}], 503, "No"),
    ],
)
async def test_an_error_amid_an_answer_is_raised(
    path: str, body: Any, status: int | None, words: str
) -> None:
    with pytest.raises(ProviderError, match=words) as caught:
        await read(path, SCRIPTED[path].event(json.dumps(body)))
    assert caught.value.status_code == status


async def test_anthropics_thoughts_are_kept_as_they_came() -> None:
    hidden = {"type": "redacted_thinking", "data": "AAAA"}
    reply = Reply(calls=(("search", "{}"),), thinking="Hm.")
    events = list(Anthropic().stream(CONVERSATION, reply, 2))
    start = {"type": "content_block_start", "index": 7, "content_block": hidden}
    events[-2:-2] = map(Anthropic().event, [start, {"type": "content_block_stop", "index": 7}])
    answer, _ = await read(ANTHROPIC, *events)
    thinking = {"type": "thinking", "thinking": "Hm.", "signature": "c2lnbmVk"}
    assert answer.thoughts == [thinking, hidden]


async def test_geminis_calls_keep_their_signatures() -> None:
    reply = Reply(calls=(("search", "{}"),), thinking="Hm.")
    _, events = await read(GEMINI, *Gemini().stream(CONVERSATION, reply, 1))
    (call,) = events[-1]["candidates"][0]["content"]["parts"]
    assert call["thoughtSignature"]


def test_other_protocols_have_readers_of_their_own() -> None:
    assert reader_for("/v1/chat/completions") is None
    assert len(PROTOCOLS) == 4
