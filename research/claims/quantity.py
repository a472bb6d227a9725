"""A number, date or version of a text, in a form in which two of them can be compared."""

import re
from dataclasses import dataclass

from research.claims.dates import Date
from research.claims.numerals import ascii_digits


@dataclass(frozen=True, slots=True)
class Quantity:
    """What a text says from `start` to `end`: how much of what.

    `plain` are the values as written, of which there are two where `1.234` could be either;
    `values` are the same in the base unit of `kind`. `sure`: it is certainly meant as a number.
    """

    start: int
    end: int
    text: str
    kind: str
    plain: tuple[float, ...]
    values: tuple[float, ...]
    date: Date | None = None
    sure: bool = True

    def matches(self, other: "Quantity", is_hedged: bool = False) -> bool:
        """Whether the other quantity, a source's, says the same or something more precise."""
        if self.date or other.date:
            return self._matches_date(other)
        if "version" in (self.kind, other.kind):
            return self.text.lower().lstrip("v") == other.text.lower().lstrip("v")
        if self.kind == other.kind:
            return _close(self.values, other.values, self.text, is_hedged)
        if "" in (self.kind, other.kind):
            return _close(self.plain, other.plain, self.text, is_hedged)
        return False

    def _matches_date(self, other: "Quantity") -> bool:
        if self.date and other.date:
            return self.date.is_within(other.date)
        if self.date:
            return self.date.is_year and self.date.year in other.plain and not other.kind
        return bool(other.date and not self.kind and other.date.year in self.plain)


def _close(ours: tuple[float, ...], theirs: tuple[float, ...], text: str, is_hedged: bool) -> bool:
    for a in ours:
        for b in theirs:
            if abs(a - b) <= 1e-9 * max(abs(a), abs(b)):
                return True
            if is_hedged and abs(a - b) <= 0.1 * abs(b):
                return True
            if _is_rounded(a, b, text):
                return True
    return False


def _is_rounded(ours: float, theirs: float, text: str) -> bool:
    """Whether the claim gives the source's number with fewer digits: `1.2 million`, `3.1`."""
    digits = re.sub(r"\D", "", ascii_digits(text)).lstrip("0")
    if len(digits) < 2 or not theirs or ("." not in text and "," not in text):
        return False
    return abs(theirs - float(f"{theirs:.{len(digits) - 1}e}")) > 0 and float(
        f"{theirs:.{len(digits) - 1}e}"
    ) == float(f"{ours:.12g}")
