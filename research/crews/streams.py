"""What comes back from a provider, looked at before its SDK reads it.

SDK and CrewAI spend 0.4 ms of CPU on every piece of a streamed answer, and keep each until the crew
ends; so pieces that come close together are joined, to about ten a second.
"""

import json
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx

from research.exceptions import ResearchError

JOIN_SECONDS = 0.1
_DONE = b"[DONE]"


class NotACompletion(ResearchError):
    """The provider answered with {content_type} instead of a completion. Check its base URL."""


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
        body = b"".join([part async for part in parts])
        response.stream = httpx.ByteStream(b"".join(_as_stream(body)))
        response.headers["content-type"] = "text/event-stream"
    elif content_type.startswith("text/event-stream"):
        response.stream = JoinedPieces(parts)


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
    except (ValueError, KeyError, TypeError):
        raise NotACompletion(content_type="JSON that is no completion") from None
    for choice in choices:
        choice["delta"] = choice.pop("message")
        for index, call in enumerate(choice["delta"].get("tool_calls") or []):
            call["index"] = index
    usage = completion.pop("usage", None)
    yield _event({**completion, "object": "chat.completion.chunk"})
    if usage:
        yield _event({**completion, "choices": [], "usage": usage})
    yield b"data: %s\n\n" % _DONE


def _event(data: Any) -> bytes:
    return b"data: %s\n\n" % json.dumps(data).encode()


class JoinedPieces(httpx.AsyncByteStream):
    """Server-sent events in which pieces of text that came close together are one.

    Only events that add text to one choice and nothing else are joined; all others pass as they
    are, in their order. Text waits until the next event, for `JOIN_SECONDS` at most after the one
    before it came.
    """

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._joined: dict[str, Any] | None = None
        self._last = 0.0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        rest = b""
        async for part in self._stream:
            *events, rest = (rest + part).replace(b"\r\n", b"\n").split(b"\n\n")
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
            yield event + b"\n\n"
            return
        if self._joined is None:
            self._joined = piece
        else:
            delta = self._joined["choices"][0]["delta"]
            delta["content"] += piece["choices"][0]["delta"]["content"]
        if time.monotonic() - self._last >= JOIN_SECONDS:
            yield from self._flush()

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
    except ValueError:
        return None
    choices = data.get("choices")
    if not choices or len(choices) != 1 or choices[0].get("finish_reason") or data.get("usage"):
        return None
    delta = {key: value for key, value in (choices[0].get("delta") or {}).items() if value}
    is_text = isinstance(delta.get("content"), str) and delta.keys() == {"content"}
    return data if is_text and choices[0].get("index", 0) == 0 else None
