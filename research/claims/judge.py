"""How well sources carry a statement: which of their sentences come nearest, and how near."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import log

from research.claims.claim import Evidence
from research.claims.clauses import missing_clause
from research.claims.name_check import NameCheck
from research.claims.number_check import number_differences
from research.claims.passage import Difference, Passage
from research.claims.polarity import polarity_difference
from research.claims.prepared import Prepared
from research.claims.quantity import Quantity
from research.claims.said import Said
from research.claims.swaps import swapped
from research.claims.words import KEYS_BESIDE, LIGHT_KEYS, words_of

ENOUGH = 0.55  # share of a claim's weight that its passage has to hold
_ENOUGH_ALONE = 0.68  # the same of one that shares no number and no name with it
_LONGEST_LIST = 400  # sentences with one word that are looked at
_MOST_WINDOWS = 4
_IN_TOPIC = 0.4  # weight of a word of what was asked: all sources have it
_LIGHT = 0.35  # weight of a word that another one easily stands for
_NUMBER = 1.6  # weight of a number
_NEAR = 0.5  # of its weight has a word that stands in the sentence before or behind
_BESIDE = 0.65
_SAME_BEGINNING = 0.5
_OTHER_NUMBER = 0.4
_DENIED = 0.45  # from here on a passage may be one that says the opposite


@dataclass
class Carried:
    """How a source carries a claim: `share` of its weight, and what of it the source denies."""

    share: float = 0.0
    differs: list[str] = field(default_factory=list)
    lacks: list[str] = field(default_factory=list)
    evidence: tuple[Evidence, ...] = ()
    missing: list[Quantity] = field(default_factory=list)
    enough: float = ENOUGH
    """The share that it takes."""
    numbers: int = 0
    """How many numbers of the claim the sentence has."""

    @property
    def holds(self) -> bool:
        return self.share >= self.enough and not self.differs and not self.lacks

    @property
    def rank(self) -> tuple[bool, bool, float]:
        return (self.holds, bool(self.differs), self.share)

    def add(self, difference: Difference) -> None:
        (self.differs if difference.is_other else self.lacks).append(difference.told)
        if difference.number:
            self.missing.append(difference.number)


class Judge:
    """Asks the sources of one topic about its claims."""

    def __init__(self, sources: Sequence[Prepared], topic: str) -> None:
        self._sources = sources
        self._weights: dict[str, float] = {}
        self._topic = {word.key for word in words_of(topic)} if topic else set()
        self._names = NameCheck(sources, self._topic)

    @cached_property
    def _sentences(self) -> int:
        return max(1, sum(len(source.sentences) for source in self._sources))

    def weight(self, key: str) -> float:
        """How much a word tells: the more, the fewer sentences have it."""
        if key not in self._weights:
            found = sum(len(s.index[key]) for s in self._sources if key in s.index)
            weight = min(log(1 + (self._sentences + 8) / (found + 1)), 5.0)
            weight *= _IN_TOPIC if key in self._topic else 1.0
            self._weights[key] = weight * (_LIGHT if key in LIGHT_KEYS else 1.0)
        return self._weights[key]

    def carried(self, said: Said, source: Prepared) -> Carried:
        """How one source carries a claim."""
        windows = self._windows(said, source)
        if not windows:
            return Carried()
        passages = [Passage(source, w, windows) for w in windows]
        for passage in passages:
            passage.share = self._share(said, passage)
        most = max(passage.share for passage in passages)
        near = [p for p in passages if p.share >= min(most - 0.15, ENOUGH)]
        found = [self._at(said, passage) for passage in near]
        best = max(found, key=lambda c: c.rank)
        closest = max(found, key=lambda c: (c.share, not c.differs))
        # A sentence that is nearer to the claim, and denies it, outweighs one that would carry it,
        # unless that one has all of its numbers.
        is_nearer = closest.differs and closest.share > best.share + 0.02
        return closest if best.holds and is_nearer and best.numbers < 2 else best

    def _windows(self, said: Said, source: Prepared) -> list[int]:
        """The sentences of a source that share most of the weight."""
        score: dict[int, float] = defaultdict(float)
        for key in {*said.keys, *said.context_keys}:
            for sentence in source.index.get(key, ())[:_LONGEST_LIST]:
                score[sentence] += self.weight(key)
        for key in {w.key for w in said.words if w.lower[0].isdecimal()}:
            for sentence in source.index.get(key, ())[:_LONGEST_LIST]:
                score[sentence] += 3.0
        return sorted(score, key=lambda s: (-score[s], s))[:_MOST_WINDOWS]

    # How near ------------------------------------------------------------------------------

    def _share(self, said: Said, passage: Passage) -> float:
        held, total = self._held(said.keys, passage.own, passage.near)
        for quantity in said.quantities:
            weight = _NUMBER if quantity.sure else _NUMBER / 3
            total += weight
            held += weight * self._number_held(quantity, passage)
        if not total:
            return 1.0 if said.context_keys <= passage.near else 0.0
        if said.context_keys:  # a cell: its row's head has to be there too
            total += 0.5 * sum(self.weight(k) for k in said.context_keys)
            held += 0.5 * sum(self.weight(k) for k in said.context_keys if k in passage.near)
        return held / total

    def _held(
        self, keys: Iterable[str], own: frozenset[str], near: frozenset[str]
    ) -> tuple[float, float]:
        """The weight of these words that a passage holds, and all of it."""
        total = held = 0.0
        beginnings = {key[:5] for key in near if len(key) >= 5}
        for key in keys:
            weight = self.weight(key)
            total += weight
            if key in own:
                held += weight
            elif not KEYS_BESIDE.get(key, frozenset()).isdisjoint(own):
                held += _BESIDE * weight  # `rose` for `grew`; `fell` is told apart by its polarity
            elif key in near:
                held += _NEAR * weight
            elif len(key) >= 5 and key[:5] in beginnings:
                held += _SAME_BEGINNING * weight
        return held, total

    def _number_held(self, quantity: Quantity, passage: Passage) -> float:
        if any(quantity.matches(other) for other in passage.quantities):
            return 1.0
        if any(quantity.matches(other) for _, other in passage.wider_quantities):
            return _NEAR
        return _OTHER_NUMBER

    # What differs --------------------------------------------------------------------------

    def _at(self, said: Said, passage: Passage) -> Carried:
        carried = Carried(passage.share, evidence=(passage.evidence,))
        carried.numbers = sum(
            any(q.matches(t) for t in passage.quantities) for q in said.quantities
        )
        carried.enough = ENOUGH if carried.numbers or _has_a_name(said, passage) else _ENOUGH_ALONE
        if said.quantities:
            for difference in number_differences(said, passage, self._topic):
                carried.add(difference)
        for difference in self._names.differences(said, passage):
            carried.add(difference)
        if passage.share >= _DENIED:
            told = polarity_difference(said, passage) or swapped(said, passage)
            carried.differs += [told] if told else []
        if passage.share >= ENOUGH and not carried.differs:
            clause = missing_clause(said, passage, self._clause_share, self.weight)
            carried.lacks += [f"“{clause}” is not there"] if clause else []
        return carried

    def _clause_share(self, clause: Said, source: Prepared, near: frozenset[str] | None) -> float:
        """How much of a clause stands in a passage, or in the best sentence of the source."""
        places = [near] if near is not None else []
        if near is None:
            places = [source.keys_in(w) for w in self._windows(clause, source)[:2]]
        shares = []
        for keys in places:
            held, total = self._held(clause.keys, keys, keys)
            shares.append(held / (total or 1.0))
        return max(shares, default=0.0)


def _has_a_name(said: Said, passage: Passage) -> bool:
    """Whether they share a name, or cannot: in a script without capitals."""
    has_capitals = not said.words or said.words[0].lower < "\u0590"
    return not has_capitals or any(
        name.key in passage.own for name, is_first in said.names if not is_first
    )
