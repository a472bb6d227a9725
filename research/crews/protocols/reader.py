"""Reads an answer while it comes, whatever its protocol."""

import json
import time
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx

from research.crews.answers import Answer
from research.crews.bounds import MAX_CALL_BYTES, MAX_CALLS, AnswerTooLarge
from research.crews.protocols.documents import Documents, NotACompletion
from research.text.cleaning import CUT, MAX_TEXT, printable

Json = dict[str, Any]

JOIN_SECONDS = 0.1
"""SDK and CrewAI spend 0.4 ms of CPU on each piece of an answer: about ten a second are enough."""


class Reader(ABC):
    """Takes one answer apart, and writes what its SDK gets of it."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.calls: list[Json] = []
        """The calls of tools, as the protocol has them."""
        self.written_aside = 0
        """Characters of reasoning and of calls, which are paid for as text is."""
        self.is_complete = False
        """The provider has said that the answer is at its end."""

    def think(self, text: str) -> None:
        """Takes in a piece of the model's reasoning."""
        self.answer.reasoning += text
        self.written_aside += len(text)

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

    async def __aiter__(self) -> AsyncIterator[bytes]:
        documents = Documents()
        async for part in self._stream:
            self._take(documents.feed(part))
            if time.monotonic() - self._last >= JOIN_SECONDS and (text := self._flush()):
                yield text
        self._take(documents.end())
        if not self._reader.is_complete:
            raise httpx.RemoteProtocolError("The stream ended before the answer did.")
        self._check_calls()
        yield self._flush() + self._encode(self._reader.write_end())

    async def aclose(self) -> None:
        await self._stream.aclose()

    def _take(self, documents: Iterator[Any]) -> None:
        for document in documents:
            try:
                text = self._reader.read(document)
            except (KeyError, TypeError, AttributeError):
                raise NotACompletion(content_type="JSON that is not a completion") from None
            self._keep(printable(text))
        self._reader.answer.written = self._length + self._reader.written_aside

    def _keep(self, text: str) -> None:
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
