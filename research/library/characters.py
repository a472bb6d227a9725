"""From a file's bytes to text that can be stored, searched and shown."""

import re
from dataclasses import replace

from bs4.dammit import UnicodeDammit

from research.library.blocks import Reading
from research.library.exceptions import BinaryContent

# Everything below space but tab, line feed, form feed and carriage return, and Unicode's own.
CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
# Encodings of Python's that no file is written in; some take time that grows with its square.
NOT_OF_FILES = {"idna", "punycode", "raw_unicode_escape", "undefined", "unicode_escape", "utf-7"}
MAX_CONTROL = 0.1  # of the characters; a file that holds more is not text


def decode(content: bytes, name: str) -> str:
    """The text of a file, without control characters; raises BinaryContent.

    UTF-8 and marked UTF-16 first, then what a page declares or its bytes look like.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
        if b"\0" in content and not marked:
            raise BinaryContent(name) from None
        text = UnicodeDammit(content, exclude_encodings=NOT_OF_FILES).unicode_markup or ""
        if not text:
            raise BinaryContent(name) from None
    kept = CONTROL.sub("", text)
    if len(text) - len(kept) > MAX_CONTROL * len(text):
        raise BinaryContent(name)
    return re.sub(r"\r\n?|[\x0c\x85\u2028\u2029]", "\n", kept)


def printable(reading: Reading) -> Reading:
    """A reading whose text did not come through `decode`: PostgreSQL refuses a NUL."""
    blocks = [replace(block, text=CONTROL.sub("", block.text)) for block in reading.blocks]
    return Reading(CONTROL.sub("", reading.title), blocks)


def shortened(title: str) -> str:
    """A title that fits its column: it may come from a file's name, which holds any character."""
    title = CONTROL.sub("", title)
    return title if len(title) <= 200 else title[:199].rstrip() + "…"
