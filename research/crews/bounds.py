"""The bounds of a model's answer: what is larger is refused, or cut and says so."""

from collections.abc import AsyncIterator
from typing import Any

import httpx

from research.exceptions import ResearchError

MAX_CALLS = 32  # tool calls of one answer
MAX_CALL_BYTES = 2 * 1024 * 1024  # of the events that bring an answer's tool calls
MAX_EVENT = 4 * 1024 * 1024  # bytes of one event
MAX_ANSWER = 32 * 1024 * 1024  # bytes of a whole answer


class AnswerTooLarge(ResearchError):
    """The model's answer holds more than {limit} bytes in {part}. Try another model."""


class Bounded(httpx.AsyncByteStream):
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
