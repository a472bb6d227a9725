"""Reads an answer while it comes, whatever its protocol."""

import json
import time
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx

from research.crews.answers import Answer
from research.crews.bounds import MAX_CALL_BYTES, MAX_CALLS, MAX_EVENT, AnswerTooLarge
from research.exceptions import ResearchError
from research.text.cleaning import CUT, MAX_TEXT, printable

Json = dict[str, Any]

JOIN_SECONDS = 0.1
"""SDK and CrewAI spend 0.4 ms of CPU on each piece of an answer: about ten a second are enough."""


class NotACompletion(ResearchError):
    """The provider answered with {content_type} instead of a completion. Check its base URL."""


class Reader(ABC):
    """Takes one answer apart, and writes what its SDK gets of it."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.calls: list[Json] = []
        """The calls of tools, as the protocol has them."""
        self.is_complete = False
        """The provider has said that the answer is at its end."""

    @abstractmethod
    def read(self, data: Any) -> str:
        """Takes in an event, or a whole answer as one document; returns the text that it adds.

        Raises ProviderError for an error that is told in it, and a KeyError, TypeError or
        AttributeError where the protocol is not kept.
        """

    @abstractmethod
    def write_text(self, text: str) -> Iterator[Json]:
        """A piece of text as events."""

    @abstractmethod
    def write_end(self) -> Iterator[Json]:
        """The calls of tools, and the end, as events."""

    def encode(self, event: Json) -> bytes:
        """An event as it is sent."""
        return b"data: %s\n\n" % json.dumps(event).encode()


class ReadStream(httpx.AsyncByteStream):
    """An answer as its SDK gets it, read while it comes.

    Text beyond MAX_TEXT is dropped, and read only for what is told at the end; calls of tools
    beyond MAX_CALLS are not made.
    """

    def __init__(self, stream: Any, reader: Reader) -> None:
        self._stream = stream
        self._reader = reader
        self._waiting = ""
        self._last = 0.0
        self._length = 0
        self._is_empty = True

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for data in _data_of(self._stream):
            self._take(data)
            if time.monotonic() - self._last >= JOIN_SECONDS and (text := self._flush()):
                yield text
        if self._is_empty:
            raise NotACompletion(content_type="nothing")
        if not self._reader.is_complete:
            raise httpx.RemoteProtocolError("The stream ended before the answer did.")
        self._check_calls()
        yield self._flush() + self._encode(self._reader.write_end())

    async def aclose(self) -> None:
        await self._stream.aclose()

    def _take(self, data: Any) -> None:
        self._is_empty = False
        try:
            text = printable(self._reader.read(data))
        except (KeyError, TypeError, AttributeError):
            raise NotACompletion(content_type="JSON that is no completion") from None
        before, self._length = self._length, self._length + len(text)
        if self._length <= MAX_TEXT:
            self._waiting += text
        elif before <= MAX_TEXT:
            self._waiting += text[: MAX_TEXT - before] + CUT.format(limit=MAX_TEXT)

    def _flush(self) -> bytes:
        """The text that waits, for JOIN_SECONDS at most after the piece before it."""
        if not self._waiting:
            return b""
        self._last = time.monotonic()
        text, self._waiting = self._waiting, ""
        return self._encode(self._reader.write_text(text))

    def _check_calls(self) -> None:
        calls = self._reader.calls
        if calls and len(json.dumps(calls)) > MAX_CALL_BYTES:
            raise AnswerTooLarge(limit=MAX_CALL_BYTES, part="tool calls")
        del calls[MAX_CALLS:]

    def _encode(self, events: Iterator[Json]) -> bytes:
        return b"".join(map(self._reader.encode, events))


def one_event(document: bytes) -> bytes:
    """A whole answer, of a server that does not stream, as the only event of a stream."""
    return b"data: %s\n\n" % b" ".join(document.split(b"\n"))


async def _data_of(stream: Any) -> AsyncIterator[Any]:
    """The data of server-sent events; raises JSONDecodeError for what cannot be read."""
    rest = b""
    async for part in stream:
        *events, rest = (rest + part).replace(b"\r\n", b"\n").split(b"\n\n")
        if len(rest) > MAX_EVENT:
            raise AnswerTooLarge(limit=MAX_EVENT, part="one piece")
        for event in events:
            if text := _data(event):
                yield json.loads(text)
    if text := _data(rest):
        yield json.loads(text)


def _data(event: bytes) -> bytes:
    """An event's data; nothing for a comment, and for the mark that some servers end with."""
    lines = [line[5:].strip() for line in event.split(b"\n") if line.startswith(b"data:")]
    text = b"\n".join(lines)
    return b"" if text == b"[DONE]" else text
