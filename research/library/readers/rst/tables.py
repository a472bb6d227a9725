"""Tables, drawn as grids, set between rules, or as comma-separated values: their rows of cells."""

import csv
import re
from collections.abc import Iterator
from itertools import pairwise
from unicodedata import east_asian_width

Row = list[str]

START = re.compile(r"^\s*(\+[-=+]{3,}|={2,}\s+=[= ]*)")
_RULE = re.compile(r"[\s=+-]*")
_FILLING = "\0"  # the second column of a wide character


def rows(lines: list[str]) -> Iterator[Row]:
    """The rows of a grid or of a simple table. The lines of a cell are put together."""
    drawn = [_in_columns(line) for line in lines]
    margin = min((len(line) - len(line.lstrip()) for line in drawn if line), default=0)
    drawn = [line[margin:] for line in drawn]
    found = _of_grid(drawn) if drawn[0].startswith("+") else _of_simple(drawn)
    for row in found:
        cells = [" ".join(cell.replace(_FILLING, "").split()) for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            yield cells


def of_values(lines: list[str], delimiter: str) -> Iterator[Row]:
    """The rows of comma-separated values, or what is not written as such as it stands."""
    sign = delimiter if len(delimiter) == 1 else {"tab": "\t"}.get(delimiter, " ")
    try:
        yield from list(
            csv.reader((f"{line}\n" for line in lines), delimiter=sign, skipinitialspace=True)
        )
    except csv.Error:
        yield from ([line] for line in lines)


def _in_columns(line: str) -> str:
    """A character a column, as tables are drawn."""
    if line.isascii():
        return line
    return "".join(c + _FILLING if east_asian_width(c) in "WF" else c for c in line)


def _of_grid(lines: list[str]) -> Iterator[Row]:
    """A cell goes on until a border stands below it."""
    corners = sorted({at for line in lines if _RULE.fullmatch(line) for at in _places("+", line)})
    cells: dict[int, str] = {}  # those that are open, by the column where they begin
    for line in lines:
        closed: dict[int, str] = {}
        for start, end, text in _between_bars(line, corners):
            if text and not text.strip("-=+"):
                inside = [at for at in cells if start <= at < end]
                closed |= {at: cells.pop(at) for at in inside}
            else:
                cells[start] = f"{cells.get(start, '')} {text}"
        yield [closed[at] for at in sorted(closed)]
    yield [cells[at] for at in sorted(cells)]


def _between_bars(line: str, corners: list[int]) -> Iterator[tuple[int, int, str]]:
    """The texts of a line, each with the corners between which it stands."""
    inner = line.removeprefix("|").removesuffix("|").split("|")
    if len(inner) == len(corners) - 1:  # whether or not the bars stand where they should
        yield from (
            (start, end, text) for (start, end), text in zip(pairwise(corners), inner, strict=True)
        )
        return
    bars = [at for at in corners if at < len(line) and line[at] in "|+"]
    for start, end in pairwise(sorted({0, *bars, len(line)})):
        if text := line[start:end].removeprefix("|").removeprefix("+"):
            yield start, end, text


def _of_simple(lines: list[str]) -> Iterator[Row]:
    """Columns are where the first rule has them; a row without a first cell goes on from above."""
    columns = [(rule.start(), rule.end()) for rule in re.finditer("=+", lines[0])]
    row: Row = []
    for line in lines:
        if not line or _RULE.fullmatch(line):
            yield row
            row = []
            continue
        cells = _cells(line, columns)
        if row and not cells[0].strip() and len(cells) == len(row):
            row = [f"{above} {cell}" for above, cell in zip(row, cells, strict=True)]
        else:
            yield row
            row = cells
    yield row


def _cells(line: str, columns: list[tuple[int, int]]) -> Row:
    """The texts of a line; one that stands between columns, too, belongs to both."""
    starts = [0]
    for (_, end), (start, _) in pairwise(columns):
        if not line[end:start].strip():
            starts.append(start)
    return [line[start:end] for start, end in pairwise([*starts, max(len(line), starts[-1])])]


def _places(sign: str, line: str) -> Iterator[int]:
    return (found.start() for found in re.finditer(re.escape(sign), line))
