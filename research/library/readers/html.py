"""HTML: the main text of a page, without its navigation."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from research.library.blocks import Block, Kind, Reading
from research.library.readers.tags import Tag, tokens

# What is not text of the document itself.
_LEFT_OUT = """
    script style template head nav aside button select textarea iframe object svg
    canvas audio video math img picture noembed noframes title
"""
LEFT_OUT = {*_LEFT_OUT.split()}
OF_HEAD = {"title", "meta", "link", "base", "script", "style", "noscript", "template"}
HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLOCKS = """
    p li pre td th tr dt dd div section article main body blockquote figcaption caption address
    summary details header footer ul ol dl table hr center
"""
OWN_BLOCK = {*HEADINGS, *_BLOCKS.split()}
CELLS = {"td", "th"}
CODE_WORDS = {"code", "kbd", "samp", "tt"}
NEAR = 8  # elements: a page may leave thousands open


def read(markup: str) -> Reading:
    """The page's title, and its mains or articles, whichever say more, or its body, as blocks."""
    page = _Page()
    for token in tokens(markup):
        page.take(token)
    blocks = list(_blocks(page.main_words()))
    return Reading(_in_one_line(page.title) or _first_heading(blocks), blocks)


def _first_heading(blocks: list[Block]) -> str:
    return next((block.text for block in blocks if block.level == 1), "")


TEASER = 0.2  # of the body's text; mains or articles that hold less are not what the page says

# Where in a page an element stands, as bits.
BODY, ARTICLE, MAIN = 1, 2, 4
MARGIN = 8  # the body's own header or footer
PARTS = {"main": MAIN, "article": ARTICLE, "body": BODY}


@dataclass(eq=False, slots=True)
class _Owner:
    """The element whose block a text belongs to; a table's row owns the texts of its cells."""

    name: str
    is_listed: bool = False


@dataclass(eq=False, slots=True)
class _Element:
    """An open element, with what it takes over from those around it."""

    name: str
    owner: _Owner
    row: _Owner | None = None
    cell: _Owner | None = None
    linked: bool = False
    code: bool = False
    left_out: bool = False
    below_item: int = NEAR + 1  # elements up to the nearest list item
    parts: int = 0


@dataclass(frozen=True, slots=True)
class _Words:
    """A text of the page with the element that it stands in."""

    text: str
    within: _Element


class _Page:
    """Goes through a page once; what an element stands in is known when it opens."""

    def __init__(self) -> None:
        self.title = ""
        self._words: list[_Words] = []
        self._open = [_Element("", _Owner(""))]  # the innermost is the last
        self._names: Counter[str] = Counter()  # of the open elements

    def take(self, token: Tag | str) -> None:
        if isinstance(token, str):
            self._take_text(token)
        elif token.name == "br":
            self._take_text("\n")
        elif token.is_end:
            self._close(token.name)
        elif not token.is_empty:
            self._take_start(token)

    def main_words(self) -> Iterator[_Words]:
        """The words of the part that holds the page's own text."""
        sizes = {part: self._size(part) for part in PARTS.values()}
        wanted = max((MAIN, ARTICLE), key=sizes.__getitem__)
        if sizes[wanted] == 0 or sizes[wanted] < TEASER * sizes[BODY]:
            wanted = BODY if sizes[BODY] else 0
        for words in self._words:
            parts = words.within.parts
            if parts & wanted == wanted and not (wanted == BODY and parts & MARGIN):
                yield words

    def _size(self, part: int) -> int:
        """Characters of text in all parts of that kind."""
        return sum(
            len(words.text.strip())
            for words in self._words
            if words.within.parts & part and not (part == BODY and words.within.parts & MARGIN)
        )

    def _take_text(self, text: str) -> None:
        within = self._open[-1]
        if within.name == "title":
            self.title = self.title or text
        elif not within.left_out:
            self._words.append(_Words(text, within))

    def _close(self, name: str) -> None:
        """Closes the innermost element of that name, if there is one, and what it holds."""
        while self._names[name]:
            closed = self._open.pop().name
            self._names[closed] -= 1
            if closed == name:
                return

    def _take_start(self, tag: Tag) -> None:
        if self._open[-1].name == "head" and tag.name not in OF_HEAD:
            self._close("head")  # whose end tag may be left out
        self._open.append(self._element(tag, self._open[-1]))
        self._names[tag.name] += 1

    def _element(self, tag: Tag, around: _Element) -> _Element:
        name = tag.name
        owner, row, cell = around.owner, around.row, around.cell
        linked, code = around.linked or name == "a", around.code or name in CODE_WORDS
        below_item = 0 if name == "li" else around.below_item + 1
        if name in OWN_BLOCK:
            owner, cell = _Owner(name, below_item <= NEAR), None
            linked = code = False
        if name == "tr":
            row = owner
        elif name in CELLS:
            owner, cell = row or owner, owner
        left_out = around.left_out or tag.is_hidden or name in LEFT_OUT
        parts = around.parts if left_out else around.parts | self._part(name, around)
        return _Element(name, owner, row, cell, linked, code, left_out, below_item, parts)

    def _part(self, name: str, around: _Element) -> int:
        """What of the page an element is."""
        if around.name == "body" and name in ("header", "footer"):
            return MARGIN
        return PARTS.get(name, 0)


def _blocks(words: Iterable[_Words]) -> Iterator[Block]:
    """Texts in the order of the page, those of one owner put together."""
    table: list[str] = []
    for owner, group in groupby(words, key=lambda words: words.within.owner):
        block = _block(owner, list(group))
        if block and owner.name == "tr" and " | " in block.text:
            table.append(block.text)
        elif block:
            yield from _table(table)
            table = []
            yield block
    yield from _table(table)


def _table(rows: list[str]) -> Iterator[Block]:
    """Rows are not sentences: they stand as they are, like code."""
    if rows:
        yield Block(Kind.CODE, "\n".join(rows))


def _block(owner: _Owner, words: list[_Words]) -> Block | None:
    if owner.name == "pre":
        code = "".join(word.text for word in words).strip("\n").rstrip()
        return Block(Kind.CODE, code) if code.strip() else None
    text = _in_one_line("".join(_inline(words))).strip(" |")
    if not text:
        return None
    if owner.name in HEADINGS:
        return Block(Kind.HEADING, text.strip("¶# ").replace("`", ""), HEADINGS[owner.name])
    linked = sum(len(word.text.strip()) for word in words if word.within.linked)
    kind = Kind.ITEM if owner.is_listed else Kind.PROSE
    return Block(kind, text, linked=min(1.0, linked / len(text)))


def _inline(words: list[_Words]) -> Iterator[str]:
    """The texts with code between backticks and a bar between a row's cells."""
    cell = None
    for word in words:
        if not word.text.strip():
            yield " "
            continue
        if word.within.cell and cell and word.within.cell is not cell:
            yield " | "
        cell = word.within.cell
        yield f"`{word.text.strip()}`" if word.within.code else word.text


def _in_one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
