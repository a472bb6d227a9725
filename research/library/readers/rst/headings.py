"""Headings: lines that are underlined, with or without a line above them."""

import re

from research.library.readers.rst.cursor import Cursor
from research.library.readers.rst.lines import BULLET, SIGN

ADORNMENT = re.compile(r"^([!-/:-@\[-`{-~])\1{2,}\s*$")


class Headings:
    """A document's styles of headings, in the order of their first use, which is their level."""

    def __init__(self) -> None:
        self._styles: list[str] = []

    def take(self, cursor: Cursor) -> tuple[str, int] | None:
        """The text and level, 1 to 6, of a heading that is next."""
        above = ADORNMENT.match(cursor.line)
        start = 1 if above else 0
        text, line = cursor.peek(start), cursor.peek(start + 1)
        below = ADORNMENT.match(line)
        if not below or not _is_heading(text, line, is_indented=bool(above)):
            return None
        style = below[1] * (2 if above else 1)
        if style not in self._styles:
            self._styles.append(style)
        cursor.at += start + 2
        return text, min(self._styles.index(style) + 1, 6)


def _is_heading(text: str, line: str, *, is_indented: bool) -> bool:
    if not text or ADORNMENT.match(text) or re.match(rf"\s*{SIGN}\s", text):
        return False
    if BULLET.match(text) and len(line) < len(text):
        return False
    return len(line) >= min(len(text.strip()), 4) and (text[0] != " " or is_indented)
