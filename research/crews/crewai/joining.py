"""Pieces of a streamed answer that come close together are joined, to about ten a second.

SDK and CrewAI spend 0.4 ms of CPU on every piece, and keep each until the crew ends.
"""

import json
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx

from research.crews.bounds import MAX_CALL_BYTES, MAX_CALLS, MAX_EVENT, AnswerTooLarge
from research.text.cleaning import CUT, MAX_TEXT, printable

JOIN_SECONDS = 0.1
DONE = b"[DONE]"


def encode(data: Any) -> bytes:
    """A server-sent event."""
    return b"data: %s\n\n" % json.dumps(data).encode()


class JoinedPieces(httpx.AsyncByteStream):
    """Server-sent events in which pieces of text that came close together are one.

    Only events that add text to one choice and nothing else are joined; all others pass as they
    are, in their order. Text waits until the next event, for `JOIN_SECONDS` at most after the one
    before it came. Text beyond MAX_TEXT is dropped, and read only for the tokens told at the end.
    """

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._joined: dict[str, Any] | None = None
        self._last = 0.0
        self._length = 0
        self._call_bytes = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        rest = b""
        async for part in self._stream:
            *events, rest = (rest + part).replace(b"\r\n", b"\n").split(b"\n\n")
            if len(rest) > MAX_EVENT:
                raise AnswerTooLarge(limit=MAX_EVENT, part="one piece")
            if passed := b"".join(piece for event in events for piece in self._pass(event)):
                yield passed
        if last := b"".join([*self._flush(), rest]):
            yield last

    async def aclose(self) -> None:
        await self._stream.aclose()

    def _pass(self, event: bytes) -> Iterator[bytes]:
        """What can be sent on now that this event has come."""
        piece = _text_piece(event)
        if piece is None:
            yield from self._flush()
            yield self._bounded(event) + b"\n\n"
            return
        delta = piece["choices"][0]["delta"]
        delta["content"] = self._kept(printable(delta["content"]))
        if not delta["content"]:
            return
        if self._joined is None:
            self._joined = piece
        else:
            self._joined["choices"][0]["delta"]["content"] += delta["content"]
        if time.monotonic() - self._last >= JOIN_SECONDS:
            yield from self._flush()

    def _kept(self, text: str) -> str:
        """What of the next piece of text stays within the answer's bounds."""
        before, self._length = self._length, self._length + len(text)
        if self._length <= MAX_TEXT:
            return text
        if before > MAX_TEXT:
            return ""
        return text[: MAX_TEXT - before] + CUT.format(limit=MAX_TEXT)

    def _bounded(self, event: bytes) -> bytes:
        """An event without the tool calls that are too many."""
        if b'"tool_calls"' not in event or not event.startswith(b"data: {"):
            return event
        self._call_bytes += len(event)
        if self._call_bytes > MAX_CALL_BYTES:
            raise AnswerTooLarge(limit=MAX_CALL_BYTES, part="tool calls")
        try:
            data = json.loads(event[6:])
            for choice in data["choices"]:
                calls = choice["delta"].get("tool_calls") or []
                kept = [call for call in calls if call["index"] < MAX_CALLS]
                if len(kept) == len(calls):
                    return event
                choice["delta"]["tool_calls"] = kept
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return event  # for the SDK to refuse
        return b"data: " + json.dumps(data).encode()

    def _flush(self) -> Iterator[bytes]:
        if self._joined is not None:
            self._last = time.monotonic()
            yield encode(self._joined)
            self._joined = None


def _text_piece(event: bytes) -> dict[str, Any] | None:
    """The data of an event that adds text and nothing else; None for any other."""
    if not event.startswith(b"data: {"):
        return None
    try:
        data = json.loads(event[6:])
    except (ValueError, RecursionError):
        return None
    choices = data.get("choices")
    if not choices or len(choices) != 1 or choices[0].get("finish_reason") or data.get("usage"):
        return None
    delta = {key: value for key, value in (choices[0].get("delta") or {}).items() if value}
    is_text = isinstance(delta.get("content"), str) and delta.keys() == {"content"}
    return data if is_text and choices[0].get("index", 0) == 0 else None
