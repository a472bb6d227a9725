"""Rows as they are given: a topic each, and inputs that blueprints name as `{website}`."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from research.crews.filling import PLACEHOLDER
from research.exceptions import BadRow, MissingInput
from research.tables.columns import key_of
from research.text.cleaning import TURNING

TOPIC = "topic"
MAX_INPUTS = 100
MAX_INPUT_NAME = 80  # characters
MAX_INPUT = 4_000  # characters


@dataclass(frozen=True)
class Row:
    """A topic and what came with it, by name."""

    topic: str
    inputs: dict[str, str] = field(default_factory=dict)


def given_rows(rows: Sequence[Mapping[str, Any]]) -> list[Row]:
    """Rows from outside, checked. The member `topic` is the topic, else the first one is.

    Raises BadRow, which names the row, counted from 1.
    """
    return [_row(given, position) for position, given in enumerate(rows, start=1)]


def _row(given: Mapping[str, Any], position: int) -> Row:
    if not given:
        return Row("")
    if len(given) > MAX_INPUTS:
        reason = f"it has {len(given)} values; {MAX_INPUTS} is the most"
        raise BadRow(position=position, reason=reason)
    named = next((name for name in given if key_of(name) == TOPIC), next(iter(given)))
    values = {name: _value(name, value, position) for name, value in given.items()}
    inputs: dict[str, str] = {}
    for name, value in values.items():
        if name == named:
            continue
        clean = " ".join(name.split())
        if not clean or len(clean) > MAX_INPUT_NAME:
            reason = f"the name {clean[:40]!r} has to have 1 to {MAX_INPUT_NAME} characters"
            raise BadRow(position=position, reason=reason)
        if any(key_of(clean) == key_of(other) for other in inputs):
            raise BadRow(position=position, reason=f"two values are called {clean!r}")
        inputs[clean] = " ".join(value.split())
    return Row(values[named], inputs)


def _value(name: str, value: Any, position: int) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        reason = f"the value of {name[:40]!r} is no text and no number"
        raise BadRow(position=position, reason=reason)
    text = TURNING.sub("", str(value))
    if len(text) > MAX_INPUT:
        length = f"{len(text):,} characters long; {MAX_INPUT:,} is the most"
        reason = f"the value of {name[:40]!r} is {length}"
        raise BadRow(position=position, reason=reason)
    for sign in text:
        if unicodedata.category(sign) == "Cs" or (
            unicodedata.category(sign) == "Cc" and not sign.isspace()
        ):
            reason = f"the value of {name[:40]!r} holds a control character (U+{ord(sign):04X})"
            raise BadRow(position=position, reason=reason)
    return text


def refuse_missing(definition: Mapping[str, Any], rows: Sequence[Row]) -> None:
    """Raises MissingInput where the blueprint names an input that a row does not have."""
    texts = [str(task.get("description", "")) for task in definition.get("tasks", {}).values()]
    named = {name for text in texts for name in PLACEHOLDER.findall(text)} - {TOPIC}
    if not any(row.inputs for row in rows):
        return  # braces of a blueprint that knows no rows are its own text
    for position, row in enumerate(rows, start=1):
        known = {name.casefold() for name in row.inputs}
        if missing := sorted(name for name in named if name.casefold() not in known):
            raise MissingInput(position=position, name=missing[0])
