"""What a topic's tools have shown its crew, numbered; reports cite by these numbers only."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from research.text.cleaning import clean, printable

MAX_SEEN = 50_000  # characters kept of one source
_HEAD = "Source [{number}]: {title}\nAddress: {url}\n"


@dataclass(frozen=True)
class Seen:
    """A source as far as a tool has shown it."""

    number: int
    title: str
    url: str
    text: str

    def quoted(self, text: str) -> str:
        """A piece of the source as a tool gives it to an agent."""
        return _HEAD.format(number=self.number, title=self.title, url=self.url) + printable(text)


class SourceBook:
    """Numbers the sources of one topic 1, 2, 3 …; the same address keeps its number.

    Tools of one crew may run in several threads at once. `on_seen(source, is_new)` hears of every
    source, and of more text of a known one.
    """

    def __init__(
        self, known: Iterable[Seen] = (), on_seen: Callable[[Seen, bool], None] | None = None
    ) -> None:
        self._lock = threading.Lock()
        self._by_url = {source.url: source for source in known}
        self._on_seen = on_seen

    def add(self, title: str, url: str, text: str) -> Seen:
        """The source at `url`, with `text` added to what was seen of it."""
        title, text = " ".join(printable(title).split())[:300] or url, clean(text, MAX_SEEN)
        with self._lock:
            known = self._by_url.get(url)
            if known and text in known.text:
                return known
            number = known.number if known else len(self._by_url) + 1
            whole = f"{known.text}\n\n{text}" if known else text
            source = Seen(number, title, url, whole[:MAX_SEEN])
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
