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
    script style template head nav select textarea iframe object svg
    canvas audio video annotation annotation-xml noembed noframes title
"""
LEFT_OUT = {*_LEFT_OUT.split()}
# What is text of the document only where that is around it: a note, a question to unfold.
WITHIN = {"aside": {"main", "article"}, "button": {"h1", "h2", "h3", "h4", "h5", "h6", "summary"}}
NEVER_ENDED = {"body", "html"}  # what follows is of the body, too
OF_HEAD = {"title", "meta", "link", "base", "script", "style", "noscript", "template"}
HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLOCKS = """
    p li pre td th tr dt dd div section article main body blockquote figcaption caption address
    summary details header footer ul ol dl table hr center aside form fieldset legend dialog
    noscript
"""
OWN_BLOCK = {*HEADINGS, *_BLOCKS.split()}
CELLS = {"td", "th"}
CODE_WORDS = {"code", "kbd", "samp", "tt"}
NEAR = 8  # elements: a page may leave thousands open


def read(markup: str) -> Reading:
    """The title, and the mains and articles as blocks, or the page where they are teasers."""
    page = _Page()
    for token in tokens(markup):
        page.take(token)
    blocks = list(_blocks(page.main_words()))
    return Reading(_in_one_line(page.title) or _first_heading(blocks), blocks)


def _first_heading(blocks: list[Block]) -> str:
    return next((block.text for block in blocks if block.level == 1), "")


MOST = 0.65  # of a page's text without links; mains and articles that hold less are teasers


@dataclass(eq=False, slots=True)
class _Owner:
    """The element whose block a text belongs to; a table's row owns the texts of its cells."""

    name: str
    is_listed: bool = False


@dataclass(eq=False, slots=True)
class _Margin:
    """The body's own header or footer: the site's, unless a heading in it opens the document."""

    has_heading: bool = False


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
    own: bool = False  # within a main or an article
    margin: _Margin | None = None


@dataclass(frozen=True, slots=True)
class _Words:
    """A text of the page with the element that it stands in."""

    text: str
    within: _Element

    @property
    def is_of_page(self) -> bool:
        margin = self.within.margin
        return margin is None or margin.has_heading


def _size(words: Iterable[_Words]) -> int:
    """Characters of text that is not links."""
    return sum(len(word.text.strip()) for word in words if not word.within.linked)


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
        elif token.name == "img":
            self._take_text(f" {token.alt} " if token.alt else "")
        elif token.is_end and token.name not in NEVER_ENDED:
            self._close(token.name)
        elif not token.is_end and not token.is_empty:
            self._take_start(token)

    def main_words(self) -> list[_Words]:
        """The words of the parts that hold the page's own text."""
        own = [words for words in self._words if words.within.own]
        page = [words for words in self._words if words.is_of_page]
        return own if own and _size(own) >= MOST * _size(page) else page

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
        if self._open[-1].name == "p" and tag.name in OWN_BLOCK:
            self._close("p")
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
        margin = around.margin
        if around.name == "body" and name in ("header", "footer"):
            margin = _Margin()
        elif margin and name in HEADINGS:
            margin.has_heading = True
        own = around.own or name in ("main", "article")
        left_out = around.left_out or tag.is_hidden or self._is_left_out(name)
        return _Element(name, owner, row, cell, linked, code, left_out, below_item, own, margin)

    def _is_left_out(self, name: str) -> bool:
        within = WITHIN.get(name)
        return name in LEFT_OUT or bool(within and not any(self._names[each] for each in within))


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
