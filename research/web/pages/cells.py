"""The row of a topic, as its own page shows it."""

from dataclasses import dataclass

from research.runs.models import Cell, Topic
from research.tables.cell import written
from research.tables.columns import key_of


@dataclass(frozen=True)
class ShownCell:
    """A column with what was found for the topic; without a `row` nobody has asked yet."""

    column: str
    value: str
    row: Cell | None


def cells_of(topic: Topic) -> list[ShownCell]:
    """In the order of the run's columns; no query without columns."""
    columns = topic.run.table_columns
    if not columns:
        return []
    found = {key_of(cell.column): cell for cell in topic.cells.all()}
    return [
        ShownCell(
            column.name,
            written(found[column.key].shown, column.unit) if column.key in found else "",
            found.get(column.key),
        )
        for column in columns
    ]
