"""A provider's stream before its SDK reads it: pieces are joined, nothing is lost or reordered."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
from hypothesis import given
from hypothesis import strategies as st

from research.crews.crewai.joining import JoinedPieces
from research.text.cleaning import printable


def event(**delta: Any) -> bytes:
    data = {"id": "c", "choices": [{"index": 0, "delta": delta, "finish_reason": None}]}
    return b"data: " + json.dumps(data).encode() + b"\n\n"


END = b'data: {"choices": [], "usage": {"total_tokens": 3}}\n\ndata: [DONE]\n\n'


async def joined(parts: list[bytes]) -> list[bytes]:
    class Stream(httpx.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            for part in parts:
                yield part

    whole = b"".join([part async for part in JoinedPieces(Stream())])
    return [line for line in whole.split(b"\n\n") if line]


def text_of(events: list[bytes]) -> str:
    found = []
    for line in events:
        if line.startswith(b"data: {"):
            for choice in json.loads(line[6:])["choices"]:
                found.append(choice["delta"].get("content") or "")
    return "".join(found)


@given(texts=st.lists(st.text(), max_size=12), cut=st.integers(1, 40))
async def test_text_arrives_whole_however_it_is_cut(texts: list[str], cut: int) -> None:
    stream = b"".join(event(content=text) for text in texts) + END
    parts = [stream[i : i + cut] for i in range(0, len(stream), cut)]
    events = await joined(parts)
    assert text_of(events) == printable("".join(texts))
    assert events[-2:] == [line for line in END.split(b"\n\n") if line]


async def test_pieces_close_together_are_one() -> None:
    events = await joined([event(content=f"word {n} ") for n in range(100)] + [END])
    assert len(events) <= 4


async def test_what_is_not_only_text_stays_in_its_place() -> None:
    call = event(tool_calls=[{"index": 0, "id": "1", "function": {"name": "f", "arguments": "{"}}])
    events = await joined([event(role="assistant"), event(content="a"), call, event(content="b")])
    assert events[-2:] == [call.strip(), event(content="b").strip()]
    assert events[0] == event(role="assistant").strip()


async def test_other_protocols_pass_untouched() -> None:
    other = [b'event: content_block_delta\ndata: {"type": "text"}\n\n', b"data: not json\n\n"]
    assert await joined(other) == [part.strip() for part in other]
