"""Cutting text into the words that the library is searched by.

Scripts without spaces between words (Chinese, Japanese, Thai, …) are cut into characters, so that
what stands there literally is found as neighbours. Korean is, too: its words carry their particles.
"""

import re
import threading
import unicodedata
from collections.abc import Sequence
from itertools import chain
from typing import cast

import Stemmer

# Accents, and the vowel points of Hebrew and Arabic: the same word is written with and without.
_POINTS = (
    r"\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
    r"\u0610-\u061a\u064b-\u065f\u0670"
)
_INVISIBLE = r"\u00ad\u0640\u200b-\u200f\u2060\ufeff"  # soft hyphen, tatweel, joiners
# Thai, Lao, Tibetan, Burmese, Hangul, Khmer, kana, bopomofo, Han, Yi.
_UNSPACED = (
    r"\u0e01-\u0eff\u0f00-\u0fff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005-\u3007\u3040-\u30ff"
    r"\u3105-\u318f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua48f\ua960-\ua97f"
    r"\uaa60-\uaa7f\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff"
)
_WITH_MARKS = chain(range(0x300, 0x1B00), range(0xA800, 0xAC00), range(0x3099, 0x309B))
# The combining marks that are part of a word, as in Hindi; as they stand in a pattern's brackets.
MARKS = "".join(rf"\u{at:04x}" for at in _WITH_MARKS if unicodedata.category(chr(at))[0] == "M")

# These patterns are PostgreSQL's as well as Python's.
DROPPED = f"[{_POINTS}{_INVISIBLE}]+"
UNIT = f"[{_UNSPACED}][{MARKS}]*"
PLUS_PLUS, SHARP = r"([a-z])\+\+", r"(^|[^a-z0-9_])([a-z])#(?![a-z0-9_])"

_dropped, _plus_plus, _sharp = re.compile(DROPPED), re.compile(PLUS_PLUS), re.compile(SHARP)
_unit = re.compile(UNIT)
_run = re.compile(f"(?:{UNIT})+")
_word = re.compile(rf"(?:[^\W_]|[{MARKS}])+")
_ASCII = "".join(chr(at) if chr(at).isalnum() else " " for at in range(128))
_stemmers = threading.local()  # a stemmer is not safe among threads


def normalised(text: str) -> str:
    """The text in small letters, in one of the many forms that Unicode has; `C++` as a word."""
    if not text.isascii():
        bare = _dropped.sub("", unicodedata.normalize("NFKD", text))
        text = unicodedata.normalize("NFKC", bare)
    text = text.lower()
    if "++" in text:
        text = _plus_plus.sub(r"\1plusplus ", text)
    if "#" in text:
        text = _sharp.sub(r"\1\2sharp ", text)
    return text


def cut(text: str) -> list[str]:
    """The text's words, normalised, in their order."""
    text = normalised(text)
    if text.isascii():
        return text.translate(_ASCII).split()  # twenty times as fast as the pattern
    return cast("list[str]", _word.findall(_unit.sub(r" \g<0> ", text)))


def for_index(text: str) -> str:
    """The text as an index takes it that cuts ASCII itself."""
    plain = text.isascii() and "++" not in text and "#" not in text
    return text if plain else " ".join(cut(text))


def runs(text: str) -> list[list[str]]:
    """The words of a text, those of a run without spaces together: ["tea"], ["茶", "道"]."""
    found = []
    text = normalised(text)
    at = 0
    for run in _run.finditer(text):
        found += [[word] for word in _word.findall(text[at : run.start()])]
        found.append(_unit.findall(run[0]))
        at = run.end()
    return found + [[word] for word in _word.findall(text[at:])]


def stems(words: Sequence[str]) -> list[str]:
    """Each word without its ending, by Porter's rules, as the indexes have them."""
    if not hasattr(_stemmers, "porter"):
        _stemmers.porter = Stemmer.Stemmer("porter")
    found = cast("list[str]", _stemmers.porter.stemWords(list(words)))
    # Porter leaves words of two letters as they are; Snowball would make `j` of `js`.
    return [stem if len(word) > 2 else word for word, stem in zip(words, found, strict=True)]


def singular(word: str) -> str:
    """The word without an English plural's s, for telling the same word from its relatives."""
    return word[:-1] if len(word) > 3 and word.endswith("s") and word[-2] not in "siu" else word
