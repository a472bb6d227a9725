"""Which statement of one text says what a statement of another one says, whatever its numbers.

Equal statements belong together; then those that share most of what they mean, numbers apart. What
all statements of a topic have in common counts for little. The same texts give the same pairs, and
the work grows with their length: no statement is held against more than a few others.
"""

import math
from bisect import bisect_left
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from research.claims.said import Said
from research.claims.verbatim import uncited

LONGEST = 4_000  # characters of a statement that are looked at
ALIKE = 0.5  # of two statements' meaning that they share, to be the same one
_RAREST = 8  # words of a statement by which others are found
_NEAREST = 40  # statements with the same word that are looked at
_NUMBERS = 0.05  # what equal numbers add, so that they decide among statements that are as alike

Pair = tuple[int, int]


def said_of(text: str) -> Said:
    """A statement taken apart, without its citations."""
    return Said(uncited(text[:LONGEST]))


def pairs(before: Sequence[Said], after: Sequence[Said]) -> list[Pair]:
    """Places in both texts that belong together, in the order of the first; each in one pair."""
    found = dict(_equal(before, after))
    left = [at for at in range(len(before)) if at not in found]
    taken = set(found.values())
    free = [at for at in range(len(after)) if at not in taken]
    found |= _alike(before, after, left, free)
    _follow(before, after, found)
    return sorted(found.items())


def _equal(before: Sequence[Said], after: Sequence[Said]) -> Iterator[Pair]:
    """Those that say the same, word for word and in any order."""
    places: defaultdict[str, deque[int]] = defaultdict(deque)
    for at, said in enumerate(after):
        places[said.wording.letters].append(at)
    for at, said in enumerate(before):
        if same := places.get(said.wording.letters):
            yield at, same.popleft()


@dataclass(frozen=True)
class _Meaning:
    """A statement's words that tell something, which of them tell most, and how much in all."""

    keys: Set[str]
    telling: Sequence[str]
    total: float
    numbers: Set[str]


def _alike(
    before: Sequence[Said], after: Sequence[Said], left: Sequence[int], free: Sequence[int]
) -> dict[int, int]:
    """The best of the pairs that are alike, then the best of the rest."""
    ours, theirs = [before[at] for at in left], [after[at] for at in free]
    weights = _weights(ours, theirs)
    others = [_meaning(said, weights) for said in theirs]
    places: defaultdict[str, list[int]] = defaultdict(list)
    for place, meaning in enumerate(others):
        for key in meaning.keys:
            places[key].append(place)
    ranked = []
    for at, said in enumerate(ours):
        one, middle = _meaning(said, weights), at * len(theirs) // len(ours)
        for place in _near(one, middle, places):
            if score := _score(one, others[place], weights):
                ranked.append((-score, abs(middle - place), at, place))
    found: dict[int, int] = {}
    taken: set[int] = set()
    for _, _, at, place in sorted(ranked):
        if left[at] not in found and place not in taken:
            found[left[at]] = free[place]
            taken.add(place)
    return found


def _weights(before: Sequence[Said], after: Sequence[Said]) -> dict[str, float]:
    """How much a word tells: the less, the more statements of one text have it."""
    number = max(len(before), len(after))
    having = Counter(key for said in before for key in said.keys)
    having |= Counter(key for said in after for key in said.keys)
    return {key: math.log(1 + number / count) for key, count in having.items()}


def _meaning(said: Said, weights: dict[str, float]) -> _Meaning:
    telling = sorted(said.keys, key=lambda key: (-weights[key], key))
    total = math.fsum(map(weights.__getitem__, telling))
    numbers = {quantity.text for quantity in said.quantities}
    return _Meaning(set(telling), telling[:_RAREST], total, numbers)


def _near(one: _Meaning, middle: int, places: Mapping[str, list[int]]) -> set[int]:
    """The statements that share a word which tells much, those nearest to a place."""
    found: set[int] = set()
    for key in one.telling:
        having = places.get(key, [])
        first = max(0, bisect_left(having, middle) - _NEAREST // 2)
        found.update(having[first : first + _NEAREST])
    return found


def _score(one: _Meaning, other: _Meaning, weights: dict[str, float]) -> float:
    """How much of both statements' meaning is shared, from ALIKE to a little over 1; else 0."""
    total = one.total + other.total
    if 2 * min(one.total, other.total) < ALIKE * total:
        return 0.0
    alike = 2 * math.fsum(map(weights.__getitem__, one.keys & other.keys)) / total
    return alike + _NUMBERS * bool(one.numbers & other.numbers) if alike >= ALIKE else 0.0


def _follow(before: Sequence[Said], after: Sequence[Said], found: dict[int, int]) -> None:
    """What has no words, as a figure in a table's cell, goes with what stands in front of it."""
    taken = set(found.values())
    for at, said in enumerate(before):
        if at in found or said.keys:
            continue
        other = found[at - 1] + 1 if at - 1 in found else 0 if at == 0 else len(after)
        if other < len(after) and other not in taken and not after[other].keys:
            found[at] = other
            taken.add(other)
