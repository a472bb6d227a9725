"""What models write as a value, read as the column's type, or refused with the reason."""

import pytest

from research.tables.columns import columns_from
from research.tables.values import BadValue, typed


def read(raw: object, type_: str, **more: object) -> object:
    return typed(columns_from([{"name": "x", "type": type_, **more}])[0], raw)


@pytest.mark.parametrize(
    ("raw", "unit", "value"),
    [
        ("1.2 M", "", 1_200_000),
        ("1,2 Mio.", "", 1_200_000),
        ("3,4 Mrd. €", "Mio. €", 3_400),
        ("12 %", "%", 12),
        ("12 percent", "%", 12),
        ("~12", "", 12),
        ("about 1,234 stars", "stars", 1_234),
        ("1 234,5", "", 1_234.5),
        ("-5 °C", "°C", -5),
        ("1e6", "", 1_000_000),
        ("1.5 GB", "MB", 1_500),
        ("2 years", "months", 24),
        ("$1.2 billion", "million USD", 1_200),
        ("12 million (2023)", "", 12_000_000),
        ("१२", "", 12),
        ("1.2 万", "", 12_000),
        ("twelve", "", 12),
        ({"amount": "2", "unit": "GB"}, "MB", 2_000),
        ([12], "", 12),
    ],
)
def test_a_number_in_any_form(raw: object, unit: str, value: float) -> None:
    assert read(raw, "number", unit=unit) == value


@pytest.mark.parametrize(
    ("raw", "unit", "reason"),
    [
        ("10-20", "", "more than one number"),
        ("1,234 stars and 56 forks", "", "more than one number"),
        ("12 kg", "MB", "not in MB"),
        ("12 %", "people", "not in people"),
        ("3.11.2", "", "no number"),
        (float("nan"), "", "no number"),
        (10**400, "", "no number"),
        (True, "", "no number"),
        ("9" * 5_000_000, "", "longer than"),
    ],
)
def test_a_number_that_is_none(raw: object, unit: str, reason: str) -> None:
    with pytest.raises(BadValue, match=reason):
        read(raw, "number", unit=unit)


@pytest.mark.parametrize(
    "raw",
    [
        *("May 1, 2019", "MAY 1, 2019", "1st of May, 2019", "1. Mai 2019", "1er mai 2019"),
        *("1 de mayo de 2019", "1º de maio de 2019", "1 мая 2019 г.", "1 maja 2019"),
        *("2019年5月1日", "2019년 5월 1일", "1 Mayıs 2019", "1 травня 2019", "01.05.2019"),
        *("2019-05-01T10:00:00Z", "20190501", 20190501, "٢٠١٩-٠٥-٠١", ["2019-05-01"]),
    ],
)
def test_a_day_in_any_language(raw: object) -> None:
    assert read(raw, "date") == "2019-05-01"


@pytest.mark.parametrize(
    ("raw", "value"),
    [("05/2019", "2019-05"), ("2019/05", "2019-05"), ("Q3 2019", "2019"), ("c. 1999", "1999"),
     (2019.0, "2019"), ("since 2011", "2011"), (476, "0476")],
)  # fmt: skip
def test_a_part_of_a_date(raw: object, value: str) -> None:
    assert read(raw, "date") == value


@pytest.mark.parametrize(
    ("raw", "reason"),
    [("5/1/2019", "two dates"), ("2011-2015", "more than one|no date"), ("1990s", "no date"),
     ("2019-02-30", "no day"), ("44 BC", "no date"), (True, "no date"), ({}, "no date")],
)  # fmt: skip
def test_a_date_that_is_none(raw: object, reason: str) -> None:
    with pytest.raises(BadValue, match=reason):
        read(raw, "date")


@pytest.mark.parametrize(
    ("raw", "type_", "value"),
    [
        ("yes, since 3.2", "boolean", True),
        ("No longer.", "boolean", False),
        (1, "boolean", True),
        ("нет", "boolean", False),
        ("- a\n- b", "list", ["a", "b"]),
        ("1. a\n2. b", "list", ["a", "b"]),
        ('["a", "b"]', "list", ["a", "b"]),
        ("['a', 'b',", "list", ["a", "b"]),
        ("a; b", "list", ["a", "b"]),
        (["a", "A", 1], "list", ["a", "1"]),
        ("A library.", "choice", "library"),
        ("**Library** (Python)", "choice", "library"),
        ("See [it](https://a.example/x).", "link", "https://a.example/x"),
    ],
)
def test_other_types(raw: object, type_: str, value: object) -> None:
    more = {"choices": ["library", "framework"]} if type_ == "choice" else {}
    assert read(raw, type_, **more) == value


@pytest.mark.parametrize(
    ("raw", "type_"),
    [
        ("yes and no", "boolean"),
        ({"a": 1}, "boolean"),
        ([["a"]], "list"),
        (["x"] * 99 + [str(n) for n in range(100)], "list"),
        ("library and framework", "choice"),
        ("https://a.example and https://b.example", "link"),
        ("javascript:alert(1)", "link"),
        ("x" * 5_000_000, "text"),
        ({"a": 1}, "text"),
    ],
)
def test_other_types_that_are_none(raw: object, type_: str) -> None:
    more = {"choices": ["library", "framework"]} if type_ == "choice" else {}
    with pytest.raises(BadValue):
        read(raw, type_, **more)
