"""Where in a report's tokens its claims stand: Markdown tells the places of blocks only.

While a paragraph is read, each of its tokens notes where it began. Claims are then put between the
tokens, as `claim_open` and `claim_close` around what a claim says and a `claim_mark` behind it.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import Any, Literal, NamedTuple, Protocol

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

_LINE_ENDS = re.compile(r"\r\n|\r|\n")


class Placed(Protocol):
    """A claim: the characters from `start` to `end` of the text."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


class Piece(NamedTuple):
    """The part of a claim that stands in one paragraph, in characters of that."""

    start: int
    end: int
    claim: Any
    is_last: bool
    """Its mark stands behind it."""


class Claims:
    """The claims of a text, to be found by its blocks."""

    def __init__(self, text: str, claims: Sequence[Placed]) -> None:
        self._claims = sorted((c for c in claims if c.end > c.start), key=lambda c: c.start)
        self._starts = [claim.start for claim in self._claims]
        ends = _LINE_ENDS.finditer(text) if self._claims else ()
        self._lines = [0, *(end.end() for end in ends)]
        self._text = text
        self._cell_line, self._cell_end = -1, 0
        self._marked: set[int] = set()

    def __bool__(self) -> bool:
        return bool(self._claims)

    def pieces(self, block: Token, is_cell: bool) -> list[Piece]:
        """What of the claims stands in a block with text."""
        if not self._claims or not block.map or not block.content:
            return []
        lines = self._cell(block) if is_cell else self._paragraph(block)
        first, last = lines[0][1], lines[-1][1] + lines[-1][2]
        found: list[Piece] = []
        for claim in self._between(first, last):
            start, end = _within(lines, claim.start), _within(lines, claim.end)
            if is_cell:  # a claim is all of it, also where its signs are escaped
                start, end = 0, len(block.content)
            start = max(start, found[-1].end if found else 0)
            if start < end:
                found.append(Piece(start, end, claim, id(claim) not in self._marked))
                self._marked.add(id(claim))
        return found

    def _between(self, first: int, last: int) -> Iterator[Placed]:
        at = max(0, bisect_right(self._starts, first) - 1)
        stop = bisect_left(self._starts, last)
        return (claim for claim in self._claims[at:stop] if claim.end > first)

    def _line(self, number: int) -> tuple[int, str]:
        start = self._lines[min(number, len(self._lines) - 1)]
        end = self._lines[number + 1] if number + 1 < len(self._lines) else len(self._text)
        return start, self._text[start:end]

    def _paragraph(self, block: Token) -> "list[_Line]":
        """A block's lines end as the text's do; in front of them are marks that are not in it."""
        lines, at = [], 0
        for offset, content in enumerate(block.content.split("\n")):
            start, line = self._line((block.map or [0])[0] + offset)
            place = line.rfind(content)
            place = place if place >= 0 else max(0, len(line.rstrip()) - len(content))
            lines.append((at, start + place, len(content)))
            at += len(content) + 1
        return lines

    def _cell(self, block: Token) -> "list[_Line]":
        """A row's cells stand one behind the other in its line."""
        number = (block.map or [0])[0]
        start, line = self._line(number)
        after = self._cell_end if number == self._cell_line else 0
        written = (
            block.content if block.content in line[after:] else block.content.replace("|", r"\|")
        )
        place = max(line.find(written, after), after)
        self._cell_line, self._cell_end = number, place + len(written)
        return [(0, start + place, len(written))]


_Line = tuple[int, int, int]
"""Where a line begins in its block and in the text, and its length."""


def _within(lines: Sequence[_Line], place: int) -> int:
    """A place of the text as one of the block; what is outside of it is its beginning or end."""
    at = max(0, bisect_right(lines, place, key=lambda line: line[1]) - 1)
    start, began, length = lines[at]
    return start + min(max(0, place - began), length)


def find_claims(parser: MarkdownIt) -> None:
    """Makes a parser put the claims that its environment holds, as `claims`, among its tokens."""
    parser.core.ruler.at("inline", _read_blocks)
    parser.inline.ruler2.before("fragments_join", "claims", _weave)


def _read_blocks(state: StateCore) -> None:
    claims: Claims = state.env["claims"]
    parser, before = state.md.inline, ""
    for token in state.tokens:
        if token.type == "inline":
            token.children = token.children or []
            block = _Block(token.content, state.md, state.env, token.children)
            block.pieces = claims.pieces(token, before in ("td_open", "th_open"))
            parser.tokenize(block)
            for rule in parser.ruler2.getRules(""):
                rule(block)
        before = token.type


class _Block(StateInline):
    """Reads a block's text; its tokens note where they began, as `meta["at"]`."""

    pieces: Sequence[Piece] = ()
    _began: int | None = None

    def append_pending(self, text: str) -> None:
        if self._began is None:
            self._began = self.pos
        super().append_pending(text)

    def pushPending(self) -> Token:
        token = super().pushPending()
        token.meta["at"] = self.pos if self._began is None else self._began
        self._began = None
        return token

    def push(self, ttype: str, tag: str, nesting: Literal[-1, 0, 1]) -> Token:
        token = super().push(ttype, tag, nesting)
        token.meta["at"] = self.pos
        self._began = None
        return token


def _weave(state: StateInline) -> None:
    if isinstance(state, _Block) and state.pieces:
        state.tokens[:] = list(_Weaver(state.pieces).woven(state.tokens))


class _Weaver:
    """Puts the pieces of claims among the tokens of a block; no claim crosses an emphasis."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self._left = list(reversed(pieces))
        self._open: Piece | None = None
        self._due: list[Piece] = []
        self._links = 0

    def woven(self, tokens: Sequence[Token]) -> Iterator[Token]:
        for token in tokens:
            if token.nesting:
                yield from self._close()
                if token.nesting > 0:
                    yield from self._marks(token.meta["at"])
                self._links += token.nesting if token.type.startswith("link_") else 0
                yield token
            else:
                yield from self._leaf(token)
        yield from self._close()
        yield from self._marks(None)

    def _leaf(self, token: Token) -> Iterator[Token]:
        """A token as parts that stand in one claim each."""
        at = token.meta["at"]
        if token.type != "text":
            yield from self._enter(at)
            yield token
            return
        end = at + len(token.content)
        while at < end:
            yield from self._enter(at)
            piece = self._left[-1] if self._left else None
            bounds = [b for b in (piece.start, piece.end) if b > at] if piece else []
            to = min([end, *bounds])
            part, token.content = token.content[: to - at], token.content[to - at :]
            yield Token("text", "", 0, content=part, level=token.level)
            at = to

    def _enter(self, at: int) -> Iterator[Token]:
        """Closes what has ended at a place, and opens what stands there."""
        self._pass(at)
        piece = self._left[-1] if self._left and self._left[-1].start <= at else None
        if self._open is not piece:
            yield from self._close()
        yield from self._marks(at)
        if piece and self._open is None:
            self._open = piece
            yield Token("claim_open", "span", 1, meta={"claim": piece.claim})

    def _pass(self, at: int | None) -> None:
        while self._left and (at is None or self._left[-1].end <= at):
            piece = self._left.pop()
            self._due += [piece] if piece.is_last else []

    def _close(self) -> Iterator[Token]:
        if self._open:
            yield Token("claim_close", "span", -1, meta={"claim": self._open.claim})
            self._open = None

    def _marks(self, at: int | None) -> Iterator[Token]:
        """Marks of what has ended; not within a link, which holds no other."""
        self._pass(at)
        if self._links == 0:
            yield from (Token("claim_mark", "", 0, meta={"claim": p.claim}) for p in self._due)
            self._due = []
