"""Rows as they are given: each checked, and the inputs that the blueprint asks for in each."""

from collections.abc import Mapping, Sequence
from typing import Any

from research.exceptions import BadRow, MissingInput
from research.tables.columns import key_of
from research.tables.rows.names import PLACEHOLDER, TOPIC
from research.tables.rows.row import Row, UnfitRow


def given_rows(rows: Sequence[Mapping[str, Any]]) -> list[Row]:
    """Rows from outside, checked. Raises BadRow, which names the row, counted from 1."""
    checked = []
    for position, members in enumerate(rows, start=1):
        try:
            checked.append(Row.given(members))
        except UnfitRow as error:
            raise BadRow(position=position, reason=str(error)) from None
    return checked


def refuse_missing(definition: Mapping[str, Any], rows: Sequence[Row]) -> None:
    """Raises MissingInput where the blueprint names an input that a row does not have."""
    texts = [str(task.get("description", "")) for task in definition.get("tasks", {}).values()]
    named = {key_of(name): name for text in texts for name in PLACEHOLDER.findall(text)}
    if not any(row.inputs for row in rows):
        return  # braces of a blueprint that knows no rows are its own text
    for position, row in enumerate(rows, start=1):
        known = {TOPIC, *map(key_of, row.inputs)}
        if missing := sorted(name for key, name in named.items() if key not in known):
            raise MissingInput(position=position, name=missing[0])
