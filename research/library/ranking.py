"""Which passages fit a query best, and whether the best of them is on its topic at all.

The index ranks by BM25. Of the passages that come first by it, those come first here that hold the
query's own words, not only their relatives by stem, and hold them beside each other. Figures:
docs/library.md.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from research.library.embedding import likeness
from research.library.index.contract import Candidate
from research.library.places import Finder, Places
from research.library.query import Term
from research.library.words import cut, singular

EXACT, NEAR = 0.5, 0.5  # what a score gains by all words exact, and all neighbours together
NAMED = 0.25  # what it gains where document or section is called just so
GAP = 2  # words at most from a neighbour to the next
SHORT = 3  # terms
SHARE, SHARE_OF_SHORT = 0.25, 0.5  # of the best passage's coverage that another must have
MIN_COVERAGE = 0.65  # of the query's weight, in the best passage
# A long query is answered by a passage that holds less of it, the more neighbours stand together.
LONG_COVERAGE, PER_LENGTH, PER_NEIGHBOUR = 1.02, 0.2, 0.08
FROM_TERMS = 4  # a shorter query says what it means; of a longer one, its words' meaning counts too
ALIKE = 0.525  # what a passage on the topic is alike to such a query, where it holds enough of it
LIKENESS = 0.5  # of the score that it gives


@dataclass(frozen=True, slots=True)
class Weighed:
    """A term with what it weighs: the more, the fewer passages hold it."""

    term: Term
    holding: int
    weight: float


def weigh(terms: Sequence[Term], holding: Sequence[int], size: int) -> list[Weighed]:
    """Weighs most what no passage holds: it may be just what the query is about."""
    return [
        Weighed(term, held, math.log(1 + size / (held + 0.5)))
        for term, held in zip(terms, holding, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate with its `score` and the share of the query's weight it holds, 0 to 1."""

    candidate: Candidate
    score: float
    coverage: float
    neighbours: int
    """How often two words that follow each other in the query do so here."""
    likeness: float | None = None
    """To the query by meaning, -1 to 1; None where nobody asked."""


def rank(candidates: Sequence[Candidate], terms: Sequence[Weighed]) -> list[Ranked]:
    """The candidates, the best first; none where the best is not on the query's topic."""
    sought = _Sought(terms)
    ranked = [sought.rank(candidate) for candidate in candidates]
    if len(terms) >= FROM_TERMS:
        ranked = _with_likeness(ranked, terms)
    if not ranked or not _is_on_topic(ranked, len(terms)):
        return []
    is_short = len(terms) <= SHORT or all(len(each.term.words) > 1 for each in terms)
    share = SHARE_OF_SHORT if is_short else SHARE
    needed = share * max(each.coverage for each in ranked)
    return sorted((e for e in ranked if e.coverage >= needed), key=lambda each: -each.score)


def by_meaning(ranked: Sequence[Ranked]) -> list[Ranked]:
    """The passages, the best first, where the meaning of their words counts for a part."""
    alike = max((each.likeness or 0.0 for each in ranked), default=0.0)
    if alike <= 0:
        return list(ranked)
    best = max(each.score for each in ranked)
    scored = [
        replace(
            each,
            score=(1 - LIKENESS) * each.score + LIKENESS * best * (each.likeness or 0.0) / alike,
        )
        for each in ranked
    ]
    return sorted(scored, key=lambda each: -each.score)


def _with_likeness(ranked: Sequence[Ranked], terms: Sequence[Weighed]) -> list[Ranked]:
    words = [word for each in terms for word in each.term.words]
    found = likeness(words, [each.candidate.words for each in ranked])
    if found is None:
        return list(ranked)
    return [replace(each, likeness=alike) for each, alike in zip(ranked, found, strict=True)]


def _is_on_topic(ranked: Sequence[Ranked], terms: int) -> bool:
    """Whether the best passages hold enough of the query, or less that is as much alike."""
    needed = min(MIN_COVERAGE, LONG_COVERAGE - PER_LENGTH * math.log(terms))
    coverage = max(each.coverage for each in ranked)
    neighbours = max(each.neighbours for each in ranked)
    alike = [each.likeness for each in ranked if each.likeness is not None]
    more = max(alike) - ALIKE if alike else 0.0
    return coverage + PER_NEIGHBOUR * math.log1p(neighbours) + more >= needed


class _Sought:
    """The terms of a query, made ready to be looked for in many passages."""

    def __init__(self, terms: Sequence[Weighed]) -> None:
        self._finder = Finder([each.term for each in terms])
        self._terms = [(each.term.stems, _forms(each.term), each.weight) for each in terms]
        self._total = sum(each.weight for each in terms)
        stems = [stem for stems, _, _ in self._terms for stem in stems]
        self._followers = {pair for pair in pairwise(stems) if pair[0] != pair[1]}
        self._stems = set(stems)
        self._name = [word for each in terms for word in each.term.words]

    def rank(self, candidate: Candidate) -> Ranked:
        places = self._finder.places(candidate.words)
        words = set(places.words.values())
        held = exact = 0.0
        for stems, forms, weight in self._terms:
            if places.of(stems):
                held += weight
                exact += weight * all(not words.isdisjoint(each) for each in forms)
        together = self._together(places)
        gain = 1 + EXACT * exact / self._total
        if self._followers:
            gain += NEAR * len(set(together)) / len(self._followers)
        if self._is_name_of(candidate):
            gain += NAMED
        return Ranked(candidate, candidate.score * gain, held / self._total, len(together))

    def _is_name_of(self, candidate: Candidate) -> bool:
        """`logging`, and `httpx: The next generation HTTP client`."""
        heads = (head.partition(":")[0] for head in (candidate.title, candidate.heading))
        return any(cut(head) == self._name for head in heads)

    def _together(self, places: Places) -> list[tuple[str, str]]:
        """The query's neighbours that follow each other here, as often as they do."""
        found = [(at, stem) for at, stem in places.stems.items() if stem in self._stems]
        return [
            (stem, next_stem)
            for (at, stem), (next_at, next_stem) in pairwise(found)
            if next_at - at <= GAP and (stem, next_stem) in self._followers
        ]


def _forms(term: Term) -> list[set[str]]:
    """For each word of a term, what is the same word: in the singular, in the plural."""
    return [{word, singular(word), f"{singular(word)}s"} for word in term.words]
