"""What a claim says, taken apart."""

from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from research.claims.names import is_german, names_in
from research.claims.negations import Negation, negations_in
from research.claims.quantities import find_quantities
from research.claims.quantity import Quantity
from research.claims.verbatim import Wording, wording
from research.claims.words import Word, is_stop, words_of

_MOST_WORDS = 400  # of a claim
_MOST_NUMBERS = 60


@dataclass
class Said:
    """A claim's text; `context` is text around it that a source may leave unsaid."""

    text: str
    context: str = ""

    @cached_property
    def wording(self) -> Wording:
        return wording(self.text)

    @cached_property
    def words(self) -> list[Word]:
        return list(islice(words_of(self.text), _MOST_WORDS))

    @cached_property
    def lowers(self) -> list[str]:
        return [word.lower for word in self.words]

    @cached_property
    def keys(self) -> dict[str, Word]:
        """The words with a meaning, without numbers, by key."""
        numbers = {at for q in self.quantities for at in range(q.start, q.end)}
        return {
            w.key: w
            for w in self.words
            if w.start not in numbers and not w.lower[0].isdecimal() and not self._is_stop(w)
        }

    @property
    def whole(self) -> str:
        """The text that its words stand in."""
        return self.text

    @property
    def own(self) -> frozenset[str]:
        """The keys of all its words."""
        return self.all_keys

    @cached_property
    def all_keys(self) -> frozenset[str]:
        return frozenset(word.key for word in self.words)

    def _is_stop(self, word: Word) -> bool:
        """Whether a word only holds the sentence together; `MIT` does not."""
        return is_stop(word) and not (word.end - word.start > 1 and self._shown(word).isupper())

    def _shown(self, word: Word) -> str:
        return self.text[word.start : word.end]

    @cached_property
    def context_keys(self) -> set[str]:
        return {word.key for word in words_of(self.context) if not is_stop(word)}

    @cached_property
    def quantities(self) -> list[Quantity]:
        return find_quantities(self.text)[:_MOST_NUMBERS]

    @cached_property
    def names(self) -> list[tuple[Word, bool]]:
        return list(names_in(self.words, self.text, is_german(self.words)))

    @cached_property
    def negations(self) -> list[Negation]:
        return negations_in(self.words, self.text)
