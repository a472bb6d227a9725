"""What a person says of a table's cells: notes and corrections."""

from typing import Any, TypedDict

from django.db import transaction

from research.exceptions import (
    AmendedAlready,
    BadCorrection,
    NoteTooLong,
    NoValue,
)
from research.runs.control import hold
from research.runs.events import record
from research.runs.models import MAX_CELL_NOTE, Cell, Run, Topic
from research.tables.cell import Value
from research.tables.columns import Column
from research.tables.values import BadValue, typed
from research.text.cleaning import clean


class Change(TypedDict, total=False):
    """What a person says of a cell; what is left out stays, and None takes back."""

    note: str | None
    correction: Any
    """As it was typed or sent: it is read as the column's type."""


@transaction.atomic
def amend(
    run: Run, position: int, column: str, change: Change, by: Any, seen: str | None = None
) -> Cell:
    """Keeps a note or a correction of one cell, which may not have been filled in yet.

    `seen` is the `version` of the cell that the person looked at, if that is known. Raises
    NotFound, UnknownColumn, BadCorrection, NoValue, NoteTooLong and AmendedAlready.
    """
    held, [topic] = hold(run, [position])
    asked = held.column(column)
    cell = cell_of(topic, asked)
    if seen not in (None, cell.version):
        raise AmendedAlready
    fields: dict[str, Any] = {}
    if "note" in change:
        fields["note"] = _note(change["note"])
    if "correction" in change:
        fields["correction"] = _correction(asked, change["correction"])
    record(cell.amend(by, **fields))
    return cell


def cell_of(topic: Topic, column: Column) -> Cell:
    """The topic's cell in a column; one that is not stored where no crew has filled it in."""
    cells = topic.cells.with_people()
    cell = cells.filter(column=column.name).first() or Cell(column=column.name, attempt=0)
    cell.topic = topic
    return cell


def _note(said: str | None) -> str:
    text = clean(said or "").strip()
    if len(text) > MAX_CELL_NOTE:
        raise NoteTooLong(length=len(text), limit=MAX_CELL_NOTE)
    return text


def _correction(column: Column, said: Any) -> Value:
    if said is None:
        return None
    try:
        value = typed(column, said)
    except BadValue as error:
        raise BadCorrection(column=column.name, reason=str(error)) from None
    if isinstance(value, list):
        value = [text for item in value if (text := clean(item).strip())]
    elif isinstance(value, str):
        value = clean(value).strip()
    if value in ("", []):
        raise NoValue
    return value
