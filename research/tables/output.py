"""The structured output of a row's last task, as CrewAI takes it: a pydantic model."""

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, create_model

from research.tables.cell import Cell
from research.tables.columns import Column, ColumnType

_TYPES: dict[ColumnType, Any] = {
    ColumnType.NUMBER: float | int,
    ColumnType.BOOLEAN: bool,
    ColumnType.LIST: list[str],
}
_ABOUT: dict[ColumnType, str] = {
    ColumnType.DATE: "A date as 2024-05-01, or 2024-05, or 2024.",
    ColumnType.LINK: "A whole address that begins with https:// or http://.",
}


@lru_cache(maxsize=100)
def output_model(columns: tuple[Column, ...]) -> type[BaseModel]:
    """A model with a member per column: value, quote, source and reason of its cell."""
    fields: dict[str, Any] = {}
    for number, column in enumerate(columns):
        cell = create_model(
            f"Cell{number + 1}",
            __config__=ConfigDict(title=column.name),
            value=(_TYPES.get(column.type, str) | None, Field(None, description=_about(column))),
            quote=(str, Field("", description="A sentence of the source, word for word.")),
            source=(int | None, Field(None, description="The source's number.")),
            reason=(str, Field("", description="Where nothing was found: why.")),
        )
        fields[f"column_{number + 1}"] = (cell, Field(default_factory=cell, alias=column.name))
    return create_model("Row", __config__=ConfigDict(populate_by_name=True), **fields)


def _about(column: Column) -> str:
    if column.type is ColumnType.CHOICE:
        return f"One of: {', '.join(column.choices)}."
    unit = f" In {column.unit}." if column.unit else ""
    return f"{column.ask} {_ABOUT.get(column.type, '')}{unit}".strip()


def as_output(cells: Sequence[Cell]) -> str:
    """Cells as JSON that the model reads."""
    members = {
        cell.column: {
            "value": cell.value,
            "quote": cell.quote,
            "source": cell.source,
            "reason": cell.reason,
        }
        for cell in cells
    }
    return json.dumps(members, ensure_ascii=False)
