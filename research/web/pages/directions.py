"""Text that runs from right to left: each block of a report has the direction of its own text."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from research.text.markdown import CITATION

_MARKS = {"R": "\u200f", "L": "\u200e"}  # invisible letters of a direction


def direct(state: StateCore) -> None:
    """Gives each block `dir="auto"`, and keeps citations beside the words that they follow.

    A number has no direction: between a word and the end of a block that runs the other way it
    would be shown on the far side of the word. An invisible letter after it keeps it in its place.
    """
    main = None  # the direction of the block that stands at the top level
    for token in state.tokens:
        if token.level == 0 and token.nesting == 1:
            main = None
            if token.tag != "table":  # the frame around it has it
                token.attrSet("dir", "auto")
        elif token.children:
            main = main or next(_directions(token.content), None)
            token.children = list(_kept_beside(token.children, main))


def _kept_beside(tokens: Sequence[Token], main: str | None) -> Iterator[Token]:
    last = main
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        yield token
        if token.type != CITATION:
            last = next(_directions(reversed(token.content)), last)
        elif last and last != main and (following is None or following.type != CITATION):
            yield Token("text", "", 0, content=_MARKS[last])


def _directions(text: Iterable[str]) -> Iterator[str]:
    """The directions of those characters that have one: L or R."""
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction in ("L", "R", "AL"):
            yield "L" if direction == "L" else "R"
