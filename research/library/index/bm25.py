"""BM25 as FTS5 has it, for a database that does not rank by it."""

import math
from collections.abc import Iterable, Sequence
from operator import attrgetter

from research.library.index.contract import HEADING, TEXT, TITLE, Candidate
from research.library.places import Finder, Places
from research.library.query import Term
from research.library.words import cut

Row = tuple[int, int, str, str, str]  # passage, document, title, heading, text

SATURATION, LENGTH_SHARE = 1.2, 0.75  # k1 and b


def weights(holding: Sequence[int], size: int) -> list[float]:
    """What each term weighs, by how many of all passages hold it."""
    return [max(math.log((size - held + 0.5) / (held + 0.5)), 1e-6) for held in holding]


def ranked(
    passages: Iterable[Row], terms: Sequence[Term], weights: Sequence[float]
) -> list[Candidate]:
    """Candidates of those passages, the best first.

    A passage's length is told in relation to the average of those given: that of all would have to
    be counted.
    """
    finder = Finder(terms)
    sought = [term.stems for term in terms]
    found = [(row, [finder.places(cut(part)) for part in row[2:5]]) for row in passages]
    average = sum(part.length for _, parts in found for part in parts) / max(len(found), 1)
    candidates = []
    for row, parts in found:
        length = sum(part.length for part in parts) / (average or 1)
        score = sum(
            weight * saturated(_frequency(stems, parts), length)
            for stems, weight in zip(sought, weights, strict=True)
        )
        candidates.append(Candidate(*row, score))
    return sorted(candidates, key=attrgetter("score"), reverse=True)


def saturated(frequency: int, length: float) -> float:
    """What a word counts that stands so often in a passage so many times as long as the average."""
    saturation = SATURATION * (1 - LENGTH_SHARE + LENGTH_SHARE * length)
    return frequency * (SATURATION + 1) / (frequency + saturation)


def _frequency(stems: Sequence[str], parts: Sequence[Places]) -> int:
    """How often a term stands in title, heading and text, each place at its worth."""
    worth = zip((TITLE, HEADING, TEXT), parts, strict=True)
    return sum(factor * len(part.of(stems)) for factor, part in worth)
