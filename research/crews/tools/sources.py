"""What a topic's tools have shown its crew, numbered; reports cite by these numbers only."""

import re
import threading
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from research.library.index.contract import Readers
from research.text.cleaning import clean, printable

MAX_SEEN = 50_000  # characters kept of one source
_HEAD = "Source [{number}]: {title}\nAddress: {url}\n"
# What a text may hold to be taken for a tool: the head of a source, or the line behind its end. Any
# word counts as "source": letters of other scripts look like its own.
_IMITATION = re.compile(
    r"\W*(?:\w{2,12}\W{0,3}[\[({]\W?\d{1,6}\W?[\])}]\W{0,3}:|source\W{0,3}[\[({]\W?\d"
    r"|\d+ more characters\b)"
)
_LINE_ENDS = re.compile(r"\r\n?|[\u2028\u2029]")
_LOOKED_AT = 300  # characters of a line


@dataclass(frozen=True)
class Seen:
    """A source as far as a tool has shown it."""

    number: int
    title: str
    url: str
    text: str
    origin: dict[str, Any] | None = None
    """The search engine and query that found it, or the library's document and its version."""

    def quoted(self, text: str) -> str:
        """A piece of the source as a tool gives it to an agent."""
        return _HEAD.format(number=self.number, title=self.title, url=self.url) + quotable(text)


def quotable(text: str) -> str:
    """A text in which no line can be taken for a tool's own: those are marked as quoted."""
    lines = _LINE_ENDS.sub("\n", printable(text)).split("\n")
    return "\n".join(f"> {line}" if _imitates(line) else line for line in lines)


def _imitates(line: str) -> bool:
    """Judged without what is invisible, and with one form for letters and brackets of a kind."""
    if not line.isascii():  # in ASCII nothing is invisible, and each letter has one form
        seen = "".join(sign for sign in line if unicodedata.category(sign) != "Cf").strip()
        line = unicodedata.normalize("NFKC", seen[:_LOOKED_AT])
    return bool(_IMITATION.match(line.strip()[:_LOOKED_AT].casefold()))


def _grown(known: Seen | None, text: str) -> str:
    if known is None:
        return text
    return known.text if text in known.text else f"{known.text}\n\n{text}"


def _more_known(first: dict[str, Any] | None, more: dict[str, Any] | None) -> dict[str, Any] | None:
    """What stands in the first, and what is new in the other; None is no news."""
    if not first or not more:
        return first or more or None
    return {**more, **{name: value for name, value in first.items() if value is not None}}


class SourceBook:
    """Numbers the sources of one topic 1, 2, 3 …; the same address keeps its number.

    Tools of one crew may run in several threads at once. `on_seen(source, is_new)` hears of every
    source, and of more text of a known one.
    """

    def __init__(
        self,
        known: Iterable[Seen] = (),
        on_seen: Callable[[Seen, bool], None] | None = None,
        readers: Readers = None,
    ) -> None:
        """`readers` are the teams whose documents its tools may find, beside the site's."""
        self.readers = readers
        self._lock = threading.Lock()
        self._by_url = {source.url: source for source in known}
        self._on_seen = on_seen

    def add(self, title: str, url: str, text: str, origin: dict[str, Any] | None = None) -> Seen:
        """The source at `url`, with `text` added to what was seen of it.

        Its first origin stays, and takes in what more is told of it: its author, its day.
        """
        title, text = (
            " ".join(printable(title).split())[:300] or url,
            clean(quotable(text), MAX_SEEN),
        )
        with self._lock:
            known = self._by_url.get(url)
            origin = _more_known(known.origin if known else None, origin)
            if known and text in known.text and origin == known.origin:
                return known
            number = known.number if known else len(self._by_url) + 1
            source = Seen(number, title, url, _grown(known, text)[:MAX_SEEN], origin)
            self._by_url[url] = source
            if self._on_seen:
                self._on_seen(source, known is None)
        return source

    def numbered(self) -> dict[int, Seen]:
        """All sources so far, by their numbers."""
        with self._lock:
            return {source.number: source for source in self._by_url.values()}

    def get(self, number: int) -> Seen | None:
        return next((s for s in self._by_url.values() if s.number == number), None)
