"""One cell with all that is known of it: where its value stands, who said what, what it takes to
ask for it again."""

from dataclasses import dataclass, field
from functools import cached_property

from django.urls import reverse

from research.runs.cells import cell_of
from research.runs.estimate import Forecast, forecast_again
from research.runs.models import MAX_CELL_NOTE, Cell, Run, Source, Topic
from research.runs.passages import Passage, passage_of
from research.tables.columns import Column, ColumnType
from research.web.table.shown import ShownCell, in_words, state_of

LONG_TYPES = (ColumnType.TEXT, ColumnType.LIST)
HINTS: dict[str, str] = {
    ColumnType.DATE: "2024-05-01, 2024-05 or 2024",
    ColumnType.LINK: "https://…",
    ColumnType.LIST: "One a line",
}


@dataclass(frozen=True)
class Proof:
    """A cell of a column; `problem` says why what a person typed was not kept."""

    run: Run
    topic: Topic
    column: Column
    number: int
    cell: Cell
    problem: str = ""
    typed: dict[str, str] = field(default_factory=dict)

    max_note = MAX_CELL_NOTE

    @cached_property
    def shown(self) -> ShownCell:
        return state_of(self.cell, self.column)

    @property
    def value(self) -> str:
        """What stands, in words."""
        return in_words(self.column, self.cell.shown)

    @property
    def found(self) -> str:
        """What the crew found, in words."""
        return in_words(self.column, self.cell.value)

    @property
    def found_since(self) -> bool:
        """Whether a crew has answered after the correction."""
        corrected = self.cell.corrected_at
        return bool(corrected and self.cell.attempt and self.cell.found_at > corrected)

    @property
    def is_link(self) -> bool:
        return self.column.type is ColumnType.LINK

    @cached_property
    def passage(self) -> Passage | None:
        """None where there is no quote to show."""
        cell = self.cell
        if not cell.quote or cell.source is None or cell.start is None:
            return None
        end = cell.start + len(cell.quote)
        evidence = {"source": cell.source, "start": cell.start, "end": end, "quote": cell.quote}
        return passage_of(evidence, self._source)

    @cached_property
    def _source(self) -> Source | None:
        number = self.cell.source
        if number is None:
            return None
        return Source.objects.filter(topic=self.topic, number=number).first()

    @property
    def source_url(self) -> str:
        """Where all that was seen of the source stands; empty: no source is kept."""
        if self._source is None:
            return ""
        position = self.topic.position
        page = reverse("topic", args=[self.run.pk, position])
        return f"{page}#topic-{position}-source-{self.cell.source}"

    @property
    def url(self) -> str:
        return reverse("table-cell", args=[self.run.pk, self.topic.position, self.number])

    @cached_property
    def forecast(self) -> Forecast | None:
        return forecast_again(self.run, 1)

    # The form -------------------------------------------------------------------------------

    @property
    def correction(self) -> str:
        """What stands in the field for it."""
        standing = self.cell.shown
        if isinstance(standing, list):
            usual = "\n".join(standing)
        else:
            usual = in_words(self.column.model_copy(update={"unit": ""}), standing)
        return self.typed.get("correction", usual)

    @property
    def note(self) -> str:
        return self.typed.get("note", self.cell.note)

    @property
    def choices(self) -> tuple[str, ...]:
        if self.column.type is ColumnType.BOOLEAN:
            return ("yes", "no")
        return self.column.choices if self.column.type is ColumnType.CHOICE else ()

    @property
    def is_long(self) -> bool:
        return self.column.type in LONG_TYPES

    @property
    def hint(self) -> str:
        if self.column.type is ColumnType.NUMBER:
            return f"A number in {self.column.unit}" if self.column.unit else "A number"
        return HINTS.get(self.column.type, "")


def proof_of(topic: Topic, number: int, problem: str = "", **typed: str) -> Proof | None:
    """The cell of a topic in a column, by its number from 1; None: there is no such column."""
    columns = topic.run.table_columns
    if not 0 < number <= len(columns):
        return None
    column = columns[number - 1]
    return Proof(topic.run, topic, column, number, cell_of(topic, column), problem, typed)
