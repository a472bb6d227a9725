"""From the bytes of a server's answer to the JSON documents in it."""

import json
from collections.abc import Iterator
from typing import Any

from research.crews.bounds import MAX_ANSWER, MAX_EVENT, AnswerTooLarge
from research.exceptions import ResearchError

_DONE = b"[DONE]"
_BLANK = b"\xef\xbb\xbf \t\r\n"  # a byte order mark is none of it either


class NotACompletion(ResearchError):
    """The provider answered with {content_type} instead of a completion. Check its base URL."""


class Documents:
    """The documents of one answer: events of a stream, JSON lines, or one document alone.

    Its content type is not asked, for servers get it wrong. Lines may end in any way, and an event
    may lack the empty line after it.
    """

    def __init__(self) -> None:
        self.is_done = False
        """The server has said that the stream is at its end."""
        self._rest = b""  # a line that is not complete yet
        self._event: list[bytes] = []  # lines of data that are no document each by itself
        self._body: list[bytes] = []  # of an answer that is no stream
        self._total = 0
        self._is_stream: bool | None = None
        self._is_empty = True

    def feed(self, part: bytes) -> Iterator[Any]:
        """The documents that are complete now.

        Raises AnswerTooLarge, NotACompletion, and ValueError for what should be JSON and is not.
        """
        self._total += len(part)
        if self._total > MAX_ANSWER:
            raise AnswerTooLarge(limit=MAX_ANSWER, part="all")
        if self._is_stream is None:
            part = part.lstrip(_BLANK)
            if part.startswith(b"<"):
                raise NotACompletion(content_type="a web page")
            if part:
                self._is_stream = not part.startswith((b"{", b"["))
        if self._is_stream:
            yield from self._lines(part)
        elif part:
            self._body.append(part)

    def end(self) -> Iterator[Any]:
        """What is left when no more bytes come."""
        if self._is_stream:
            yield from self._lines(b"\n\n")
            if self._is_empty and not self.is_done:
                raise NotACompletion(content_type="text that is not an event stream")
        elif self._body:
            yield from _whole(b"".join(self._body))

    def _lines(self, part: bytes) -> Iterator[Any]:
        *lines, self._rest = (self._rest + part).splitlines(keepends=True)
        if self._rest.endswith((b"\n", b"\r")):
            lines.append(self._rest)
            self._rest = b""
        if len(self._rest) > MAX_EVENT:
            raise AnswerTooLarge(limit=MAX_EVENT, part="one piece")
        for line in lines:
            line = line.strip()
            if line.startswith(b"data:"):
                yield from self._data(line[5:].lstrip())
            elif line.startswith(b"{"):
                yield from self._data(line)
            elif not line and self._event:
                event, self._event = b"\n".join(self._event), []
                yield _parse(event)

    def _data(self, data: bytes) -> Iterator[Any]:
        """A line of an event; it is hardly ever spread over several."""
        self._is_empty = False
        if data.startswith(_DONE):
            self.is_done = True
        elif self._event:
            self._event.append(data)
        elif data:
            try:
                document = _parse(data)
            except ValueError:
                self._event.append(data)
            else:
                yield document


def _whole(body: bytes) -> Iterator[Any]:
    """A document alone, or one on each line."""
    try:
        yield _parse(body)
    except ValueError:
        lines = [line for line in body.splitlines() if line.strip()]
        if len(lines) < 2:
            raise
        yield from map(_parse, lines)


def _parse(data: bytes) -> Any:
    try:
        return json.loads(data.decode(errors="replace"))
    except RecursionError:
        raise NotACompletion(content_type="JSON that is not a completion") from None
