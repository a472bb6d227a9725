"""The parts of a sentence, as far as commas and conjunctions show them."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from research.claims.words import LIGHT_KEYS, Word, is_stop

_CONJUNCTIONS = "and but while whereas und aber et mais y pero и"
_BREAKS = frozenset(_CONJUNCTIONS.split())
_BREAK = re.compile(r"[,;:–—]\s")
_NUMBER = 2  # what a number counts for, where a word counts for one


@dataclass(frozen=True)
class Part:
    """Some words of a sentence, one behind the other; `subject` are the keys of the first part's
    beginning, which a later one may leave unsaid: `rents rose in the cities and fell elsewhere`."""

    words: Sequence[Word]
    subject: frozenset[str] = frozenset()

    @cached_property
    def own(self) -> frozenset[str]:
        """The keys of its words with a meaning."""
        content = (word.key for word in self.words if not is_stop(word))
        return frozenset(key for key in content if key not in LIGHT_KEYS)

    def told(self, keys: Collection[str]) -> float:
        """The share of its own words that a claim has; all of none, as in `if not`."""
        return len(self.own & frozenset(keys)) / len(self.own) if self.own else 1.0

    def shared(self, keys: Collection[str]) -> int:
        """How much of what a claim says, by its keys, stands here or in the subject."""
        both = (self.own | self.subject).intersection(keys)
        return sum(_NUMBER if key[0].isdecimal() else 1 for key in both)


def parts_of(words: Sequence[Word], text: str) -> Iterator[Part]:
    """The parts of a sentence; `text` is what the words stand in."""
    subject: frozenset[str] = frozenset()
    start = 0
    for at in range(1, len(words)):
        is_break = words[at].lower in _BREAKS
        if is_break or _BREAK.search(text, words[at - 1].end, words[at].start):
            yield Part(words[start:at], subject)
            subject = subject or _subject(words[:at])
            start = at
    yield Part(words[start:], subject)


def _subject(words: Sequence[Word]) -> frozenset[str]:
    """The keys of the first words with a meaning."""
    content = [word.key for word in words if not is_stop(word)]
    return frozenset(content[: max(1, len(content) // 2)])
