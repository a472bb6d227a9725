"""Rows of a table: they are not sentences, and stand as they are, a line each."""

from collections.abc import Iterable, Iterator, Sequence

from research.library.blocks import Block, Kind


def blocks(rows: Iterable[Sequence[str]]) -> Iterator[Block]:
    """One block, or none where no cell holds anything; empty rows and last cells are left out."""
    lines = [_line(row) for row in rows]
    if any(lines):
        yield Block(Kind.CODE, "\n".join(line for line in lines if line))


def _line(row: Sequence[str]) -> str:
    return " | ".join(" ".join(cell.split()) for cell in row).rstrip(" |")
