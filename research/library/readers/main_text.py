"""What of a web page is its own text: our reader's blocks, as far as trafilatura finds them there.

trafilatura tells a page's text from what stands around it on any page; our reader keeps headings,
tables and code as they are. So the one chooses, and the other's blocks are what is read. What the
choice leaves out between, before or beside blocks that it takes is taken back where it looks like
text: leads, headings, tables, code, long paragraphs without links.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from research.library.blocks import Block, Kind

RUN = 4  # words; what two texts share is counted in runs of so many
SHARED = 0.5  # of a block's runs, for it to be taken
ANCHOR = 30  # characters of a block that tells where the text goes on
FEWEST = 200  # characters; a choice that is shorter is none
DOCUMENTATION = 0.1  # of a page's text is code or tables, or more
MOST_CODE = 0.8  # of those; a choice that keeps less of documentation is none

LONG, LISTED = 80, 60  # characters of a paragraph, and of a list item, that look like text
LINKED = 0.2  # of such a block's text, at most
LEAD = 8  # blocks before the first that is taken, among which a lead may stand
GAP, CODE_GAP = 10, 20  # blocks between two that are taken, of which some may belong to both

_WORD = re.compile(r"\w+")


def main_blocks(blocks: Sequence[Block], chosen: str) -> list[Block]:
    """The blocks of a page that are its own text, by a text that was chosen from it."""
    taken = _in_text(blocks, chosen)
    anchors = [at for at, is_in in enumerate(taken) if is_in and len(blocks[at].text) >= ANCHOR]
    if not anchors or len(chosen) < FEWEST:
        return list(blocks)
    _take_lead(blocks, taken, anchors[0])
    for before, after in pairwise(anchors):
        _take_between(blocks, taken, before, after)
    for at in range(anchors[0] + 1, len(blocks) - 1):
        if blocks[at].kind == Kind.HEADING and taken[at + 1]:
            taken[at] = True
    main = [block for block, is_in in zip(blocks, taken, strict=True) if is_in]
    if _size(blocks) > DOCUMENTATION * sum(len(block.text) for block in blocks) and (
        _size(main) < MOST_CODE * _size(blocks)
    ):
        return list(blocks)
    return main


def _in_text(blocks: Sequence[Block], chosen: str) -> list[bool]:
    words = _words(chosen)
    runs = {length: _runs(words, length) for length in range(1, RUN + 1)}
    taken = []
    for block in blocks:
        own = _words(block.text)
        length = min(RUN, len(own))
        mine = _runs(own, length) if own else set()
        taken.append(bool(mine) and len(mine & runs[length]) >= SHARED * len(mine))
    return taken


def _words(text: str) -> list[str]:
    return _WORD.findall(text.replace("\u00ad", "").casefold())


def _runs(words: Sequence[str], length: int) -> set[tuple[str, ...]]:
    return {tuple(words[at : at + length]) for at in range(len(words) - length + 1)}


def _take_lead(blocks: Sequence[Block], taken: list[bool], first: int) -> None:
    for at in range(max(0, first - LEAD), first):
        if blocks[at].kind == Kind.PROSE and _looks_like_text(blocks[at]):
            taken[at] = True


def _take_between(blocks: Sequence[Block], taken: list[bool], before: int, after: int) -> None:
    gap = after - before - 1
    for at in range(before + 1, after):
        is_text = gap <= GAP and _looks_like_text(blocks[at])
        if is_text or (gap <= CODE_GAP and blocks[at].kind == Kind.CODE):
            taken[at] = True


def _looks_like_text(block: Block) -> bool:
    shortest = LISTED if block.kind == Kind.ITEM else LONG
    return block.is_prose and len(block.text) >= shortest and block.linked <= LINKED


def _size(blocks: Sequence[Block]) -> int:
    """Characters of the code and the tables among some blocks."""
    return sum(len(block.text) for block in blocks if block.kind == Kind.CODE)
