"""What every reader makes of a file: a list of blocks, written down as lightly marked-up text.

A heading is a line with one to six number signs, a list item one with a dash; a paragraph is one
line, with code in it between backticks; code of its own stands between two lines of backticks.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

MAX_PASSAGE = 1200  # characters
LEAST_ROOM = 200  # characters of a part of code, however long its fences
MAX_HEADING = 200  # characters


class Kind(StrEnum):
    HEADING = "heading"
    PROSE = "prose"
    ITEM = "item"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, paragraph, list item or piece of code.

    `level` is a heading's, 1 to 6; `linked` the share of the text that is links, 0 to 1.
    """

    kind: Kind
    text: str
    level: int = 0
    linked: float = 0.0

    @property
    def is_prose(self) -> bool:
        """Whether the block holds sentences."""
        return self.kind in (Kind.PROSE, Kind.ITEM)


@dataclass(frozen=True, slots=True)
class Reading:
    """A file as a reader understood it; `title` is empty when the file names none."""

    title: str
    blocks: list[Block]


@dataclass(frozen=True, slots=True)
class Piece:
    """A passage to be: at most MAX_PASSAGE characters of text under one heading."""

    heading: str
    text: str


def as_text(blocks: Iterable[Block]) -> str:
    """The blocks as lightly marked-up text, which `parse` reads back."""
    kept = list(blocks)
    if not kept:
        return ""
    parts = [_marked(kept[0])]
    for before, block in pairwise(kept):
        in_list = before.kind == block.kind == Kind.ITEM
        parts.append(("\n" if in_list else "\n\n") + _marked(block))
    return "".join(parts)


def _marked(block: Block) -> str:
    if block.kind == Kind.HEADING:
        return f"{'#' * block.level} {block.text}"
    if block.kind == Kind.ITEM:
        return f"- {block.text}"
    if block.kind == Kind.CODE:
        fence = _fence(block.text)
        return f"{fence}\n{block.text}\n{fence}"
    return block.text


def _fence(code: str) -> str:
    """Three backticks, or more than the code itself has."""
    longest = max((len(run) for run in re.findall(r"^`{3,}", code, re.M)), default=2)
    return "`" * (longest + 1)


_PROSE = r"\S[^\n]*(?:\n(?!`{3}|#{1,6} |- )\S[^\n]*)*"
_MARKUP = re.compile(
    r"^(?P<fence>`{3,})$"
    r"|^(?P<level>#{1,6}) (?P<heading>[^\n]+)$"
    r"|^- (?P<item>[^\n]+)$"
    rf"|^(?P<prose>{_PROSE})",
    re.M,
)


def parse(text: str) -> Iterator[Block]:
    """Reads back what `as_text` wrote."""
    fences: defaultdict[str, list[int]] = defaultdict(list)  # where each stands
    for fence in re.finditer(r"^`{3,}$", text, re.M):
        fences[fence[0]].append(fence.start())
    at = 0
    while match := _MARKUP.search(text, at):
        at = match.end()
        if match["fence"]:
            places = fences[match["fence"]]
            closing = bisect_left(places, at + 2)  # a line of code is between
            if closing < len(places):
                yield Block(Kind.CODE, text[at + 1 : places[closing] - 1])
                at = places[closing] + len(match["fence"])
            elif prose := re.compile(_PROSE).match(text, match.start()):
                yield Block(Kind.PROSE, prose[0])
                at = prose.end()
        elif match["heading"]:
            yield Block(Kind.HEADING, match["heading"], len(match["level"]))
        elif match["item"]:
            yield Block(Kind.ITEM, match["item"])
        else:
            yield Block(Kind.PROSE, match["prose"])


def passages(blocks: Iterable[Block]) -> Iterator[Piece]:
    """Cuts a document at its headings, and long sections between their paragraphs."""
    heading, size = "", 0
    held: list[Block] = []
    for number, block in enumerate(blocks):
        if block.kind == Kind.HEADING:
            if held:
                yield Piece(heading, as_text(held))
            is_below = not held and number > 1  # the first heading names the document
            heading = _headed(heading if is_below else "", block.text)
            held, size = [], 0
            continue
        for part in _cut(block):
            length = len(_marked(part)) + 2
            if held and size + length > MAX_PASSAGE:
                yield Piece(heading, as_text(held))
                held, size = [], 0
            held.append(part)
            size += length
    if held:
        yield Piece(heading, as_text(held))


def _headed(above: str, heading: str) -> str:
    """A heading with the one above, if nothing stands between: both are about what follows."""
    both = f"{above} \N{MIDDLE DOT} {heading}" if above else heading
    return both if len(both) <= MAX_HEADING else heading[:MAX_HEADING]


def _cut(block: Block) -> Iterator[Block]:
    """A block in parts that each fit a passage: code between lines, prose between sentences."""
    room = MAX_PASSAGE - 20  # for fence or bullet
    if block.kind == Kind.CODE:  # a line of backticks needs longer fences
        room = max(room - 2 * len(_fence(block.text)), LEAST_ROOM)
    if len(block.text) <= room:
        yield block
        return
    between = r"(?<=\n)" if block.kind == Kind.CODE else r"(?<=[.!?])\s+(?=\S)|(?<=\n)"
    joint = "" if block.kind == Kind.CODE else " "
    part = ""
    for unit in re.split(between, block.text):
        for piece in _chopped(unit, room):
            if part and len(part) + len(joint) + len(piece) > room:
                yield replace(block, text=part.rstrip())
                part = piece
            else:
                part = f"{part}{joint}{piece}" if part else piece
    if part.strip():
        yield replace(block, text=part.rstrip())


def _chopped(unit: str, room: int) -> Iterator[str]:
    """A line or sentence, between words when it is longer than a passage."""
    at = 0
    while len(unit) - at > room:
        end = unit.rfind(" ", at + 1, at + room)
        end = end if end > 0 else at + room
        yield unit[at:end]
        at = end
        while unit.startswith(" ", at):
            at += 1
    if at < len(unit):
        yield unit[at:]
