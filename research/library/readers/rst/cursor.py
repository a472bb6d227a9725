"""The place in the lines that a reader has come to."""

import re
from collections.abc import Callable
from itertools import takewhile

from research.library.readers.rst import tables
from research.library.readers.rst.lines import indent_of

LOOK = 50  # lines by which a paragraph shows what it is
_QUOTE = re.compile(r"^\s*([>|#$%;!&])")


class Cursor:
    """Goes through the lines once; `at` is the line that is next. What is taken is passed."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.at = 0

    @property
    def is_at_end(self) -> bool:
        return self.at >= len(self.lines)

    @property
    def line(self) -> str:
        """The line that is next; empty behind the last one."""
        return self.peek(0)

    def peek(self, lines: int) -> str:
        """The line that many after the next one."""
        at = self.at + lines
        return self.lines[at] if at < len(self.lines) else ""

    def take_line(self) -> str:
        line = self.line
        self.at += 1
        return line

    def take_paragraph(self) -> list[str]:
        """The lines up to the next blank one."""
        return self.take_while(bool)

    def take_while(self, is_wanted: Callable[[str], object]) -> list[str]:
        """The lines up to a blank one or one that is not wanted."""
        start = self.at
        while self.line and is_wanted(self.line):
            self.at += 1
        return self.lines[start : self.at]

    def look(self) -> list[str]:
        """The beginning of the paragraph that is next, as far as it does not stand less far in."""
        indent = indent_of(self.line)
        ahead = self.lines[self.at : self.at + LOOK]
        return list(takewhile(lambda line: line and indent_of(line) >= indent, ahead))

    def take_deeper(self, indent: int) -> list[str]:
        """The lines, blank ones too, that stand further in than `indent`."""
        start = self.at
        while not self.is_at_end and not (self.line and indent_of(self.line) <= indent):
            self.at += 1
        return self.lines[start : self.at]

    def take_quoted(self) -> list[str]:
        """The lines that begin with the same sign for a quotation, if the next one does."""
        start, sign = self.at, _QUOTE.match(self.line)
        while sign and self.line.startswith(sign[0]):
            self.at += 1
        return self.lines[start : self.at]

    def take_table(self) -> list[str]:
        """A grid, or the lines of a simple table, which blank lines may part, to its last rule."""
        if not self.line.lstrip().startswith("="):
            return self.take_paragraph()
        start = self.at
        while not self.is_at_end:
            line = self.take_line()
            if self.at - start > 2 and tables.START.match(line) and not self.line:
                break
        return self.lines[start : self.at]
