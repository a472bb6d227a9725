"""What comes back from a provider, looked at before its SDK reads it."""

import json
from collections.abc import Iterator
from typing import Any

import httpx

from research.crews.answers import coming
from research.crews.bounds import MAX_CALLS, Bounded
from research.crews.crewai.joining import DONE, JoinedPieces, encode
from research.crews.protocols import reader_for
from research.crews.protocols.reader import NotACompletion, ReadStream, one_event
from research.text.cleaning import cut, printable


async def inspect(response: httpx.Response) -> None:
    """An httpx response hook for answers that were asked for as a stream.

    A web page with status 200 (a proxy's, a wrong base URL's) is an error at once instead of an
    empty stream; a server that ignores `stream` has its whole answer served as one piece; the
    pieces of a true stream are joined.
    """
    if response.status_code != 200:
        return
    content_type = response.headers.get("content-type", "")
    if content_type.startswith("text/html"):
        raise NotACompletion(content_type="a web page")
    parts: Any = response.stream
    if reader := reader_for(response.request.url.path):
        if content_type.startswith("application/json"):
            parts = httpx.ByteStream(one_event(await _whole(parts)))
        response.stream = ReadStream(Bounded(parts), reader(coming()))
        response.headers["content-type"] = "text/event-stream"
        return
    if not _asked_for_stream(response.request):
        return
    if content_type.startswith("application/json"):
        response.stream = httpx.ByteStream(b"".join(_as_stream(await _whole(parts))))
        response.headers["content-type"] = "text/event-stream"
    elif content_type.startswith("text/event-stream"):
        response.stream = JoinedPieces(Bounded(parts))


async def _whole(stream: Any) -> bytes:
    return b"".join([part async for part in Bounded(stream)])


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
        raise NotACompletion(content_type="JSON that is not a completion") from None
    usage = completion.pop("usage", None)
    yield encode({**completion, "object": "chat.completion.chunk"})
    if usage:
        yield encode({**completion, "choices": [], "usage": usage})
    yield b"data: %s\n\n" % DONE


def _within_bounds(message: dict[str, Any]) -> dict[str, Any]:
    """A whole message as a delta of a stream."""
    if isinstance(message.get("content"), str):
        message["content"] = cut(printable(message["content"]))
    if calls := message.get("tool_calls"):
        message["tool_calls"] = calls[:MAX_CALLS]
        for index, call in enumerate(message["tool_calls"]):
            call["index"] = index
    return message
