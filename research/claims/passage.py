"""A sentence of a source that a claim is held against, and how it differs from the claim."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from research.claims.claim import Evidence
from research.claims.prepared import Prepared
from research.claims.quantity import Quantity
from research.claims.words import Word


class Difference(NamedTuple):
    """What of a claim a passage says otherwise (`is_other`), or does not say; for the reader."""

    is_other: bool
    told: str
    number: Quantity | None = None


@dataclass
class Passage:
    """A sentence with the ones around it; `others` are further sentences near the claim."""

    source: Prepared
    sentence: int
    others: Sequence[int] = ()
    share: float = 0.0

    @cached_property
    def around(self) -> list[int]:
        last = len(self.source.sentences)
        beside = (self.sentence - 1, self.sentence, self.sentence + 1)
        return [sentence for sentence in beside if 0 <= sentence < last]

    @cached_property
    def own(self) -> frozenset[str]:
        """The keys of its words."""
        return self.source.keys_in(self.sentence)

    @cached_property
    def near(self) -> frozenset[str]:
        """The keys of all words around it, and of what the source is about."""
        keys = (self.source.keys_in(sentence) for sentence in self.around)
        return self.source.titles.union(self.source.subject, *keys)

    @property
    def whole(self) -> str:
        """The text that its words stand in."""
        return self.source.text

    @cached_property
    def words(self) -> Sequence[Word]:
        return self.source.words_in(self.sentence)

    @cached_property
    def start(self) -> int:
        return self.source.sentences[self.sentence].start

    @cached_property
    def text(self) -> str:
        return self.source.text[self.start : self.source.sentences[self.sentence].end]

    @cached_property
    def quantities(self) -> list[Quantity]:
        return self.source.quantities(self.sentence)

    @cached_property
    def wider_quantities(self) -> list[tuple[int, Quantity]]:
        """The numbers of the other sentences, each with its sentence."""
        wider = dict.fromkeys([*self.around, *self.others])
        wider.pop(self.sentence, None)
        return [(s, q) for s in wider for q in self.source.quantities(s)]

    @property
    def evidence(self) -> Evidence:
        return self.source.evidence(*self.source.sentences[self.sentence])
