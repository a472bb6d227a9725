"""Words as the check compares them: cut to a stem, and the same for common synonyms."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from research.claims.folding import folded
from research.claims.vocabulary import GROUPS, KIN, LIGHT_WORDS, OPPOSITES, STOP_WORDS, Side

MARKS = (  # that letters of other scripts carry
    "\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0903"
    "\u093a-\u094f\u0981-\u0dff\u0e31\u0e34-\u0e4e"
)
UNSPACED = (  # letters of scripts that set no spaces
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
)
UNSPACED_WORD = re.compile(f"[{UNSPACED}]+")
_TOKEN = re.compile(
    rf"\d++(?:[.,]\d++)*+(?![^\W\d_{UNSPACED}])|[{UNSPACED}]+|(?:[^\W_]|[{MARKS}])+(?:['\u2019][^\W\d_]+)?(?:\+\+|\#)?|[%$€£¥₹±<>=]"
)


class Word(NamedTuple):
    """A word from `start` to `end`: as written in small letters, and the key to compare it by."""

    start: int
    end: int
    lower: str
    key: str


def words_of(text: str, offset: int = 0) -> Iterator[Word]:
    """The words of a text; of scripts that set no spaces, every two signs in a row."""
    for match in _TOKEN.finditer(text):
        token, start = match[0], match.start() + offset
        if token.isascii():
            lower = token.lower()
            yield Word(start, start + len(token), lower, key_of(lower))
        elif UNSPACED_WORD.match(token):
            yield from _pairs(token, start)
        else:
            lower = folded(token)
            yield Word(start, start + len(token), lower, key_of(lower))


def _pairs(run: str, start: int) -> Iterator[Word]:
    run = folded(run) if len(folded(run)) == len(run) else run
    if len(run) < 2:
        yield Word(start, start + len(run), run, run)
    for at in range(len(run) - 1):
        pair = run[at : at + 2]
        yield Word(start + at, start + at + 2, pair, pair)


_ENDINGS_TEXT = (
    "ations ation izing ized izes ising ised ises ically ingly edly ments ment ness ities ity ables"
    " able ibles ible ively ive ically ical ies ied ing ers er est ed es ly s e y"
    " ungen ung ischen ische isch lichen liche lich en em er es"
    " amente mente aciones ación ções ção iones os as os a o"
    " ement euse eux ées ée és aux"
    " ыми ими ого его ому ему ами ями ах ях ов ев ой ей ый ий ая яя ое ее ые ие ых их ом ем ам ям"
    " ет ют ит ат ят ла ло ли ть а о и ы у е я ю ь"
)
_ENDINGS = _ENDINGS_TEXT.split()
_BY_LENGTH = tuple(
    sorted({*_ENDINGS, *(e.replace("й", "и") for e in _ENDINGS)}, key=len, reverse=True)
)


@lru_cache(maxsize=200_000)
def key_of(lower: str) -> str:
    """What a word in small letters is compared by."""
    bare = lower.removesuffix("'s")
    if bare in GROUPS:
        return GROUPS[bare]
    stem = stem_of(bare)
    return _STEM_GROUPS.get(stem, stem)


def stem_of(word: str) -> str:
    """A word without its ending: `running`, `runs` and `run` are one."""
    if len(word) < 4 or not word.isalpha():
        return word
    for ending in _BY_LENGTH:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)]
            if ending in ("ed", "ing", "s") and word.endswith("er") and len(word) > 4:
                word = word[:-2]  # `powered` as `power`
            break
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] else word


_STEM_GROUPS = {stem_of(word): group for word, group in GROUPS.items()}


def is_stop(word: Word) -> bool:
    """Whether a word only holds a sentence together."""
    return word.lower in STOP_WORDS or not (word.lower[:1].isalnum() or word.lower[:1] > "\u024f")


@lru_cache(maxsize=100_000)
def sides_of(lower: str) -> frozenset[Side]:
    """The sides on which a word stands that has an opposite, in whatever form it is."""
    return frozenset(OPPOSITES.get(lower) or _STEM_OPPOSITES.get(stem_of(lower)) or [])


def _by_stem() -> dict[str, set[Side]]:
    found: dict[str, set[Side]] = defaultdict(set)
    for word, sides in OPPOSITES.items():
        found[stem_of(word)] |= sides
    # What `employee` and `employer` have in common stands on neither side.
    return {stem: {s for s in sides if s.other not in sides} for stem, sides in found.items()}


_STEM_OPPOSITES = _by_stem()


def _keys_beside() -> dict[str, set[str]]:
    """For each key those of the words on both sides of its axes, and of its kin."""
    axes: dict[int, set[str]] = defaultdict(set)
    for word, sides in OPPOSITES.items():
        for axis, _ in sides:
            axes[axis].add(key_of(word))
    found: dict[str, set[str]] = defaultdict(set)
    rows: Iterable[set[str]] = [*axes.values(), *({key_of(word) for word in row} for row in KIN)]
    for row in rows:
        for key in row:
            found[key] |= row
    return found


KEYS_BESIDE: dict[str, frozenset[str]] = {
    key: frozenset(keys - {key}) for key, keys in _keys_beside().items()
}
"""By key, those of words that say nearly the same; or the opposite, which polarity tells apart."""
LIGHT_KEYS = frozenset(map(key_of, LIGHT_WORDS))
