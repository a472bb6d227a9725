"""A statement of a result, and its text without the marks of Markdown.

Marks are blanked in place, so that a character's position in what is judged is its position in the
result.
"""

import re
from dataclasses import dataclass

from research.claims.citing import Cited
from research.claims.not_claims import is_about_the_search
from research.claims.verbatim import TAG

_MARKS = re.compile(  # list marks, quote marks, boxes and the number signs of headings
    r"^[ \t]*(?:>[ \t]?|[-*+•‣▪●◦–][ \t]+(?:\[[ xX]\][ \t]+)?|\d{1,9}[.)][ \t]+|#{1,6}[ \t]+)*",
    re.M,
)
_EMPHASIS = re.compile(r"\*{1,3}|(?<![^\W_])_{1,2}|_{1,2}(?![^\W_])|~~|`+|\\(?=[\W_])|" + TAG)
_IMAGE = re.compile(r"!\[[^\]\n]{0,300}\]\([^()\s]{1,2000}\)")


@dataclass(frozen=True)
class Statement:
    """A sentence, bullet or cell: `plain` are its characters with marks and citations blanked.

    `lent` are citations of the end of its paragraph or row, which may be meant for it too;
    `context` is the heads of a cell's row and column. `links` are addresses of no source that is
    there. `is_entry`: it stands in a list of sources, and claims nothing but its addresses;
    `is_aside`: it is about the search itself, unless a source has these words.
    """

    text: str
    plain: str
    start: int
    end: int
    citations: tuple[int, ...]
    lent: tuple[int, ...] = ()
    context: str = ""
    is_cell: bool = False
    links: tuple[str, ...] = ()
    is_entry: bool = False
    is_aside: bool = False


def statement_at(
    text: str, plain: str, offset: int, start: int, end: int, found: Cited
) -> Statement | None:
    """The statement from `start` to `end` of a block that begins at `offset`."""
    links = found.links(offset + start, offset + end)
    bare = plain[start:end].lstrip()
    if not bare and not links:
        return None
    lead = end - start - len(bare) if bare else 0
    first, last = offset + start + lead, offset + end
    while first > offset + start and text[first - 1] in "*_`[":
        first -= 1
        lead -= 1
    own = plain[start + lead : end]
    citations = found.within(offset + start, last)
    return Statement(
        text[first:last],
        own,
        first,
        last,
        citations,
        links=links,
        is_aside=is_about_the_search(own, bool(citations)),
    )


def plain_of(raw: str, offset: int, found: Cited) -> str:
    """The text with the same length, where marks and citations are blanks."""
    plain = _MARKS.sub(_blank, raw)
    plain = _IMAGE.sub(_blank, plain)
    plain = _EMPHASIS.sub(_blank, plain)
    signs = list(plain)
    for start, end in found.blanks(offset, offset + len(raw)):
        signs[start - offset : end - offset] = " " * (end - start)
    return "".join(signs)


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"\S", " ", match[0])


def with_emphasis(raw: str, plain: str) -> str:
    """The plain text with the marks of emphasis and code: a blank in their place would look like
    the end of a word, and `a.__b__` like that of a sentence."""
    return "".join(mark if mark in "*_`~" else sign for sign, mark in zip(plain, raw, strict=True))
