"""What stands out in a table, written by one more crew from its cells alone.

Each filled cell is a source with a number, and so is a count of each column's values; the result
cites them, is checked against them, and leads to the cells.
"""

from collections import Counter
from collections.abc import Iterator

from django.urls import reverse

from research.crews.llms import catalog
from research.exceptions import NothingToCompare, OfflineCompares
from research.runs.allowance import Allowance
from research.runs.models import Blueprint, Cell, Priority, Run
from research.runs.submission import Given, Submission
from research.tables.cell import written
from research.tables.columns import Column
from research.tables.rows.row import Row

NAME = "comparison"
MOST_VALUES = 12  # of a column that are counted by name
MOST_SOURCES = 5_000
QUOTE = 300  # characters of a cell's quote

DESCRIPTION = """Write what stands out in this table: {topic}

Compare the rows: what most have in common, which differ and how, extremes of numbers and dates, \
what was not found. Use only the numbered sources below, which are the table's cells and counts of \
its columns. Cite the number of the source behind each statement, such as [12]."""
EXPECTED = """Five to ten Markdown bullets, each with its source numbers in square brackets. \
No heading, no introduction."""

DEFINITION = {
    "agents": {
        "analyst": {
            "role": "Analyst of tables",
            "goal": "Say what stands out in a table, and nothing that its cells do not say",
            "backstory": "You compare rows for a living. You count, you name what is missing, and "
            "you cite the cell for every value that you mention.",
        }
    },
    "tasks": {
        "comparison": {
            "agent": "analyst",
            "description": DESCRIPTION,
            "expected_output": EXPECTED,
        }
    },
}


def comparison_of(
    run: Run, model: str | None = None, allowance: Allowance | None = None
) -> Submission:
    """A run of one topic that compares the rows of a table.

    Raises NothingToCompare, OfflineCompares and BadInput.
    """
    if catalog.resolve(model or run.model) == catalog.OFFLINE:
        raise OfflineCompares
    sources = list(_sources(run))
    if not any(source.url for source in sources):
        raise NothingToCompare
    names = ", ".join(column.name for column in run.table_columns)
    first = run.topics.values_list("text", flat=True).first() or ""
    topic = f"{run.name or f'{first} and the other rows'}: {names}"[:900]
    return Submission.of(
        [Row(topic, {})],
        Blueprint(name=NAME, definition=DEFINITION),
        model or run.model,
        (allowance or Allowance()).with_defaults(),
        Priority(run.priority),
        compares=run,
        team=run.team,
        sources=sources[:MOST_SOURCES],
    )


def _sources(run: Run) -> Iterator[Given]:
    """Counts of the columns, then the filled cells, row by row."""
    columns = run.table_columns
    cells = list(
        Cell.objects.filter(topic__run=run).select_related("topic").order_by("topic__position")
    )
    rows = run.topics.count()
    number = 0
    for column in columns:
        number += 1
        shown = [cell for cell in cells if cell.column == column.name]
        yield Given(number, f"Column {column.name}", "", _counted(column, shown, rows))
    places = {column.name: place for place, column in enumerate(columns, start=1)}
    units = {column.name: column.unit for column in columns}
    for cell in cells:
        if cell.shown is None or cell.column not in places:
            continue
        number += 1
        topic = cell.topic
        value = written(cell.shown, units[cell.column])
        quote = "" if cell.is_corrected else " ".join(cell.quote.split())[:QUOTE]
        said = f"{topic.text}: {cell.column}: {value}." + (f" “{quote}”" if quote else "")
        url = reverse("table-cell", args=[run.pk, topic.position, places[cell.column]])
        yield Given(number, f"{topic.text} · {cell.column}"[:300], url, said)


def _counted(column: Column, cells: list[Cell], rows: int) -> str:
    """`Licence: found in 38 of 40 rows, not found in 2. MIT in 20 rows, BSD in 18 rows.`"""
    values = [cell.shown for cell in cells if cell.shown is not None]
    said = f"{column.name}: found in {len(values)} of {rows} rows"
    said += f", not found in {rows - len(values)}." if len(values) < rows else "."
    numbers = [v for v in values if isinstance(v, (int, float)) and not isinstance(v, bool)]
    if numbers and len(numbers) == len(values):
        lowest, highest = written(min(numbers), column.unit), written(max(numbers), column.unit)
        return f"{said} The lowest is {lowest}, the highest {highest}."
    counts = Counter(written(value) for value in values)
    common = [(value, count) for value, count in counts.most_common(MOST_VALUES) if count > 1]
    told = ", ".join(f"{value} in {count} rows" for value, count in common)
    return f"{said} {told}." if told else said
