"""Numbers and dates of a claim against those of a passage."""

import re
from collections.abc import Collection, Iterator, Sequence

from research.claims.differences import says
from research.claims.passage import Difference, Passage
from research.claims.quantities import is_hedged
from research.claims.quantity import Quantity
from research.claims.said import Said
from research.claims.words import Word, is_stop, words_of

CLOSE = 0.7  # share from which on what differs is a change of what the source says
_LEAST_SHARE = 0.4  # below, a passage is about something else
_BESIDE = 25  # characters around a number that tell what it is of
_WAY = re.compile(r"\b(from|to|before|after)\s*\Z")


def number_differences(
    said: Said, passage: Passage, topic: Collection[str]
) -> Iterator[Difference]:
    """The numbers of the claim that the passage does not have."""
    left = list(passage.quantities)
    for ours in said.quantities:
        hedged = is_hedged(said.text, ours.start) and not _is_hedged_alike(ours, left, passage)
        if pair := next((q for q in left if ours.matches(q, hedged)), None):
            left.remove(pair)
            if passage.share >= CLOSE and (told := _other_thing(ours, pair, said, passage)):
                yield Difference(True, told)
            continue
        rival = _rival(ours, left, said, passage)
        is_twice = any(ours.matches(q, hedged) for q in passage.quantities)
        if is_twice and not (rival and passage.share >= CLOSE and _is_listed(said, ours)):
            continue
        if not is_twice and _may_be_left(ours, hedged, rival, said, passage, topic):
            continue
        yield _difference(ours, rival, passage.share)
    if way := _other_way(said, passage):
        yield way


def _is_hedged_alike(ours: Quantity, theirs: Sequence[Quantity], passage: Passage) -> bool:
    """Whether the passage is as rough: `about 83 %` is not its `about 82 %`."""
    alike = [q for q in theirs if q.kind == ours.kind and q.values and ours.values]
    if not alike:
        return False
    closest = min(alike, key=lambda q: abs(q.values[0] - ours.values[0]))
    return is_hedged(passage.text, closest.start)


def _other_thing(ours: Quantity, theirs: Quantity, said: Said, passage: Passage) -> str:
    """`8 bytes` for `8 characters`: only one of them is a unit that we know; else empty."""
    if ours.kind == theirs.kind or "" not in (ours.kind, theirs.kind) or ours.date or theirs.date:
        return ""
    mine, other = _thing(ours, said.words, 0), _thing(theirs, passage.words, passage.start)
    if not mine or not other or mine.key in passage.own or other.key in said.all_keys:
        return ""
    number = f"{ours.plain[0]:g}"
    return says(f"{number} {mine.lower}", f"{number} {other.lower}")


def _thing(quantity: Quantity, words: Sequence[Word], offset: int) -> Word | None:
    """The word that says what a number is of: its unit, or the word behind it."""
    start, end = quantity.start + offset, quantity.end + offset
    inside = [w for w in words if start < w.start < end and not w.lower[0].isdecimal()]
    behind = [w for w in words if end <= w.start <= end + 1 and not is_stop(w)]
    found = inside[-1:] if quantity.kind else behind[:1]
    return found[0] if found and found[0].lower.isalpha() else None


def _difference(ours: Quantity, rival: Quantity | None, share: float) -> Difference:
    if rival and share >= _LEAST_SHARE:
        return Difference(True, says(ours.text.strip(), rival.text.strip()), ours)
    return Difference(False, f"{ours.text.strip()} is not there", ours)


def _may_be_left(
    ours: Quantity,
    hedged: bool,
    rival: Quantity | None,
    said: Said,
    passage: Passage,
    topic: Collection[str],
) -> bool:
    if not (ours.sure or rival) or _is_free(ours, passage, topic):
        return True
    return _is_elsewhere(ours, hedged, rival, said, passage)


def _is_elsewhere(
    ours: Quantity, hedged: bool, rival: Quantity | None, said: Said, passage: Passage
) -> bool:
    """Whether a sentence beside has the number, of the same thing."""
    found = [s for s, q in passage.wider_quantities if ours.matches(q, hedged)]
    if not found:
        return False
    if not ours.sure or not rival:
        return True
    if passage.share >= CLOSE:
        return False
    beside = _keys_beside(ours, said)
    return any(beside & passage.source.keys_in(sentence) for sentence in found)


def _keys_beside(ours: Quantity, said: Said) -> set[str]:
    """The words around a number that say what it is of."""
    content = [w for w in said.words if not is_stop(w) and not w.lower[0].isdecimal()]
    before = [w.key for w in content if w.end <= ours.start][-2:]
    after = [w.key for w in content if w.start >= ours.end][:2]
    return {*before, *after}


def _is_listed(said: Said, ours: Quantity) -> bool:
    """Whether the claim has the number twice."""
    return sum(ours.matches(other) for other in said.quantities) > 1


def _is_free(ours: Quantity, passage: Passage, topic: Collection[str]) -> bool:
    """Whether a number belongs to the topic's or the source's own name."""
    words = {word.key for word in words_of(ours.text)}
    return not ours.kind and bool(words) and words <= {*passage.source.name, *topic}


def _rival(
    ours: Quantity, others: Sequence[Quantity], said: Said, passage: Passage
) -> Quantity | None:
    """The number of the passage that stands where the claim has another one."""
    like = [q for q in others if q.kind == ours.kind and bool(q.date) == bool(ours.date)]
    if ours.sure and not like:
        like = [q for q in others if _may_stand_for(ours, q)]
    like = [q for q in like if q.sure or not ours.sure]
    if not like:
        return None
    mine = _beside(ours, said.text)
    return max(like, key=lambda q: (len(mine & _beside(q, passage.text)), -q.start))


def _may_stand_for(ours: Quantity, other: Quantity) -> bool:
    if other.plain and ours.plain and set(other.plain) & set(ours.plain):
        return True
    if {other.kind, ours.kind} <= {"", "date", "version"}:
        return True
    if not ours.kind:
        return other.sure
    return not other.kind and other.sure and ours.kind != "ordinal"


def _beside(quantity: Quantity, text: str) -> set[str]:
    before = text[max(0, quantity.start - _BESIDE) : quantity.start]
    return set(re.findall(r"\w+", f"{before} {text[quantity.end : quantity.end + _BESIDE]}"))


def _other_way(said: Said, passage: Passage) -> Difference | None:
    """`from 310 to 355` for `to 310 from 355`."""
    ours, theirs = _ways(said.text, said.quantities), _ways(passage.text, passage.quantities)
    for number, way in ours:
        for other, its_way in theirs:
            if number.matches(other) and {way, its_way} in _CONTRARY:
                return Difference(True, says(f"{way} {number.text}", f"{its_way} {other.text}"))
    return None


_CONTRARY = ({"from", "to"}, {"before", "after"})


def _ways(text: str, quantities: Sequence[Quantity]) -> list[tuple[Quantity, str]]:
    found = ((q, _WAY.search(text[max(0, q.start - 12) : q.start].lower())) for q in quantities)
    return [(q, way[1]) for q, way in found if way]
