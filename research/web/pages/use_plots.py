"""A team's use day by day as bars, which the server draws, and the same in words and figures."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from research.runs.use import DayOfUse
from research.text.money import usd

HEIGHT = 60  # of a plot, in the units of its drawing
STEP, WIDTH = 10, 8  # from bar to bar, and of a bar
LEAST = 1.5  # of a bar that is not nothing


@dataclass(frozen=True)
class Bar:
    x: int
    y: float
    height: float
    told: str
    is_unknown: bool
    """Whether tokens were used whose price is not known."""


@dataclass(frozen=True)
class UsePlot:
    title: str
    told: str
    """What the bars show, in a sentence."""
    bars: Sequence[Bar]
    width: int
    height: int = HEIGHT

    @property
    def shows_something(self) -> bool:
        return any(bar.height or bar.is_unknown for bar in self.bars)


def plots_of(days: Sequence[DayOfUse]) -> list[UsePlot]:
    """Topics, tokens and USD; without those of which nothing was used."""
    plots = (
        _plot("Topics", days, lambda day: day.topics, _count),
        _plot("Tokens", days, lambda day: day.token_count, _count),
        _plot("USD", days, lambda day: day.usd, lambda amount: usd(Decimal(amount))),
    )
    return [plot for plot in plots if plot.shows_something]


def _plot(
    title: str,
    days: Sequence[DayOfUse],
    of: Callable[[DayOfUse], int | Decimal],
    written: Callable[[int | Decimal], str],
) -> UsePlot:
    peak = max(days, key=of)
    most, total = of(peak), sum((of(day) for day in days), Decimal(0))
    told = f"{written(total)} in {len(days)} days"
    if most:
        told += f", most on {_day(peak)}: {written(most)}"
    is_money = title == "USD"
    unpriced = sum(day.unpriced for day in days) if is_money else 0
    if unpriced:
        told += f"; and {unpriced:,} tokens whose price is not known, marked"
    bars = []
    for number, day in enumerate(days):
        amount, is_unknown = of(day), bool(is_money and day.unpriced)
        height = max(LEAST, round(float(amount / most) * HEIGHT, 2)) if amount else 0.0
        words = f"{_day(day)}: {written(amount)}"
        if is_unknown:
            words += f", and {day.unpriced:,} tokens whose price is not known"
        bars.append(Bar(number * STEP + 1, HEIGHT - height, height, words, is_unknown))
    return UsePlot(title, f"{told}.", bars, width=len(days) * STEP)


def _count(number: int | Decimal) -> str:
    return f"{number:,}"


def _day(day: DayOfUse) -> str:
    return f"{day.day.day} {day.day:%B}"
