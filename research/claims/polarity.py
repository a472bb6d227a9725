"""Whether two sentences say the opposite: by a negation, or by words such as `rose` and `fell`."""

from collections.abc import Sequence

from research.claims import differences
from research.claims.negations import Negation, denied, negations_in, not_only
from research.claims.opposites import Turned, is_crossed, opposite
from research.claims.parts import parts_of
from research.claims.passage import Passage
from research.claims.said import Said
from research.claims.swaps import is_passive

_SIDED = """
than before after above below behind exceeds exceed exceeded precedes preceded follows followed
outnumber outnumbered lags lag lagged als que
"""
_RELATIONS = frozenset(_SIDED.split())
"""Words whose two sides cannot change places."""
_NEAR = 0.5  # share of its own words, or of the nearest part's, that a part has to have, to count


def polarity_difference(said: Said, passage: Passage) -> str:
    """How a claim and a passage say the opposite of each other, for the reader; else empty."""
    if not passage.words:
        return ""
    there = _relevant(said, passage)
    turned = opposite(said, passage)
    if turned and _cancels(turned, said, passage, there):
        return ""
    if turned:
        return differences.turns(turned.claimed, turned.found)
    return (
        denied(said, there, passage.words)
        or not_only(said.words, passage.words)
        or _other_way_round(said, passage)
    )


def _relevant(said: Said, passage: Passage) -> list[Negation]:
    """The negations in those parts of the passage that the claim is about."""
    text = passage.source.text
    parts = list(parts_of(passage.words, text))
    shared = [len(part.own & said.all_keys) for part in parts]
    least = max(1, _NEAR * max(shared))
    return [
        negation
        for part, number in zip(parts, shared, strict=True)
        if number >= least or part.told(said.all_keys) >= _NEAR
        for negation in negations_in(part.words, text)
    ]


def _cancels(turned: Turned, said: Said, passage: Passage, there: Sequence[Negation]) -> bool:
    """Whether one of the two denies its word, `not allowed` for `forbidden`, or turns the sentence
    round, `b before a` for `a after b`.

    What did not rise need not have fallen: there only the claim may be the weaker one.
    """
    is_mine = any(turned.claimed in negation.scope for negation in said.negations)
    is_theirs = any(turned.found in negation.scope for negation in there)
    if is_mine != is_theirs:
        return is_mine or turned.is_either_or
    is_relation = _is_relation(said) and _is_relation(passage)
    return is_relation and is_crossed(said, passage, turned.claimed, turned.found)


def _is_relation(sentence: Said | Passage) -> bool:
    return any(word.lower in _RELATIONS for word in sentence.words)


def _other_way_round(said: Said, passage: Passage) -> str:
    """`b exceeds a` for `a exceeds b`: a reason, or an empty text."""
    if is_passive(said.words) != is_passive(passage.words):
        return ""
    theirs = {word.lower for word in passage.words}
    for word in said.words:
        if word.lower in _RELATIONS & theirs and is_crossed(said, passage, word.lower, word.lower):
            return f"the claim has the two sides of “{word.lower}” the other way round"
    return ""
