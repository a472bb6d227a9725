"""Plain text: paragraphs between blank lines."""

import re
from collections.abc import Iterator

from research.library.blocks import Block, Kind, Reading

WRAPPED = 40  # characters: a paragraph whose lines are all longer was wrapped, not set in lines
TITLE = 100  # characters: a first line that is longer is not a title


def read(text: str) -> Reading:
    """The title is the first line, when it is short and stands alone."""
    paragraphs = [part.strip("\n") for part in re.split(r"\n\s*\n", text) if part.strip()]
    title = ""
    if paragraphs and "\n" not in paragraphs[0] and len(paragraphs[0]) <= TITLE:
        title = paragraphs[0].strip().lstrip("# ")
    return Reading(title, list(_blocks(paragraphs)))


def _blocks(paragraphs: list[str]) -> Iterator[Block]:
    for paragraph in paragraphs:
        lines = paragraph.split("\n")
        if all(line.startswith(("    ", "\t")) for line in lines):
            yield Block(Kind.CODE, paragraph.rstrip())
        else:
            yield Block(Kind.PROSE, _unwrapped([line.strip() for line in lines]))


def _unwrapped(lines: list[str]) -> str:
    """A wrapped paragraph in one line; verses and addresses keep their lines."""
    wrapped = all(len(line) > WRAPPED for line in lines[:-1])
    return (" " if wrapped else "\n").join(lines)
