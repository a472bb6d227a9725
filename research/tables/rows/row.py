"""One row, checked: a topic, and the inputs that came with it."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from research.tables.rows.limits import MAX_CELL, MAX_TOPIC
from research.text.cleaning import TURNING


class BadRow(ValueError):
    """A row that cannot be run; the message says why, without a full stop."""


@dataclass(frozen=True, slots=True)
class Row:
    """A topic, and its inputs by name."""

    topic: str
    inputs: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, topic: str, inputs: Mapping[str, str]) -> "Row":
        """With white space in order, and without signs that reorder text. Raises BadRow."""
        clean = {name: _cell(f"the value of {name!r}", inputs[name], MAX_CELL) for name in inputs}
        return cls(_cell("the topic", topic, MAX_TOPIC), clean)

    @property
    def key(self) -> tuple[str, tuple[tuple[str, str], ...]]:
        """Equal for rows that ask the same."""
        return self.topic, tuple(sorted(self.inputs.items()))


def _cell(what: str, text: str, most: int) -> str:
    if len(text) > most:
        raise BadRow(f"{what} is {len(text):,} characters long; {most:,} is the most")
    clean = " ".join(TURNING.sub("", text).split())
    for sign in clean:
        if unicodedata.category(sign) in ("Cc", "Cs"):
            raise BadRow(f"{what} holds a control character (U+{ord(sign):04X})")
    return clean
