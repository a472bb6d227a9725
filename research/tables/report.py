"""A row's cells as a text to read, with a claim for each value."""

from collections.abc import Sequence

from research.claims.claim import Claim, Evidence, Verdict
from research.tables.cell import Cell, written
from research.tables.columns import Column

NOTHING = "Not found"


def report(columns: Sequence[Column], cells: Sequence[Cell]) -> tuple[str, tuple[Claim, ...]]:
    """A bullet per column with its value, the quote that it rests on and the source's number."""
    by_column = {cell.column: cell for cell in cells}
    lines: list[str] = []
    claims: list[Claim] = []
    at = 0
    for column in columns:
        cell = by_column.get(column.name, Cell(column.name))
        before = f"- **{column.name}:** "
        text = _said(cell, column) if cell.is_found else _not_found(cell)
        line = before + text
        if cell.is_found and cell.verdict:
            start = at + len("- ")
            claims.append(_claim(cell, line[2:], start))
        lines.append(line)
        at += len(line) + 1
    return "\n".join(lines), tuple(claims)


def _said(cell: Cell, column: Column) -> str:
    value = written(cell.value, column.unit)
    quote = " ".join(cell.quote.split())
    told = f" (“{quote}”)" if quote and quote != value else ""
    cited = f" [{cell.source}]" if cell.source is not None else ""
    return f"{value}{told}{cited}"


def _not_found(cell: Cell) -> str:
    reason = cell.reason.strip()
    return f"*{NOTHING}.*{f' {reason}' if reason else ''}"


def _claim(cell: Cell, text: str, start: int) -> Claim:
    evidence: tuple[Evidence, ...] = ()
    if cell.source is not None and cell.start is not None:
        evidence = (Evidence(cell.source, cell.start, cell.start + len(cell.quote), cell.quote),)
    citations = () if cell.source is None else (cell.source,)
    verdict = cell.verdict or Verdict.UNSUPPORTED
    return Claim(text, start, start + len(text), citations, verdict, cell.reason, evidence)
