"""Proper names and identifiers of a sentence, as far as their letters show them."""

import re
from collections.abc import Iterator, Sequence

from research.claims.words import Word, is_stop

_GERMAN_WORDS = """
der die das den dem des ein eine einen einem einer und ist sind war wurde wird von mit nicht auf für
"""
_GERMAN = frozenset(_GERMAN_WORDS.split())
_BEFORE_NAMES = frozenset(["in", "von", "nach", "aus", "bei"])
_CODED = re.compile(r"[^\W\d_][\w]*\d|\d[^\W\d_]|[a-z][A-Z]|[A-Z]{2}")


def is_german(words: Sequence[Word]) -> bool:
    """Whether all nouns are capital here, so that a capital letter does not make a name."""
    return len(_GERMAN.intersection(word.lower for word in words)) >= 2


def names_in(
    words: Sequence[Word], text: str, nouns_are_capital: bool = False, offset: int = 0
) -> Iterator[tuple[Word, bool]]:
    """The words that are names, and whether one only stands first, where any word is capital."""
    shown = [text[word.start - offset : word.end - offset] for word in words]
    capital = [bool(s) and s[0].isupper() for s in shown]
    long = [is_capital for is_capital, s in zip(capital, shown, strict=True) if len(s) > 3]
    is_title = len(long) > 5 and sum(long) > 0.85 * len(long)
    for at, (word, written) in enumerate(zip(words, shown, strict=True)):
        is_coded = bool(_CODED.search(written)) and not written[0].isdecimal()
        if is_stop(word) and not is_coded:
            continue
        if is_coded or (capital[at] and not is_title):
            is_first = not is_coded and _begins(words, at, text, offset)
            is_followed = at + 1 < len(words) and capital[at + 1] and not is_stop(words[at + 1])
            if (
                nouns_are_capital
                and not is_coded
                and not (is_followed or _leads(words, at, capital))
            ):
                continue
            yield word, is_first and not is_followed


def _leads(words: Sequence[Word], at: int, capital: Sequence[bool]) -> bool:
    """Whether what stands before a German noun makes it a name: `in Gera`, `Sabine Kröger`."""
    if at == 0:
        return False
    return words[at - 1].lower in _BEFORE_NAMES or (capital[at - 1] and not is_stop(words[at - 1]))


def _begins(words: Sequence[Word], at: int, text: str, offset: int) -> bool:
    """Whether a word is the first of a sentence, a quotation or what stands behind a colon."""
    if at == 0:
        return True
    between = text[words[at - 1].end - offset : words[at].start - offset]
    return bool(re.search(r"[.:!?\"“”«»(\n*]", between))
