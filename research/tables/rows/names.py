"""What the columns of a table are called, and how blueprints name them: `{website}`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from research.tables.columns import key_of
from research.tables.rows.limits import MAX_NAME

TOPIC = "topic"
# A word first, then anything but line breaks and signs that code and JSON put between braces.
PLACEHOLDER = re.compile(r"\{(\w[^\x00-\x1f!-,/:-@\[-^`{-\x7f]{0,79})\}")
_UNUSABLE = re.compile(r"[\x00-\x1f!-,/:-@\[-^`{-\x7f]+")


@dataclass(frozen=True, slots=True)
class InputColumn:
    """A column as its header has it, and the name that blueprints give it between braces."""

    header: str
    name: str

    @property
    def is_renamed(self) -> bool:
        """Whether a person has to be told how it is named."""
        return key_of(self.header) != key_of(self.name)


def named(headers: Sequence[str], topic: int) -> list[InputColumn]:
    """The columns by their headers, each with a name of its own; that at `topic` is the topic."""
    taken = {TOPIC}
    columns = []
    for number, header in enumerate(headers, start=1):
        shown = " ".join(header.split())
        if number - 1 == topic:
            columns.append(InputColumn(shown or f"column {number}", TOPIC))
            continue
        name = _unique(_usable(shown) or f"column {number}", taken)
        taken.add(key_of(name))
        columns.append(InputColumn(shown or f"column {number}", name))
    return columns


def _usable(header: str) -> str:
    words = " ".join(_UNUSABLE.sub(" ", header).split())
    first = next((at for at, sign in enumerate(words) if re.match(r"\w", sign)), len(words))
    return words[first : first + MAX_NAME].strip()


def _unique(name: str, taken: set[str]) -> str:
    number, unique = 1, name
    while key_of(unique) in taken:
        number += 1
        unique = f"{name[: MAX_NAME - 5]} {number}"
    return unique
