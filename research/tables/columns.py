"""What a person wants to know of every row: columns with a name, a type and a question."""

import unicodedata
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from research.tables.exceptions import (
    BadColumn,
    BadColumnName,
    ColumnUnnamed,
    NoChoices,
    SameColumn,
    TooManyColumns,
)

MAX_COLUMNS = 50
MAX_NAME = 80  # characters
MAX_CHOICES = 100
NOT_IN_NAMES = "{}[]<>/\\|`*"  # they mean something in prompts, addresses or Markdown


class ColumnType(StrEnum):
    """What the values of a column are."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    BOOLEAN = "boolean"
    CHOICE = "choice"
    LINK = "link"
    LIST = "list"


class Column(BaseModel):
    """One column; `unit` is a number's, `choices` are a choice's, `ask` says what to find."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    name: str = Field(max_length=MAX_NAME)
    type: ColumnType = ColumnType.TEXT
    unit: str = Field(default="", max_length=40)
    choices: tuple[str, ...] = Field(default=(), max_length=MAX_CHOICES)
    ask: str = Field(default="", max_length=1000)

    @property
    def key(self) -> str:
        """What two columns of one table must not share."""
        return key_of(self.name)


def key_of(name: str) -> str:
    """A column's name as it is compared: one Unicode form, no case, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def columns_from(data: Sequence[Mapping[str, Any]]) -> tuple[Column, ...]:
    """Columns as they came from outside, checked. Raises BadInput, which names the column."""
    if len(data) > MAX_COLUMNS:
        raise TooManyColumns(limit=MAX_COLUMNS, count=len(data))
    columns: dict[str, Column] = {}
    for position, given in enumerate(data, start=1):
        column = _column(given, position)
        if column.key in columns:
            raise SameColumn(name=column.name)
        columns[column.key] = column
    return tuple(columns.values())


def _column(given: Mapping[str, Any], position: int) -> Column:
    try:
        column = Column.model_validate(dict(given))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise BadColumn(position=position, reason=f"{place}: {first['msg']}") from None
    if not column.name:
        raise ColumnUnnamed(position=position)
    if bad := next((sign for sign in column.name if sign in NOT_IN_NAMES), ""):
        raise BadColumnName(position=position, trouble=f"holds {bad!r}", without=NOT_IN_NAMES)
    if any(unicodedata.category(sign) in ("Cc", "Cs") for sign in column.name):
        trouble = "holds a control character"
        raise BadColumnName(position=position, trouble=trouble, without="line breaks or tabs")
    choices = tuple(dict.fromkeys(c.strip() for c in column.choices if c.strip()))
    if column.type is ColumnType.CHOICE and len(choices) < 2:
        raise NoChoices(name=column.name)
    return column.model_copy(update={"choices": choices})
