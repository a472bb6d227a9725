"""Which of several named things a passage is about: the row's own, or another one."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from research.tables.columns import key_of

MOST_NAMES = 1_000
_LONGEST = 100  # characters of a name that is looked for
_BACK = 3_000  # characters before a passage in which what it is about may be named
_TITLE_ENDS = re.compile(r":\s|\s[-\u2013\u2014|]\s|\s*\(")
_HEADING = re.compile(r"^#{1,6} .+$", re.MULTILINE)
_SPEAKS_OF = re.compile(  # what follows a name that a sentence or a line is about
    r"[*_`\"\u201d)]*(?:\s*[:|\uff1a]|['\u2019]s\b"
    r"|\s+(?:is|was|has|had|are|were|does|did|can|will|costs|\w{3,}(?:[^s\W]s|ed))\b)"
)


_BEGINS = re.compile(r"(?:\A|[\n.!?:;|>])[^\w\n]*\Z")  # a sentence or a line, before its words


class _Mention(NamedTuple):
    start: int
    name: str
    leads: bool
    """What follows says something of it."""
    begins: bool
    """A sentence or a line begins with it."""


class Naming:
    """The name of a row, and those of others that its sources may speak of."""

    def __init__(self, topic: str, others: Iterable[str] = ()) -> None:
        self._topic = topic
        own = key_of(topic)
        names = {key_of(name): name for name in [*others][:MOST_NAMES]}
        self._others = {
            k: name for k, name in names.items() if k and k != own and len(k) <= _LONGEST
        }
        parts = {key_of(part) for part in _parts(topic)} - {*self._others}
        parts -= {key_of(part) for name in names.values() for part in _parts(name)}
        self._names = _pattern([own, *self._others, *parts])

    def other_than_topic(self, text: str, start: int, end: int, at: int, title: str) -> str:
        """The other name that the passage from `start` to `end` is about; empty: it is not.

        `at` is where the value stands in it.
        """
        inside = list(self._in(text[start:end]))
        if self.is_of(title):  # on its own page only a sentence about another is not about it
            inside = [m for m in inside if (m.leads and m.begins) or m.name == self._topic]
            return self._but_topic(_nearest(inside, at - start))
        if inside:
            return self._but_topic(_nearest(inside, at - start))
        if head := self._head(title):
            return head
        before = text[max(0, start - _BACK) : start]
        headings = list(_HEADING.finditer(before))
        mentions = list(self._in(before[headings[-1].start() :] if headings else before))
        return self._but_topic(_nearest(mentions or list(self._in(before)), len(before)))

    def names_topic(self, text: str) -> bool:
        return any(mention.name == self._topic for mention in self._in(text))

    def is_of(self, title: str) -> bool:
        """Whether a title is the topic's: `pluggy`, or `pluggy: a plugin system`."""
        return key_of(_TITLE_ENDS.split(title, maxsplit=1)[0]) == key_of(self._topic)

    def _head(self, title: str) -> str:
        """The other name that a title is."""
        return self._others.get(key_of(_TITLE_ENDS.split(title, maxsplit=1)[0]), "")

    def _but_topic(self, name: str) -> str:
        return "" if name == self._topic else name

    def _in(self, text: str) -> Iterator[_Mention]:
        """The names in a text; `go further` does not mean Go, nor `rich text` a row called rich."""
        for found in self._names.finditer(text):
            name = self._others.get(key_of(found[0]), self._topic)
            leads = bool(_SPEAKS_OF.match(text, found.end()))
            begins = bool(_BEGINS.search(text, max(0, found.start() - 6), found.start()))
            is_ordinary = found[0].isalpha() and found[0].islower()
            if name == self._topic or not is_ordinary or (name.islower() and leads and begins):
                yield _Mention(found.start(), name, leads, begins)


def _nearest(mentions: list[_Mention], at: int) -> str:
    """The name that leads last before a place; else one that leads behind it; else any."""
    leading = [mention for mention in mentions if mention.leads] or mentions
    before = [mention for mention in leading if mention.start <= at]
    chosen = before[-1:] or leading[:1]
    return chosen[0].name if chosen else ""


def _parts(name: str) -> list[str]:
    """Words by which a name of several is also called: those with a capital or a digit."""
    words = name.split() if " " in name else []
    return [w for w in words if len(w) > 2 and (w[:1].isupper() or any(map(str.isdigit, w)))]


def _pattern(names: Iterable[str]) -> re.Pattern[str]:
    """Any of the names as whole words, the longest first; `pytest` is not in `pytest-django`."""
    known = sorted(filter(None, names), key=len, reverse=True)
    flat = "|".join(re.escape(name).replace(r"\ ", r"\s+") for name in known)
    return re.compile(
        rf"(?<![A-Za-z0-9_])(?<![A-Za-z0-9][.-])(?:{flat})(?![A-Za-z0-9_]|[.-][A-Za-z0-9])",
        re.IGNORECASE,
    )
