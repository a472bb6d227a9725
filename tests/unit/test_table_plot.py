"""A column's values as bars: bins of round widths, choices in their order, years."""

from typing import Any

import pytest

from research.runs.models import Run, Topic
from research.tables.columns import columns_from
from research.web.table.plots import Plot, plot_of, plottable
from research.web.table.shown import Row, ShownCell, Table

HUGE = 1.7e308


def plot(values: list[Any], **column: Any) -> Plot:
    columns = columns_from([{"name": "size", **column}])
    rows = [Row(Topic(), [ShownCell("quoted", value)]) for value in values]
    found = plot_of(Table(Run(), columns, rows), 1)
    assert found is not None
    return found


def bars(found: Plot) -> list[tuple[str, int]]:
    return [(bar.label, bar.count) for bar in found.bars]


def test_numbers_are_counted_in_bins_of_a_round_width() -> None:
    found = plot([1, 12, 14, 95, None], type="number", unit="MB")
    assert bars(found)[:2] == [("0 to 20", 3), ("20 to 40", 0)]
    assert bars(found)[-1] == ("80 to 100", 1)
    assert found.told == "4 values, from 1 to 95 MB; half are at most 13."


@pytest.mark.parametrize(
    "values", [[7, 7], [-HUGE, HUGE], [5e-324, 1e-323], [1e15, 1e15 + 1], [0.1, 0.3], [-2.5, 2.5]]
)
def test_any_numbers_have_few_bars_that_hold_all_of_them(values: list[float]) -> None:
    found = plot(values, type="number")
    assert 1 <= len(found.bars) <= 12
    assert sum(bar.count for bar in found.bars) == len(values)
    assert max(bar.share for bar in found.bars) == 100


def test_choices_keep_their_order() -> None:
    found = plot(["high", "low", "high"], type="choice", choices=["low", "middle", "high"])
    assert bars(found) == [("low", 1), ("high", 2)]
    assert found.told == "3 values. low: 1, high: 2."
    assert bars(plot([False, True, True], type="boolean")) == [("yes", 2), ("no", 1)]


def test_many_choices_are_gathered() -> None:
    names = [f"choice {n}" for n in range(30)]
    found = plot(names, type="choice", choices=names)
    assert len(found.bars) == 12 and bars(found)[-1] == ("19 others", 19)


def test_dates_are_counted_by_year_or_by_several() -> None:
    assert bars(plot(["2019-05-01", "2021"], type="date")) == [
        ("2019", 1),
        ("2020", 0),
        ("2021", 1),
    ]
    assert bars(plot(["1900", "1999"], type="date"))[0] == ("1900 to 1908", 1)


def test_what_is_of_another_type_is_left_out() -> None:
    assert bars(plot(["large", 3], type="number")) == [("3", 1)]
    columns = columns_from([{"name": "a"}, {"name": "b", "type": "date"}, {"name": "c"}])
    assert list(plottable(columns)) == [2]
