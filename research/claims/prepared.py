"""A source made ready to be asked about many claims: where its sentences and words stand."""

import re
from bisect import bisect_left
from collections import defaultdict
from functools import cached_property

from research.claims.claim import Evidence, Source
from research.claims.numerals import FRACTIONS, ORDINALS, WORDS
from research.claims.quantities import find_quantities, values_of
from research.claims.quantity import Quantity
from research.claims.verbatim import Verbatim
from research.claims.words import Word, is_stop, key_of, words_of
from research.text.sentences import Span, split

MOST_CHARACTERS = 400_000  # of one source; what is behind them is not searched
_LEADING_DIGITS = re.compile(r"[0-9]+(?:[.,][0-9]+)*")
_FIRST = 2  # sentences that say what a text is about
LONGEST_QUOTE = 600  # characters of evidence
LONGEST_SENTENCE = 1_500  # characters; longer ones are looked at in parts


class Prepared:
    """A source with an index of its sentences.

    Each part is made when it is first asked for: most claims are settled by the sources they cite,
    and those that stand there word for word by their words alone.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.number = source.number
        self.text = source.text[:MOST_CHARACTERS]
        self.is_cut = len(source.text) > MOST_CHARACTERS
        self._keys: dict[int, frozenset[str]] = {}
        self._quantities: dict[int, list[Quantity]] = {}

    @cached_property
    def words(self) -> list[Word]:
        return list(words_of(self.text))

    @cached_property
    def sentences(self) -> list[Span]:
        return _bounded(self.text)

    @cached_property
    def titles(self) -> frozenset[str]:
        """The keys of the words in title and address."""
        return frozenset(w.key for w in words_of(f"{self.source.title} {self.source.url}"))

    @cached_property
    def name(self) -> frozenset[str]:
        """The keys of the words in its title."""
        return frozenset(w.key for w in words_of(self.source.title))

    @cached_property
    def subject(self) -> frozenset[str]:
        """The keys of the names in the first sentences: what `it` and `she` mean further on."""
        words = [w for s in range(min(_FIRST, len(self.sentences))) for w in self.words_in(s)]
        return frozenset(w.key for w in words if self.text[w.start].isupper() and not is_stop(w))

    @cached_property
    def index(self) -> dict[str, list[int]]:
        """The sentences that hold a word, by its key."""
        index: dict[str, list[int]] = defaultdict(list)
        for number in range(len(self.sentences)):
            for key in self.keys_in(number):
                index[key].append(number)
        return index

    @cached_property
    def _first_words(self) -> list[int]:
        """For each sentence which of the words is its first, and the number of words."""
        starts = [word.start for word in self.words]
        return [*(bisect_left(starts, span.start) for span in self.sentences), len(starts)]

    def words_in(self, sentence: int) -> list[Word]:
        return self.words[self._first_words[sentence] : self._first_words[sentence + 1]]

    def keys_in(self, sentence: int) -> frozenset[str]:
        if sentence not in self._keys:
            self._keys[sentence] = frozenset(word.key for word in self.words_in(sentence))
        return self._keys[sentence]

    def quantities(self, sentence: int) -> list[Quantity]:
        if sentence not in self._quantities:
            start, end = self.sentences[sentence]
            self._quantities[sentence] = find_quantities(self.text[start:end])
        return self._quantities[sentence]

    @cached_property
    def numbers(self) -> set[float]:
        """The values of all numbers of the text, without their scales."""
        found: set[float] = set()
        for key in {*self.index, *self.titles}:
            if leading := _LEADING_DIGITS.match(key):
                found.update(values_of(leading[0]))
        for table in (WORDS, FRACTIONS, ORDINALS):
            found.update(float(v) for word, v in table.items() if key_of(word) in self.index)
        return found

    @cached_property
    def verbatim(self) -> Verbatim:
        return Verbatim(self.text)

    def evidence(self, start: int, end: int) -> Evidence:
        end = min(end, start + LONGEST_QUOTE)
        return Evidence(self.number, start, end, self.text[start:end])


def _bounded(text: str) -> list[Span]:
    spans = []
    for start, end in split(text):
        while end - start > LONGEST_SENTENCE:
            cut = text.rfind(" ", start + LONGEST_SENTENCE // 2, start + LONGEST_SENTENCE)
            cut = cut if cut > 0 else start + LONGEST_SENTENCE
            spans.append(Span(start, cut))
            start = cut
        spans.append(Span(start, end))
    return spans
