"""Whether a claim has what its passage has in the wrong places: `A beat B` for `B beat A`."""

from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import combinations

from research.claims.differences import turns
from research.claims.names import is_german
from research.claims.passage import Passage
from research.claims.said import Said
from research.claims.units import is_unit
from research.claims.vocabulary import GROUPS
from research.claims.words import UNSPACED_WORD, Word, is_stop, sides_of

_MOST_WORDS = 60  # of a claim and of a sentence
_SAME = 0.75  # of the words between two names, or of two sentences in a script without capitals
_MOST_NAMES = 8
_EVEN = frozenset(["and", "or", "with", "und", "et", "y", "и", "the", "&"])  # `A and B`, `B and A`
_BY = frozenset(["by", "von", "par", "por"])
_MOST_REPLACED = 4  # words


def swapped(said: Said, passage: Passage) -> str:
    """What was swapped, for the reader; else empty."""
    return _turned_round(said, passage) or _replaced(said, passage)


def _turned_round(said: Said, passage: Passage) -> str:
    """Two names or numbers that change places while what stands between them stays."""
    ours = _marked(said.words, said.text)
    theirs = _marked(passage.words, passage.source.text)
    if is_german(said.words) or is_passive(said.words) != is_passive(passage.words):
        return ""  # `A designed B` for `B was designed by A`
    places = dict(reversed(theirs))
    for (a, at), (b, to) in combinations(ours[:_MOST_NAMES], 2):
        if a == b or not (a in places and b in places and places[b] < places[a]):
            continue
        between = [w.lower for w in said.words[at + 1 : to]]
        other = [w.lower for w in passage.words[places[b] + 1 : places[a]]]
        if set(between) <= _EVEN:
            continue
        blocks = SequenceMatcher(None, between, other, autojunk=False).get_matching_blocks()
        if sum(block.size for block in blocks) >= _SAME * len(between):
            return f"the claim has “{a}” and “{b}” the other way round"
    return ""


def is_passive(words: Sequence[Word]) -> bool:
    return any(word.lower in _BY for word in words[:_MOST_WORDS])


def _marked(words: Sequence[Word], text: str) -> list[tuple[str, int]]:
    """The names and numbers of a sentence, the last word of each, and its place."""
    found: list[tuple[str, int]] = []
    for at, word in enumerate(words[:_MOST_WORDS]):
        sign = text[word.start]
        if sign.isdecimal() or (sign.isupper() and not is_stop(word)):
            if found and found[-1][1] == at - 1 and not sign.isdecimal():
                found[-1] = (word.lower, at)
            else:
                found.append((word.lower, at))
    return found


def _replaced(said: Said, passage: Passage) -> str:
    """A word in place of another in a script without capitals, where all else is the same."""
    if not said.words or said.words[0].lower[:1] < "\u0590":
        return ""
    ours = _signs(said.text, said.words)
    theirs = _signs(passage.text, passage.words)
    matcher = SequenceMatcher(None, ours, theirs, autojunk=False)
    blocks = matcher.get_opcodes()
    held = sum(end - start for tag, start, end, _, _ in blocks if tag == "equal")
    if held < _SAME * max(1, len(ours)):
        return ""
    for tag, start, end, first, last in blocks:
        if tag == "replace" and start and end - start <= _MOST_REPLACED >= last - first:
            mine, other = "".join(ours[start:end]), "".join(theirs[first:last])
            if not _is_alike(mine, other):
                return turns(mine, other)
    return ""


def _signs(text: str, words: Sequence[Word]) -> list[str]:
    """The signs of a script without spaces, or the words of another."""
    if words and UNSPACED_WORD.match(words[0].lower):
        return [sign for sign in text[:200] if sign.isalnum()]
    return [word.lower for word in words[:_MOST_WORDS]]


def _is_alike(one: str, other: str) -> bool:
    if any(sign.isdecimal() for sign in one + other) or is_unit(one) or is_unit(other):
        return True  # numbers are compared as such
    if GROUPS.get(one, one) == GROUPS.get(other, other):
        return True
    if {side.axis for side in sides_of(one)} & {side.axis for side in sides_of(other)}:
        return True
    return len(set(one) & set(other)) * 2 > max(len(one), len(other))
