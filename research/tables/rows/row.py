"""One row, checked: a topic, and the inputs that blueprints name as `{website}`."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from research.tables.columns import key_of
from research.tables.rows.limits import MAX_CELL, MAX_COLUMNS, MAX_NAME, MAX_TOPIC
from research.tables.rows.names import TOPIC
from research.text.cleaning import TURNING


class UnfitRow(ValueError):
    """A row that cannot be run; the message says why, without a full stop."""


@dataclass(frozen=True, slots=True)
class Row:
    """A topic, and its inputs by name."""

    topic: str
    inputs: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, topic: str, inputs: Mapping[str, str]) -> "Row":
        """With white space in order, and without signs that reorder text. Raises UnfitRow."""
        clean = {
            name: _text(f"the value of {name!r}", value, MAX_CELL) for name, value in inputs.items()
        }
        row = cls(_text("the topic", topic, MAX_TOPIC), clean)
        if not row.topic and any(clean.values()):
            raise UnfitRow("it has no topic")
        return row

    @classmethod
    def given(cls, members: Mapping[str, Any]) -> "Row":
        """From JSON: the member `topic` is the topic, else the first one is. Raises UnfitRow."""
        if len(members) > MAX_COLUMNS:
            raise UnfitRow(f"it has {len(members)} values; {MAX_COLUMNS} is the most")
        values = {_name(name): _value(name, value) for name, value in members.items()}
        keys = {key_of(name): name for name in values}
        if len(keys) < len(members):
            raise UnfitRow("two of its values have the same name")
        topic = keys.get(TOPIC) or next(iter(values), "")
        return cls.of(values.pop(topic, ""), values)

    @property
    def key(self) -> tuple[str, tuple[tuple[str, str], ...]]:
        """Equal for rows that ask the same."""
        return self.topic, tuple(sorted(self.inputs.items()))


def _name(name: str) -> str:
    clean = " ".join(name.split())
    if not clean or len(clean) > MAX_NAME:
        raise UnfitRow(f"the name {clean[:40]!r} has to have 1 to {MAX_NAME} characters")
    return clean


def _value(name: str, value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case str() | int() | float():
            return str(value)
    raise UnfitRow(f"the value of {name[:40]!r} is neither a text nor a number")


def _text(what: str, text: str, most: int) -> str:
    if len(text) > most:
        raise UnfitRow(f"{what} is {len(text):,} characters long; {most:,} is the most")
    clean = " ".join(TURNING.sub("", text).split())
    for sign in clean:
        if unicodedata.category(sign) in ("Cc", "Cs"):
            raise UnfitRow(f"{what} holds a control character (U+{ord(sign):04X})")
    return clean
