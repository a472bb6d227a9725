"""Whether two sentences say the opposite: by a negation, or by words such as `rose` and `fell`."""

from collections.abc import Collection, Sequence

from research.claims.vocabulary import (
    NEGATIONS,
    OPPOSITES,
    UNSPACED_NEGATIONS,
    UNSPACED_OPPOSITES,
)
from research.claims.words import Word, is_stop

_BEFORE, _AFTER = 3, 3  # content words beside a negation that it may be about


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
    return lower in NEGATIONS or lower.endswith("n't")


def opposite(
    claim: Sequence[Word], source: Sequence[Word], claim_text: str, source_text: str
) -> tuple[str, str] | None:
    """The words with which the two say the opposite of each other, or None."""
    ours = {word.lower for word in claim}
    theirs = {word.lower for word in source}
    for word in claim:
        if word.lower in theirs:
            continue
        for axis, side in OPPOSITES.get(word.lower, ()):
            against = [w for w in theirs - ours if (axis, 1 - side) in OPPOSITES.get(w, ())]
            along = [w for w in theirs if (axis, side) in OPPOSITES.get(w, ())]
            if against and not along:
                return word.lower, min(against)
    return _unspaced(claim_text, source_text)


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
) -> str:
    """Which negation only one of the two sentences has: a reason, or an empty text."""
    if len(claim) > len(source) and not (source and len(claim) == 1):
        about = [word for word, keys in claim if not any(keys & other for _, other in source)]
        return f"the claim says “{about[0]}”, the source does not" if about else ""
    if len(source) > len(claim):
        about = [
            word
            for word, keys in source
            if len(keys & set(shared)) >= min(2, len(keys)) and not any(keys & o for _, o in claim)
        ]
        return f"the source says “{about[0]}”, the claim does not" if about else ""
    return ""
