"""Whether words stand in a text one behind the other, whatever marks are around and between them.

Both texts are reduced to their letters and numbers. Letters are joined without a gap, so that
`hyphen-ation`, a lost space and marks of code make no difference; numbers keep their edges.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property
from itertools import accumulate, islice
from typing import NamedTuple

from research.claims.folding import folded
from research.claims.words import MARKS, UNSPACED
from research.text.addresses import ADDRESS

_MOST_FOUND = 20  # places of one quotation that are looked at
_TOKEN = re.compile(
    rf"\d+(?:[.,]\d+)*|[{UNSPACED}]|(?:[^\W\d_{UNSPACED}]|[{MARKS}])+|(?<![\w)\]])[-\u2212](?=\d)"
    r"|[<>](?=\s?-?\.?\d)|[%‰$€£¥₹≤≥≠±]"
)
_BRACKETED = re.compile(
    r"(?:\(\s*(?:see|cf\.?|via|from|sources?|refs?\.?|references?)\s*:?\s*)?"
    r"\[\s*\^?\d{1,4}(?:\s*[,;\u2013-]\s*\^?\d{1,4}){0,40}\^?\s*\]|【[^】\n]{1,80}】"
)
TAG = (  # of HTML, as models write it into Markdown
    r"</?(?:p|br|hr|b|i|em|strong|su[pb]|a|li|[uo]l|t[dhr]|table|div|span|code|pre|blockquote|h[1-6]"
    r"|u|s|cite|mark|small|details|summary)(?:\s[^<>\n]{0,300})?/?>"
)
_TAG = re.compile(TAG, re.IGNORECASE)


class Wording(NamedTuple):
    """What is looked for: the letters and numbers, how many words they are, and the letters
    without what cites something."""

    letters: str
    words: int
    uncited: str


class Place(NamedTuple):
    """The characters of a text from `start` to `end`."""

    start: int
    end: int


def wording(text: str) -> Wording:
    tokens = _tokens(_without(text, _TAG))
    letters = _joined(tokens)
    bare = uncited(text)
    return Wording(letters, len(tokens), letters if bare == text else _joined(_tokens(bare)))


class Verbatim:
    """A text in which words are looked for; each part is made when it is first asked for."""

    def __init__(self, text: str) -> None:
        self._text = text

    def find(self, words: Wording) -> Iterator[Place]:
        """Where the words stand; numbers in brackets, which cite something, may be left out."""
        if words.letters:
            yield from islice(self._whole.find(words.letters), _MOST_FOUND)
            if words.uncited and self._uncited is not self._whole:
                yield from islice(self._uncited.find(words.uncited), _MOST_FOUND)

    def has(self, words: Wording) -> bool:
        return next(self.find(words), None) is not None

    @cached_property
    def _whole(self) -> "_Letters":
        return _Letters(_without(self._text, _TAG))

    @cached_property
    def _uncited(self) -> "_Letters":
        bare = uncited(self._text)
        return self._whole if bare == self._text else _Letters(bare)


class _Letters:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = _tokens(text)
        self._joined = _joined(self._tokens)

    def find(self, letters: str) -> Iterator[Place]:
        at = self._joined.find(letters)
        while at >= 0:
            first, last = bisect_left(self._edges, at), bisect_left(self._edges, at + len(letters))
            if self._edges[first] == at and self._edges[last] == at + len(letters):
                yield Place(self._spans[first][0], self._spans[last - 1][1])
            at = self._joined.find(letters, at + 1)

    @cached_property
    def _edges(self) -> list[int]:
        """Where in the joined letters each word begins, and where the last one ends."""
        return list(accumulate(map(len, map(_edged, self._tokens)), initial=0))

    @cached_property
    def _spans(self) -> list[tuple[int, int]]:
        return [match.span() for match in _TOKEN.finditer(self._text)]


def _tokens(text: str) -> list[str]:
    if text.isascii():
        return _TOKEN.findall(text.lower())
    return [token.lower() if token.isascii() else folded(token) for token in _TOKEN.findall(text)]


def _joined(tokens: list[str]) -> str:
    return "".join(map(_edged, tokens))


def _edged(token: str) -> str:
    return f" {token} " if token[:1].isdecimal() else token


def uncited(text: str) -> str:
    """The text with blanks in the place of citations and addresses."""
    bare = _without(text, _BRACKETED)
    if "://" in bare or "www." in bare:
        bare = _without(bare, ADDRESS)
    return text if bare == text else _without(bare, _TAG)


def _without(text: str, pattern: re.Pattern[str]) -> str:
    """The text with blanks in the place of what the pattern finds."""
    return pattern.sub(lambda match: " " * len(match[0]), text)
