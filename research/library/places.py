"""Where the words of a query stand in a text."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from research.library.query import Term
from research.library.words import stems

_START = 2  # letters that a word and its stem always share


@dataclass(frozen=True, slots=True)
class Places:
    """The words of a text that may belong to a query, by their place among all its words."""

    words: dict[int, str]
    stems: dict[int, str]
    by_stem: dict[str, list[int]]
    length: int
    """How many words the text has."""

    def of(self, term: Sequence[str]) -> list[int]:
        """Where the stems stand next to each other: the places of the first of them."""
        first, *others = term
        return [
            at
            for at in self.by_stem.get(first, ())
            if all(self.stems.get(at + gap) == other for gap, other in enumerate(others, 1))
        ]


class Finder:
    """Looks for a query's words in many texts."""

    def __init__(self, terms: Sequence[Term]) -> None:
        self._starts = {stem[:_START] for term in terms for stem in term.stems}

    def places(self, all_words: Sequence[str]) -> Places:
        # Only these are brought to their stems: a search looks through some fifty passages.
        words = {at: word for at, word in enumerate(all_words) if word[:_START] in self._starts}
        found = dict(zip(words, stems(list(words.values())), strict=True))
        by_stem = defaultdict(list)
        for at, stem in found.items():
            by_stem[stem].append(at)
        return Places(words, found, by_stem, len(all_words))
