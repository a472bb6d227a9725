"""Words with which two sentences say the opposite of each other, such as `rose` and `fell`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

from research.claims.parts import Part, parts_of
from research.claims.vocabulary import EITHER_OR, UNSPACED_OPPOSITES, Side
from research.claims.words import Word, is_stop, sides_of, stem_of

if TYPE_CHECKING:
    from research.claims.said import Said

_ADVERBS = ("up", "down", "over")
_BEFORE = " % and but is was were are went goes moved percent"
_BEFORE_DIRECTION = frozenset(_BEFORE.split(" "))
_PREFIXES = [
    ("un", ""), ("in", ""), ("im", ""), ("ir", ""), ("il", ""), ("non", ""), ("dis", ""),
    ("de", ""), ("mis", ""), ("anti", ""), ("counter", ""), ("en", "de"), ("in", "de"),
    ("in", "ex"), ("im", "ex"), ("in", "out"), ("up", "down"), ("over", "under"),
    ("out", "under"), ("pre", "post"), ("pro", "anti"), ("hyper", "hypo"), ("macro", "micro"),
    ("inter", "intra"), ("multi", "uni"), ("fore", "hind"),
]  # fmt: skip
_LEAST_REST = 3  # letters behind two prefixes
_LEAST_WORD = 4  # letters of a word that only the other one has a prefix before


class Sentence(Protocol):
    """What a claim is held against: a sentence of a source, or another claim."""

    @property
    def words(self) -> Sequence[Word]: ...
    @property
    def own(self) -> frozenset[str]:
        """The keys of its words."""

    @property
    def text(self) -> str: ...
    @property
    def whole(self) -> str:
        """The text that its words stand in."""


class Turned(NamedTuple):
    """A word of a claim, and the one of its source that says the opposite."""

    claimed: str
    found: str
    is_either_or: bool = False
    """Whether what is not the one is the other."""


def opposite(said: "Said", passage: Sentence) -> Turned | None:
    """How the two say the opposite of each other; None: they do not."""
    ours, theirs = _sides(said.words), _sides(passage.words)
    for side, words in ours.items():
        against = side.other
        is_added = len(words) > len(theirs.get(side, ()))
        if is_added and len(theirs.get(against, ())) > len(ours.get(against, ())):
            return Turned(words[0], theirs[against][0], side.axis in EITHER_OR)
    return (
        _by_prefix(said, passage)
        or _in_another_part(said, passage, ours, theirs)
        or _unspaced(said.text, passage.text)
    )


def _sides(words: Sequence[Word]) -> dict[Side, list[str]]:
    """The words of a sentence that have an opposite, by the side on which they stand."""
    found: dict[Side, list[str]] = {}
    for place, word in enumerate(words):
        if word.lower in _ADVERBS and not _is_direction(words, place):
            continue
        if word.lower == "longer" and words[place - 1].lower == "no":
            continue
        for side in sides_of(word.lower):
            found.setdefault(side, []).append(word.lower)
    return found


def _is_direction(words: Sequence[Word], at: int) -> bool:
    """Whether `up` says where a number went: not in `gave up`, `up to`."""
    before = words[at - 1].lower if at else ""
    after = words[at + 1].lower if at + 1 < len(words) else ""
    if after == "to" and words[at].lower == "up":
        return False
    return before in _BEFORE_DIRECTION or before[:1].isdecimal() or after[:1].isdecimal()


# By a prefix ------------------------------------------------------------------------------


def _by_prefix(said: "Said", passage: Sentence) -> Turned | None:
    """`decode` for `encode`, `unlocked` for `locked`: words that only one of the two has."""
    theirs = {w.lower for w in passage.words if w.key not in said.all_keys and not is_stop(w)}
    for word in said.keys.values():
        if word.key not in passage.own:
            for other in theirs:
                stems = stem_of(word.lower), stem_of(other)
                if _differ_by_prefix(word.lower, other) or _differ_by_prefix(*stems):
                    return Turned(word.lower, other, is_either_or=True)
    return None


def _differ_by_prefix(one: str, other: str) -> bool:
    for pair in _PREFIXES:
        for ours, theirs in (pair, pair[::-1]):
            rest = one.removeprefix(ours)
            least = _LEAST_REST if ours and theirs else _LEAST_WORD
            if one == ours + rest and other == theirs + rest and len(rest) >= least:
                return True
    return False


# By their places --------------------------------------------------------------------------


def _in_another_part(
    said: "Said",
    passage: Sentence,
    ours: dict[Side, list[str]],
    theirs: dict[Side, list[str]],
) -> Turned | None:
    """`Opposed by the Greens` for `proposed by the Greens and opposed by the union`."""
    parts: list[Part] = []
    for side, words in ours.items():
        if side not in theirs or side.other not in theirs or side.other in ours:
            continue
        parts = parts or list(parts_of(passage.words, passage.whole))
        shared = {side: 0, side.other: 0}
        for part in parts:
            there = _sides(part.words)
            axis = {word.key for word in part.words if _is_on(word, side.axis)}
            for each in {side, side.other} & there.keys():
                shared[each] = max(shared[each], part.shared(said.all_keys - axis))
        if shared[side.other] > shared[side]:
            return Turned(words[0], theirs[side.other][0])
    return None


def _is_on(word: Word, axis: int) -> bool:
    return any(side.axis == axis for side in sides_of(word.lower))


def is_crossed(said: "Said", passage: Sentence, claimed: str, found: str) -> bool:
    """Whether what stands before one word in the claim stands behind the other in the passage:
    `b is slower than a` for `a is faster than b`."""
    ours, theirs = _around(said.words, claimed), _around(passage.words, found)
    return all(one & other for one, other in zip(ours, theirs[::-1], strict=True))


def _around(words: Sequence[Word], lower: str) -> tuple[set[str], set[str]]:
    """The keys before and behind a word, without those on both sides."""
    at = next(place for place, word in enumerate(words) if word.lower == lower)
    before = {word.key for word in words[:at] if not is_stop(word)}
    behind = {word.key for word in words[at + 1 :] if not is_stop(word)}
    return before - behind, behind - before


# In scripts that set no spaces ------------------------------------------------------------


def _unspaced(claim: str, source: str) -> Turned | None:
    for pair in UNSPACED_OPPOSITES:
        for side in (0, 1):
            ours = next((w for w in pair[side] if w in claim), "")
            theirs = next((w for w in pair[1 - side] if w in source), "")
            is_both = any(w in source for w in pair[side]) or any(
                w in claim for w in pair[1 - side]
            )
            if ours and theirs and not is_both:
                return Turned(ours, theirs)
    return None
