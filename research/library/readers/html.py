"""HTML: the main text of a page, without its navigation."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, islice

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PreformattedString, Tag

from research.library.blocks import Block, Kind, Reading

# What is not text of the document itself.
LEFT_OUT = """
    script style template noscript head nav aside form button select textarea iframe object svg
    canvas audio video math img picture
"""
HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLOCKS = """
    p li pre td th tr dt dd div section article main body blockquote figcaption caption address
    summary details header footer ul ol dl table hr center [document]
"""
OWN_BLOCK = {*HEADINGS, *_BLOCKS.split()}
NEAR = 8  # elements: a page may leave thousands open
CODE_WORDS = {"code", "kbd", "samp", "tt"}


def read(markup: str) -> Reading:
    """The page's title, and its <main> or <article> when it has one, else its body, as blocks."""
    soup = BeautifulSoup(markup, "html.parser")
    title = soup.title.get_text(" ") if soup.title else ""
    for tag in soup(LEFT_OUT.split()):
        if not tag.decomposed:
            tag.decompose()
    for tag in soup.select("[hidden]"):
        if not tag.decomposed:
            tag.decompose()
    for tag in soup("br"):
        tag.replace_with("\n")
    root = soup.find("main") or soup.find("article") or soup.find("body") or soup
    if root.name == "body":
        for tag in root(["header", "footer"], recursive=False):
            tag.decompose()
    blocks = list(_blocks(root))
    return Reading(_in_one_line(title) or _first_heading(blocks), blocks)


def _first_heading(blocks: list[Block]) -> str:
    return next((block.text for block in blocks if block.level == 1), "")


@dataclass(frozen=True, slots=True)
class _Words:
    """A string of the page with the elements it stands in, up to its block."""

    text: str
    owner: Tag | None
    cell: Tag | None = None
    linked: bool = False
    code: bool = False


def _words(string: NavigableString) -> _Words:
    """Climbs from a string to its block element; a table's row stands for its cells."""
    linked = code = False
    tag = string.parent
    while tag is not None and tag.name not in OWN_BLOCK:
        linked = linked or tag.name == "a"
        code = code or tag.name in CODE_WORDS
        tag = tag.parent
    if tag is not None and tag.name in ("td", "th"):
        return _Words(str(string), tag.find_parent("tr") or tag, tag, linked, code)
    return _Words(str(string), tag, None, linked, code)


def _blocks(root: Tag) -> Iterator[Block]:
    """Strings in the order of the page, those of one block element put together."""
    table: list[str] = []
    # By identity: Beautiful Soup calls tags with the same contents equal, and compares them deeply.
    for _, group in groupby(_strings(root), key=lambda words: id(words.owner)):
        words = list(group)
        owner = words[0].owner
        block = _block(owner, words)
        if block and owner is not None and owner.name == "tr" and " | " in block.text:
            table.append(block.text)
        elif block:
            yield from _table(table)
            table = []
            yield block
    yield from _table(table)


def _strings(root: Tag) -> Iterator[_Words]:
    for element in root.descendants:  # no recursion: pages nest deeper than Python's stack
        # Preformatted, in the words of Beautiful Soup, are comments, doctypes and the like.
        if isinstance(element, NavigableString) and not isinstance(element, PreformattedString):
            yield _words(element)


def _table(rows: list[str]) -> Iterator[Block]:
    """Rows are not sentences: they stand as they are, like code."""
    if rows:
        yield Block(Kind.CODE, "\n".join(rows))


def _block(owner: Tag | None, words: list[_Words]) -> Block | None:
    name = owner.name if owner else ""
    if name == "pre":
        code = "".join(word.text for word in words).strip("\n").rstrip()
        return Block(Kind.CODE, code) if code.strip() else None
    text = _in_one_line("".join(_inline(words))).strip(" |")
    if not text:
        return None
    if name in HEADINGS:
        return Block(Kind.HEADING, text.strip("¶# ").replace("`", ""), HEADINGS[name])
    linked = sum(len(word.text.strip()) for word in words if word.linked)
    kind = Kind.ITEM if _is_listed(owner) else Kind.PROSE
    return Block(kind, text, linked=min(1.0, linked / len(text)))


def _is_listed(owner: Tag | None) -> bool:
    """Whether a block is a list's item, or stands in one not far up."""
    parents = islice(owner.parents, NEAR) if owner is not None else ()
    return any(tag is not None and tag.name == "li" for tag in (owner, *parents))


def _inline(words: list[_Words]) -> Iterator[str]:
    """The strings with code between backticks and a bar between a row's cells."""
    cell = None
    for word in words:
        if not word.text.strip():
            yield " "
            continue
        if word.cell is not None and cell is not None and word.cell is not cell:
            yield " | "
        cell = word.cell
        yield f"`{word.text.strip()}`" if word.code else word.text


def _in_one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
