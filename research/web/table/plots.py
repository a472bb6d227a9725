"""A column's values in a few bars, each of which says in words how long it is."""

import math
import statistics
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from research.tables.cell import Value
from research.tables.columns import Column, ColumnType
from research.tables.values import BadValue, typed
from research.web.table.shown import Table

MOST_BARS = 12
BINS = 8  # about as many, of round widths
PLOTTED = (ColumnType.NUMBER, ColumnType.CHOICE, ColumnType.BOOLEAN, ColumnType.DATE)


@dataclass(frozen=True)
class Bar:
    label: str
    count: int
    share: float
    """Of the longest bar, in percent."""


@dataclass(frozen=True)
class Plot:
    column: Column
    bars: Sequence[Bar]
    told: str
    """The same in a sentence."""


def plottable(columns: Sequence[Column]) -> dict[int, Column]:
    """The columns that can be plotted, by their numbers."""
    return {n: column for n, column in enumerate(columns, start=1) if column.type in PLOTTED}


def plot_of(table: Table, number: int) -> Plot | None:
    """None where the column has no values."""
    column = table.columns[number - 1]
    values = [value for value in table.values(number) if _fits(column, value)]
    if not values:
        return None
    if column.type is ColumnType.NUMBER:
        numbers = [float(str(value)) for value in values]
        return Plot(column, _bars(_bins(numbers)), _spread(numbers, column.unit))
    counts = _by_year(values) if column.type is ColumnType.DATE else _by_value(column, values)
    bars = _bars(counts)
    told = ", ".join(f"{bar.label}: {bar.count}" for bar in bars)
    return Plot(column, bars, f"{len(values)} values. {told}.")


def _fits(column: Column, value: Value) -> bool:
    """Whether a value is of the column's type, which may have been another one before."""
    try:
        return typed(column, value) == value
    except BadValue:
        return False


def _by_value(column: Column, values: Sequence[object]) -> list[tuple[str, int]]:
    """In the order of the choices; all else, as of a person, behind them."""
    counts = Counter(_word(value) for value in values)
    order = [*column.choices, *(("yes", "no") if column.type is ColumnType.BOOLEAN else ())]
    labels = [*order, *(label for label in counts if label not in order)]
    found = [(label, counts[label]) for label in labels if counts[label]]
    return _gathered(sorted(found, key=lambda each: -each[1])) if len(found) > MOST_BARS else found


def _word(value: object) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _by_year(values: Sequence[object]) -> list[tuple[str, int]]:
    """By year, or by as many years together as there is room for."""
    years = sorted(int(str(value)[:4]) for value in values)
    step = math.ceil((years[-1] - years[0] + 1) / MOST_BARS)
    counts = Counter((year - years[0]) // step for year in years)
    firsts = ((years[0] + n * step, counts[n]) for n in range(max(counts) + 1))
    return [(f"{y}" if step == 1 else f"{y} to {y + step - 1}", count) for y, count in firsts]


def _gathered(counts: list[tuple[str, int]]) -> list[tuple[str, int]]:
    shown, rest = counts[: MOST_BARS - 1], counts[MOST_BARS - 1 :]
    return [*shown, (f"{len(rest)} others", sum(count for _, count in rest))]


def _bins(numbers: Sequence[float]) -> list[tuple[str, int]]:
    """A histogram with bins of a round width: 1, 2 or 5 times a power of ten."""
    low, high = min(numbers), max(numbers)
    if low == high:
        return [(_short(low), len(numbers))]
    width = _round_width(max(high / BINS - low / BINS, sys.float_info.min))
    first = math.floor(low / width)
    last = math.floor(high / width)
    counts = Counter(math.floor(number / width) for number in numbers)
    edges = ((n, _short(n * width), _short((n + 1) * width)) for n in range(first, last + 1))
    return [(f"{start} to {end}", counts[n]) for n, start, end in edges]


def _round_width(least: float) -> float:
    power = 10.0 ** math.floor(math.log10(least))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= least)


def _spread(numbers: Sequence[float], unit: str) -> str:
    low, middle, high = min(numbers), statistics.median(numbers), max(numbers)
    unit = f" {unit}" if unit else ""
    count = f"{len(numbers)} value{'' if len(numbers) == 1 else 's'}"
    return (
        f"{count}, from {_short(low)} to {_short(high)}{unit}; half are at most {_short(middle)}."
    )


def _short(number: float) -> str:
    """`1,500`, `0.25`, `1.2e+20`."""
    number = float(f"{number:.6g}")
    return f"{number:,.0f}" if number.is_integer() and abs(number) < 1e15 else f"{number:.6g}"


def _bars(counts: Sequence[tuple[str, int]]) -> list[Bar]:
    most = max(count for _, count in counts)
    return [Bar(label, count, round(100 * count / most, 1)) for label, count in counts]
