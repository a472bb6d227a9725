"""Finds the numbers, dates and versions of a text."""

import re
from collections.abc import Iterator
from dataclasses import replace

from research.claims.dates import find_dates
from research.claims.number_words import in_chinese, worded
from research.claims.numerals import ascii_digits
from research.claims.quantity import Quantity
from research.claims.units import ATTACHED_SCALES, SCALES, UNITS, Unit, unit_of
from research.claims.vocabulary import STOP_WORDS

MOST = 500  # quantities of one statement that are looked at


_LETTER = "A-Za-z\u00c0-\u024f\u0370-\u04ff_"
_SMALL = "a-z\u00df-\u00ff"  # `HTTP/1.1` is a version, `km/3` is not
_DIGITS = r"\d+(?:[.,'\u2019\u066b\u066c_]\d+)*"
_GROUPED = r"\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?:[.,]\d+)?(?![\d])"
_CJK_UNITS = "|".join(
    sorted((re.escape(k) for k in [*SCALES, *UNITS] if k[0] > "\u3000"), key=len, reverse=True)
)
_NUMBER = re.compile(
    rf"""
    (?<![{_LETTER}\d]) (?<![{_LETTER}][-.\u2011]) (?<![{_SMALL}]/) (?<!\d[.,]) (?<![\w)\]]\[)
    (?P<currency> (?:US|A|C)?[$€£¥₹₽] [ ]? )?
    (?P<sign> (?<![\w)\]])[-\u2212] )?
    (?P<number> {_GROUPED} | {_DIGITS} | [½⅓⅔¼¾] )
    (?: (?P<fraction> [/\u2044]\d+ (?![\d/]) ) | [ ]?(?P<vulgar>[½⅓⅔¼¾]) )?
    (?: (?P<percent> \s?(?:per[ ]cent|por[ ]ciento|pour[ ]cent)\b )
      | (?P<cjk> [ ]?(?:{_CJK_UNITS})+ )
      | (?P<gap> [ \u00a0\u202f-]? )
        (?P<word> (?:[^\W\d_]|[\u0900-\u0903\u093a-\u094f])+\.?(?:/[a-z]+)?[²³2]?
          | [%‰°٪％][CF]? | [€£¥₹₽$] )
    )?
    """,
    re.VERBOSE,
)
_UNIT_AFTER = re.compile(r"[ \u00a0\u202f-]?(?:of |de |d['’])?([^\W\d_]+(?:/[a-z]+)?|[%€£¥₹₽$])")
_VULGAR = {"½": 0.5, "⅓": 1 / 3, "⅔": 2 / 3, "¼": 0.25, "¾": 0.75}
_RANGE = re.compile(r"\s*(?:[-\u2010-\u2015~～至到]|\b(?:to|and|bis|und|à|a|до)\b)\s*")
_VERSIONED = re.compile(r"(?:[A-Z][\w+#]*|\bversions?|\brelease)\s+\Z")
_HEDGES = {"about", "nearly", "almost", "roughly", "around", "approximately", "only", "just"}
_CLOCK = re.compile(r"(?<![\d:])(\d{1,2}):(\d{2})(?::\d{2})?(?:\s?([ap])\.?m\b)?", re.IGNORECASE)
_ORDINAL_ENDINGS = ("st", "nd", "rd", "th")
_HEDGE = re.compile(
    r"\b(?:about|approximately|approx\.?|around|roughly|nearly|almost|some|circa|ca\."
    r"|over|more than|under|less than|close to|etwa|rund|ungefähr|fast|über|environ|près de"
    r"|plus de|unos|casi|aproximadamente|около|примерно|почти|حوالي|लगभग)\s*\Z"
    r"|[~≈约大]\s*\Z|大约\s*\Z|超过\s*\Z",
    re.IGNORECASE,
)


def is_hedged(text: str, start: int) -> bool:
    """Whether the text calls the number that begins at `start` a rough one."""
    return bool(_HEDGE.search(text[max(0, start - 24) : start]))


def find_quantities(text: str) -> list[Quantity]:
    """The quantities of a statement, in their order."""
    digits = ascii_digits(text)
    found: list[Quantity] = []
    signs = list(digits)
    for start, end, date in find_dates(digits):
        year = float(date.year or 0)
        found.append(Quantity(start, end, text[start:end], "date", (year,), (year,), date))
        signs[start:end] = "\u0001" * (end - start)
    left = "".join(signs)
    for match in _CLOCK.finditer(left):
        found.append(_clock(match, text))
        signs[match.start() : match.end()] = "\u0001" * (match.end() - match.start())
    left = "".join(signs)
    numbers = [q for match in _NUMBER.finditer(left) if (q := _read(match, left, text))]
    found += _ranged(numbers, left)
    found += worded(left, text)
    found += in_chinese(left, text)
    return sorted(found, key=lambda q: q.start)[:MOST]


def _clock(match: re.Match[str], text: str) -> Quantity:
    hours = (
        int(match[1]) % 12 + (12 if match[3].lower() == "p" else 0) if match[3] else int(match[1])
    )
    minutes = float(hours * 60 + int(match[2]))
    return Quantity(
        *match.span(), text[match.start() : match.end()], "clock", (minutes,), (minutes,)
    )


def _read(match: re.Match[str], left: str, text: str) -> Quantity | None:
    number = match["number"]
    start, end = match.start(), match.end("number")
    if number.count(".") > 1 and not re.fullmatch(r"\d{1,3}(?:\.\d{3})+", number):
        return Quantity(start, end, number, "version", (), ())
    if re.fullmatch(r"\d+\.\d+", number) and _is_version(match, left):
        return Quantity(start, end, number, "version", (), ())
    plain = values_of(number)
    if match["fraction"]:
        below = float(match["fraction"][1:]) or 1.0
        plain, end = tuple(v / below for v in plain), match.end("fraction")
    elif match["vulgar"]:
        plain, end = tuple(v + _VULGAR[match["vulgar"]] for v in plain), match.end("vulgar")
    if match["sign"]:
        plain = tuple(-v for v in plain)
    return _with_unit(match, left, text, plain, start, end)


def _is_version(match: re.Match[str], left: str) -> bool:
    """`Python 3.11`, not `Some 3.2 million`."""
    word = (match["word"] or "").rstrip(".")
    if match["currency"] or match["percent"] or match["cjk"] or word in ATTACHED_SCALES:
        return False
    if word.lower() in SCALES or unit_of(word, not match["gap"]):
        return False
    before = _VERSIONED.search(left[max(0, match.start() - 24) : match.start()])
    return before is not None and before[0].strip().lower() not in STOP_WORDS | _HEDGES


def values_of(number: str) -> tuple[float, ...]:
    if number in _VULGAR:
        return (_VULGAR[number],)
    bare = re.sub(r"[ \u00a0\u202f'\u2019_\u066c]", "", number).replace("\u066b", ".")[:40]
    points, commas = bare.count("."), bare.count(",")
    if not points and not commas:
        return (_float(bare),)
    if points and commas:
        decimal = "." if bare.rfind(".") > bare.rfind(",") else ","
        other = "," if decimal == "." else "."
        return (_float(bare.replace(other, "").replace(decimal, ".")),)
    sign = "." if points else ","
    if max(points, commas) > 1:
        return (_float(bare.replace(sign, "")),)
    values = [_float(bare.replace(",", "."))]
    head, _, tail = bare.partition(sign)
    if len(tail) == 3 and 0 < len(head) <= 3 and head != "0":
        values.append(_float(head + tail))
    return tuple(reversed(values)) if sign == "," else tuple(values)


def _float(digits: str) -> float:
    try:
        return float(digits)
    except ValueError:
        return float(re.sub(r"\D", "", digits) or 0)


def _with_unit(
    match: re.Match[str], left: str, text: str, plain: tuple[float, ...], start: int, end: int
) -> Quantity | None:
    unit = UNITS.get((match["currency"] or "").strip().lower()[-1:] or "")
    if match["percent"]:
        unit, end = UNITS["%"], match.end("percent")
    elif match["cjk"]:
        return _cjk(match, text, plain, start, unit)
    elif match["word"]:
        word, is_attached = match["word"].rstrip("."), not match["gap"]
        scale = ATTACHED_SCALES.get(word) if is_attached and (unit or word != "m") else None
        scale = scale or SCALES.get(word.lower())
        if (
            is_attached
            and word in ("s", "x", *_ORDINAL_ENDINGS)
            and not (word == "s" and plain[0] < 100)
        ):
            return _attached(word, plain, start, match, text)
        if scale:
            plain, end = tuple(v * scale for v in plain), match.end("word")
            after = _UNIT_AFTER.match(left, end)
            if after and not unit and (found := unit_of(after[1], False)):
                unit, end = found, after.end()
        elif found := unit_of(word, is_attached):
            unit, end = unit or found, match.end("word")
        elif is_attached and word.isascii() and word.isalpha():
            return _attached(word, plain, start, match, text)
    kind, factor = unit or ("", 1.0)
    return Quantity(start, end, text[start:end], kind, plain, tuple(v * factor for v in plain))


def _cjk(
    match: re.Match[str], text: str, plain: tuple[float, ...], start: int, unit: Unit | None
) -> Quantity:
    rest = match["cjk"].strip()
    while rest:
        key = next((k for k in (rest[:2], rest[:1]) if k in SCALES or k in UNITS), "")
        if not key:
            break
        if key in SCALES:
            plain = tuple(v * SCALES[key] for v in plain)
        else:
            unit = UNITS[key]
        rest = rest[len(key) :]
    kind, factor = unit or ("", 1.0)
    values = tuple(v * factor for v in plain)
    return Quantity(start, match.end("cjk"), text[start : match.end("cjk")], kind, plain, values)


def _attached(
    word: str, plain: tuple[float, ...], start: int, match: re.Match[str], text: str
) -> Quantity | None:
    """`21st`, `1990s`; what else has letters right behind its digits is a name."""
    end = match.end("word")
    kind = {"s": "decade", "x": "times"}.get(word, "ordinal" if word in _ORDINAL_ENDINGS else "")
    return Quantity(start, end, text[start:end], kind, plain, plain) if kind else None


def _ranged(numbers: list[Quantity], left: str) -> Iterator[Quantity]:
    """The first number of `10 to 20 km` has the unit of the second."""
    for at, number in enumerate(numbers):
        following = numbers[at + 1] if at + 1 < len(numbers) else None
        if (
            following
            and not number.kind
            and following.kind not in ("", "version", "ordinal")
            and following.start - number.end < 8
            and _RANGE.fullmatch(left, number.end, following.start)
            and following.plain[0]
        ):
            factor = following.values[0] / following.plain[0]
            values = tuple(v * factor for v in number.plain)
            yield replace(number, kind=following.kind, values=values)
        else:
            yield number
