"""The figures of all experiments, as a table for a terminal, as Markdown and as JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Row:
    """A figure, and what is promised of it; without a promise it is there to be read."""

    what: str
    figure: str
    promise: str = ""
    kept: bool = True


def none_of(what: str, number: int) -> Row:
    """A number that has to be 0."""
    return Row(what, f"{number:,}", "0", number == 0)


class Result(Protocol):
    """What an experiment found."""

    def rows(self) -> list[Row]:
        """Its figures in the order they are shown."""


def print_table(console: Console, results: Mapping[str, Sequence[Row]], note: str) -> None:
    table = Table("", "what", title="What was broken on purpose", caption=note)
    for heading in ("figure", "promised"):
        table.add_column(heading, overflow="fold")
    for name, rows in results.items():
        for number, row in enumerate(rows):
            colour = "" if not row.promise else "green" if row.kept else "red"
            figure = f"[{colour}]{row.figure}[/]" if colour else row.figure
            table.add_row("" if number else name, row.what, figure, row.promise)
        table.add_section()
    console.print(table)


def as_markdown(results: Mapping[str, Sequence[Row]], note: str) -> str:
    """The same table, to be pasted."""
    lines = [f"| {note} | | promised |", "|---|---|---|"]
    for rows in results.values():
        for row in rows:
            mark = "" if row.kept else " ✗"
            lines.append(f"| {_cell(row.what)} | {_cell(row.figure)}{mark} | {row.promise} |")
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
