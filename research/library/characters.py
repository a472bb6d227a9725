"""From a file's bytes to text that can be stored, searched and shown."""

import re
from dataclasses import replace

from research.confined.exceptions import BinaryContent
from research.library.blocks import Reading
from research.text.encodings import CONTROL, decoded


def decode(content: bytes, name: str) -> str:
    """The text of a file, without control characters; raises BinaryContent."""
    found = decoded(content)
    if found is None:
        raise BinaryContent(name)
    kept = CONTROL.sub("", found.text)
    return re.sub(r"\r\n?|[\x0c\x85\u2028\u2029]", "\n", kept)


def printable(reading: Reading) -> Reading:
    """A reading without what a reader put in: PostgreSQL refuses a NUL."""
    blocks = [replace(block, text=CONTROL.sub("", block.text)) for block in reading.blocks]
    return Reading(CONTROL.sub("", reading.title), blocks)


def shortened(title: str) -> str:
    """A title that fits its column: it may come from a file's name, which holds any character."""
    title = CONTROL.sub("", title)
    return title if len(title) <= 200 else title[:199].rstrip() + "…"
