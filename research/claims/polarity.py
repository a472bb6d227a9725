"""Whether two sentences say the opposite: by a negation, or by words such as `rose` and `fell`."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from research.claims import differences
from research.claims.vocabulary import (
    NEGATIONS,
    OPPOSITES,
    UNSPACED_NEGATIONS,
    UNSPACED_OPPOSITES,
)
from research.claims.words import Word, is_stop

if TYPE_CHECKING:
    from research.claims.passage import Passage
    from research.claims.said import Said

_ADVERBS = ("up", "down", "over")
_BEFORE_DIRECTION = ("", "%", "is", "was", "were", "are", "went", "goes", "moved", "percent")
_AFTER = 3  # content words behind a negation that it may be about
_PREFIXES = ("un", "in", "im", "non")


def polarity_difference(said: "Said", passage: "Passage") -> str:
    """How a claim and a passage say the opposite of each other, for the reader; else empty."""
    theirs = passage.words
    if not theirs:
        return ""
    turned = opposite(said.words, theirs, said.text, passage.text)
    there = negated_in(theirs, passage.source.text)
    lowers = {word.lower for word in theirs}
    told = denied(said.negations, there, passage.own & said.keys.keys(), lowers)
    is_weaker = told and len(said.negations) > len(there)  # `did not rise` where it fell
    if is_weaker and turned and not NEGATIONS.intersection(turned):
        return ""
    if turned:
        return differences.turns(*turned)
    return told


def negated_in(words: Sequence[Word], text: str) -> list[tuple[str, set[str]]]:
    """The negations of a sentence, each with the keys of the words beside it."""
    found = []
    content = [(at, word) for at, word in enumerate(words) if not is_stop(word)]
    for at, word in enumerate(words):
        if not is_negation(word, words, at, text):
            continue
        before = [w.key for place, w in content if place < at][-1:]
        after = [w.key for place, w in content if place > at and w.lower not in NEGATIONS][:_AFTER]
        found.append((word.lower, {*before, *after}))
    return found


def is_negation(word: Word, words: Sequence[Word], at: int, text: str) -> bool:
    lower = word.lower
    if lower > "\u0e00":
        return (
            text[word.start : word.start + 1] in ("不", "没", "未", "无")
            or lower in UNSPACED_NEGATIONS
        )
    if lower == "not" and [w.lower for w in words[at + 1 : at + 2]] == ["only"]:
        return False
    if lower == "no" and [w.lower for w in words[at + 1 : at + 2]] == ["longer"]:
        return True
    if text[word.end : word.end + 1] == "-":  # `non-empty`, `no-op`
        return False
    return lower in NEGATIONS or lower.endswith("n't")


def opposite(
    claim: Sequence[Word], source: Sequence[Word], claim_text: str, source_text: str
) -> tuple[str, str] | None:
    """The words with which the two say the opposite of each other, or None."""
    ours, theirs = _sides(claim), _sides(source)
    for (axis, side), said in ours.items():
        against = (axis, 1 - side)
        added = len(said) > len(theirs.get((axis, side), ()))
        if added and len(theirs.get(against, ())) > len(ours.get(against, ())):
            return said[0], theirs[against][0]
    return _unspaced(claim_text, source_text)


def _sides(words: Sequence[Word]) -> dict[tuple[int, int], list[str]]:
    """The words of a sentence that have an opposite, by axis and side."""
    found: dict[tuple[int, int], list[str]] = {}
    for place, word in enumerate(words):
        if word.lower in _ADVERBS and not _is_direction(words, place):
            continue
        for at in OPPOSITES.get(word.lower, ()):
            found.setdefault(at, []).append(word.lower)
    return found


def _is_direction(words: Sequence[Word], at: int) -> bool:
    """Whether `up` says where a number went: not in `gave up`, `up to`."""
    before = words[at - 1].lower if at else ""
    after = words[at + 1].lower if at + 1 < len(words) else ""
    if after == "to" and words[at].lower == "up":
        return False
    return before in _BEFORE_DIRECTION or before[:1].isdecimal() or after[:1].isdecimal()


def _unspaced(claim: str, source: str) -> tuple[str, str] | None:
    for pair in UNSPACED_OPPOSITES:
        for side in (0, 1):
            ours = next((w for w in pair[side] if w in claim), "")
            theirs = next((w for w in pair[1 - side] if w in source), "")
            is_both = any(w in source for w in pair[side]) or any(
                w in claim for w in pair[1 - side]
            )
            if ours and theirs and not is_both:
                return ours, theirs
    return None


def denied(
    claim: list[tuple[str, set[str]]],
    source: list[tuple[str, set[str]]],
    shared: Collection[str],
    lowers: Collection[str],
) -> str:
    """Which negation only one of the two sentences has: a reason, or an empty text.

    `shared` are the keys that both have, `lowers` the source's words.
    """
    left = list(source)
    added = []
    for word, keys in claim:
        pair = next((other for other in left if keys & other[1]), None)
        if pair:
            left.remove(pair)
        elif not any(p + key in lower for p in _PREFIXES for key in keys for lower in lowers):
            added.append(word)
    if added and len(claim) > len(source):
        return differences.adds(added[0])
    dropped = [word for word, keys in left if len(keys & set(shared)) >= min(2, len(keys))]
    if dropped and len(source) > len(claim):
        return differences.leaves_out(dropped[0])
    return ""
