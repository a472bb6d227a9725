"""What comes back from a provider, looked at before its SDK reads it.

An answer has bounds: text beyond them is cut and says so, tool calls beyond them are not made, and
what is larger still is refused.

SDK and CrewAI spend 0.4 ms of CPU on every piece of a streamed answer, and keep each until the crew
ends; so pieces that come close together are joined, to about ten a second.
"""

import json
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx

from research.exceptions import ResearchError
from research.text.cleaning import CUT, MAX_TEXT, cut, printable

JOIN_SECONDS = 0.1
MAX_CALLS = 32  # tool calls of one answer
MAX_CALL_BYTES = 2 * 1024 * 1024  # of the events that bring an answer's tool calls
MAX_EVENT = 4 * 1024 * 1024  # bytes of one event
MAX_ANSWER = 32 * 1024 * 1024  # bytes of a whole answer
_DONE = b"[DONE]"


class NotACompletion(ResearchError):
    """The provider answered with {content_type} instead of a completion. Check its base URL."""


class AnswerTooLarge(ResearchError):
    """The model's answer holds more than {limit} bytes in {part}. Try another model."""


async def inspect(response: httpx.Response) -> None:
    """An httpx response hook for answers that were asked for as a stream.

    A web page with status 200 (a proxy's, a wrong base URL's) is an error at once instead of an
    empty stream; a server that ignores `stream` has its whole answer served as one piece; the
    pieces of a true stream are joined.
    """
    if response.status_code != 200 or not _asked_for_stream(response.request):
        return
    content_type = response.headers.get("content-type", "")
    if content_type.startswith("text/html"):
        raise NotACompletion(content_type="a web page")
    parts: Any = response.stream
    if content_type.startswith("application/json"):
        body = b"".join([part async for part in _Bounded(parts)])
        response.stream = httpx.ByteStream(b"".join(_as_stream(body)))
        response.headers["content-type"] = "text/event-stream"
    elif content_type.startswith("text/event-stream"):
        response.stream = JoinedPieces(_Bounded(parts))


def _asked_for_stream(request: httpx.Request) -> bool:
    try:
        body = json.loads(request.content)
    except (ValueError, httpx.RequestNotRead):
        return False
    return isinstance(body, dict) and body.get("stream") is True


def _as_stream(body: bytes) -> Iterator[bytes]:
    """An OpenAI chat completion as the server-sent events of the same answer."""
    try:
        completion = json.loads(body)
        choices = completion["choices"]
        for choice in choices:
            choice["delta"] = _within_bounds(choice.pop("message"))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise NotACompletion(content_type="JSON that is no completion") from None
    usage = completion.pop("usage", None)
    yield _event({**completion, "object": "chat.completion.chunk"})
    if usage:
        yield _event({**completion, "choices": [], "usage": usage})
    yield b"data: %s\n\n" % _DONE


def _within_bounds(message: dict[str, Any]) -> dict[str, Any]:
    """A whole message as a delta of a stream."""
    if isinstance(message.get("content"), str):
        message["content"] = cut(printable(message["content"]))
    if calls := message.get("tool_calls"):
        message["tool_calls"] = calls[:MAX_CALLS]
        for index, call in enumerate(message["tool_calls"]):
            call["index"] = index
    return message


class _Bounded(httpx.AsyncByteStream):
    """A stream that raises AnswerTooLarge when more than MAX_ANSWER bytes come."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        total = 0
        async for part in self._stream:
            total += len(part)
            if total > MAX_ANSWER:
                raise AnswerTooLarge(limit=MAX_ANSWER, part="all")
            yield part

    async def aclose(self) -> None:
        await self._stream.aclose()


def _event(data: Any) -> bytes:
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
            yield _event(self._joined)
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
