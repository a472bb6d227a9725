"""Raw values read as a column's type."""

import datetime
import math
import re
from collections.abc import Callable
from typing import Any

import json_repair

from research.claims.dates import Date, find_dates
from research.claims.numerals import ascii_digits
from research.claims.quantities import find_quantities, values_of
from research.claims.quantity import Quantity
from research.tables.cell import Value
from research.tables.columns import Column, ColumnType, key_of
from research.tables.told import joined_scales
from research.text.addresses import ADDRESS, trimmed
from research.text.web_address import is_web_address

LONGEST = 2_000  # characters of a value
MOST_ITEMS = 100  # of a list
_NOTHING = re.compile(
    r"(?:not (?:found|available|known|stated|given|specified|applicable|mentioned)|unknown|n/?a"
    r"|none|null|nil|nothing|no (?:data|information|answer)|unclear|[-\u2013\u2014?.\s]*)\.?",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<![\w.,/-])(?:1\d|20)\d\d(?!\w|[.,/-]\d)")
_YEAR_AND_MONTH = re.compile(
    r"(?P<y>\d{4})[/.](?P<m>0?[1-9]|1[0-2])|(?P<month>0?[1-9]|1[0-2])[/.](?P<year>\d{4})"
)
_YES = {"yes", "true", "y", "1", "ja", "oui", "sí", "si", "sim", "да", "是", "はい", "예", "نعم"}
_NO = {"no", "false", "n", "0", "nein", "non", "não", "нет", "否", "いいえ", "아니요", "لا"}


class BadValue(ValueError):
    """The value cannot be read as the column's type; the message says why, in a sentence."""


def is_nothing(raw: Any) -> bool:
    """Whether a model says with it that it found nothing."""
    if isinstance(raw, str):
        return bool(_NOTHING.fullmatch(raw.strip()))
    return raw is None or raw == [] or raw == {}


def typed(column: Column, raw: Any) -> Value:
    """The value as the column's type has it. Raises BadValue."""
    items = raw if isinstance(raw, list) else [raw]
    if any(isinstance(item, str) and len(item) > LONGEST for item in items):
        raise BadValue(f"The value is longer than {LONGEST:,} characters.")
    if len(items) == 1 and column.type is not ColumnType.LIST:
        raw = items[0]  # one in brackets
    return _READERS[column.type](column, raw)


def _text(column: Column, raw: Any) -> str:
    if isinstance(raw, bool):
        return "yes" if raw else "no"
    if isinstance(raw, (str, int, float)):
        return " ".join(str(raw).split())
    if isinstance(raw, list) and all(isinstance(item, (str, int, float)) for item in raw):
        return ", ".join(" ".join(str(item).split()) for item in raw)
    raise BadValue(f"{_shown(raw)} is no text.")


def _number(column: Column, raw: Any) -> float | int:
    if isinstance(raw, (int, float)) and not isinstance(raw, bool):
        return _finite(raw, raw)
    if isinstance(raw, dict):
        raw = _amount(raw)
    if not isinstance(raw, str):
        raise BadValue(f"{_shown(raw)} is no number.")
    if re.fullmatch(r"\s*[-+]?\d{1,15}(?:\.\d{1,15})?(?:[eE][-+]?\d{1,3})?\s*", raw):
        return _finite(_plain(float(raw)), raw)
    number = _only_one(joined_scales(raw), raw)
    return _plain(_in_unit(number, column.unit, raw))


def _finite(number: float, raw: Any) -> float | int:
    try:
        if math.isfinite(number):
            return number
    except OverflowError:  # a whole number of hundreds of digits
        pass
    raise BadValue(f"{_shown(raw)} is no number.")


def _amount(raw: dict[Any, Any]) -> str | None:
    """`{"amount": 12, "unit": "MB"}` as a text."""
    data = {key_of(str(key)): value for key, value in raw.items()}
    amount = next((data[name] for name in ("value", "amount", "number") if name in data), None)
    return None if amount is None else f"{amount} {data.get('unit') or data.get('currency') or ''}"


def _only_one(text: str, raw: str) -> Quantity:
    """The one number of a text; what stands in brackets, such as a year, is beside it."""
    found = [q for q in find_quantities(text) if not q.date and q.plain]
    if len(found) > 1:
        bare = re.sub(r"\([^()]*\)", lambda match: " " * len(match[0]), text)
        found = [q for q in found if bare[q.start : q.end].strip()]
    if len(found) != 1:
        what = "holds no number" if not found else "holds more than one number"
        raise BadValue(f"{_shown(raw)} {what}.")
    return found[0]


def _in_unit(number: Quantity, unit: str, raw: str) -> float:
    """The number in the column's unit; one in another kind of unit is none."""
    wanted = next(iter(find_quantities(f"1 {unit}")), None) if unit else None
    if wanted is None or not wanted.plain or not number.values:
        return number.plain[0]
    if number.kind == wanted.kind:
        is_scaled = wanted.kind or number.plain[0] != _digits_of(number)
        return number.values[0] / wanted.values[0] if is_scaled else number.plain[0]
    if not number.kind:
        return number.plain[0]
    if number.text.strip().endswith(unit):
        return number.plain[0]
    raise BadValue(f"{_shown(raw)} is not in {unit}.")


def _digits_of(number: Quantity) -> float:
    """The number as its digits say it, without a word such as `million`."""
    digits = re.search(r"\d[\d.,'\u2019 \u00a0\u202f]*", number.text)
    return values_of(digits[0].strip(" .,"))[0] if digits else number.plain[0]


def _plain(value: float) -> float | int:
    """A whole number as one."""
    return int(value) if value.is_integer() and abs(value) < 1e15 else value


def _date(column: Column, raw: Any) -> str:
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    if isinstance(raw, int) and not isinstance(raw, bool):
        raw = f"{raw:04d}" if 0 < raw < 10_000 else str(raw)
    if not isinstance(raw, str):
        raise BadValue(f"{_shown(raw)} is no date.")
    said = ascii_digits(raw).strip()
    if part := re.fullmatch(r"(\d{4})(?:-(0[1-9]|1[0-2]))?", said):
        return "-".join(filter(None, part.groups()))
    if part := re.fullmatch(r"(\d{4})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])", said):
        return "-".join(part.groups())
    if part := _YEAR_AND_MONTH.fullmatch(said):
        return f"{part['y'] or part['year']}-{int(part['m'] or part['month']):02d}"
    forms = (said, said.title(), said.lower())  # `MAY 1, 2019`
    dates = next((found for form in forms if (found := [d for *_, d in find_dates(form)])), [])
    if not dates:
        dates = [Date(int(year)) for year in dict.fromkeys(_YEAR.findall(said))]
    if len(dates) != 1 or dates[0].year is None:
        what = "holds more than one date" if len(dates) > 1 else "is no date"
        raise BadValue(f"{_shown(raw)} {what}. Write 2024-05-01, 2024-05 or 2024.")
    if dates[0].swapped and dates[0].day != dates[0].month:
        raise BadValue(f"{_shown(raw)} may be two dates. Write it as 2024-05-01.")
    if not _exists(dates[0]):
        raise BadValue(f"{_shown(raw)} is no day of the calendar.")
    return _iso(dates[0])


def _exists(date: Date) -> bool:
    try:
        datetime.date(date.year or 1, date.month or 1, date.day or 1)
    except ValueError:
        return False
    return True


def _iso(date: Date) -> str:
    parts = [f"{date.year:04d}"]
    if date.month:
        parts.append(f"{date.month:02d}")
        if date.day:
            parts.append(f"{date.day:02d}")
    return "-".join(parts)


def _boolean(column: Column, raw: Any) -> bool:
    if isinstance(raw, bool):
        return raw
    said = str(raw).strip().casefold()
    words = {said, *re.split(r"[\s,.;:!()。、\uff0c]+", said)}
    first = re.split(r"[\s,.;:!。、\uff0c]", said, maxsplit=1)[0]
    if said in _YES or (first in _YES and not words & _NO):
        return True
    if said in _NO or (first in _NO and not words & _YES):
        return False
    raise BadValue(f"{_shown(raw)} is neither yes nor no.")


def _choice(column: Column, raw: Any) -> str:
    said = key_of(str(raw)) if isinstance(raw, (str, int, float)) else ""
    bare = key_of(re.sub(r"^(?:an?|the)\s|\s*\([^()]*\)|[.!\"'*`“”]", "", said))
    for wanted in (said, bare):
        for choice in column.choices:
            if key_of(choice) == wanted:
                return choice
    raise BadValue(f"{_shown(raw)} is none of: {', '.join(column.choices)}.")


def _link(column: Column, raw: Any) -> str:
    said = raw.strip() if isinstance(raw, str) else ""
    found = {trimmed(match[0]) for match in ADDRESS.finditer(said)}
    link = found.pop() if len(found) == 1 else ""
    if not is_web_address(link):
        what = "holds more than one web address" if found else _NO_LINK
        raise BadValue(f"{_shown(raw)} {what}.")
    return link


_NO_LINK = "is no web address that begins with https:// or http://"


def _list(column: Column, raw: Any) -> list[str]:
    if isinstance(raw, str):
        raw = _parts(raw)
    if not isinstance(raw, list) or not all(isinstance(i, (str, int, float)) for i in raw):
        raise BadValue(f"{_shown(raw)} is no list.")
    items = [" ".join(str(item).split()) for item in raw if str(item).strip()]
    different = list({key_of(item): item for item in reversed(items)}.values())[::-1]
    if len(different) > MOST_ITEMS:
        raise BadValue(f"The list has {len(different)} items; {MOST_ITEMS} is the most.")
    return different


def _parts(text: str) -> Any:
    """The items of a list that was written as a text: as JSON, with bullets, or with commas."""
    if text.lstrip().startswith("["):
        return json_repair.loads(text)
    lines = [_BULLET.sub("", line) for line in text.splitlines() if line.strip()]
    if len(lines) > 1:
        return [part for line in lines for part in re.split(r";", line)]
    return [part for part in re.split(r";|,(?!\d)|、|،", _BULLET.sub("", text)) if part.strip()]


_BULLET = re.compile(r"^\s*(?:[-*\u2022\u2013]|\d{1,3}[.)])\s+")

_READERS: dict[ColumnType, Callable[[Column, Any], Value]] = {
    ColumnType.TEXT: _text,
    ColumnType.NUMBER: _number,
    ColumnType.DATE: _date,
    ColumnType.BOOLEAN: _boolean,
    ColumnType.CHOICE: _choice,
    ColumnType.LINK: _link,
    ColumnType.LIST: _list,
}


def _shown(raw: Any) -> str:
    text = " ".join(str(raw).split())
    return f"“{text[:80]}{' …' if len(text) > 80 else ''}”"
