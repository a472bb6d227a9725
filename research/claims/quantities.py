"""The numbers, dates and versions of a text, in a form in which two of them can be compared."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from research.claims.dates import Date, find_dates
from research.claims.numerals import (
    CHINESE,
    FRACTIONS,
    ORDINALS,
    WORDS,
    ascii_digits,
    chinese,
)
from research.claims.units import ATTACHED_SCALES, SCALES, SHORT_UNITS, UNITS, Unit

MOST = 500  # quantities of one statement that are looked at


@dataclass(frozen=True, slots=True)
class Quantity:
    """What a text says from `start` to `end`: how much of what.

    `plain` are the values as written, of which there are two where `1.234` could be either;
    `values` are the same in the base unit of `kind`. `sure`: it is certainly meant as a number.
    """

    start: int
    end: int
    text: str
    kind: str
    plain: tuple[float, ...]
    values: tuple[float, ...]
    date: Date | None = None
    sure: bool = True

    def matches(self, other: "Quantity", is_hedged: bool = False) -> bool:
        """Whether the other quantity, a source's, says the same or something more precise."""
        if self.date or other.date:
            return self._matches_date(other)
        if "version" in (self.kind, other.kind):
            return self.text.lower().lstrip("v") == other.text.lower().lstrip("v")
        if self.kind == other.kind:
            return _close(self.values, other.values, self.text, is_hedged)
        if "" in (self.kind, other.kind):
            return _close(self.plain, other.plain, self.text, is_hedged)
        return False

    def _matches_date(self, other: "Quantity") -> bool:
        if self.date and other.date:
            return self.date.is_within(other.date)
        if self.date:
            return self.date.is_year and self.date.year in other.plain and not other.kind
        return bool(other.date and not self.kind and other.date.year in self.plain)


def _close(ours: tuple[float, ...], theirs: tuple[float, ...], text: str, is_hedged: bool) -> bool:
    for a in ours:
        for b in theirs:
            if abs(a - b) <= 1e-9 * max(abs(a), abs(b)):
                return True
            if is_hedged and abs(a - b) <= 0.1 * abs(b):
                return True
            if _is_rounded(a, b, text):
                return True
    return False


def _is_rounded(ours: float, theirs: float, text: str) -> bool:
    """Whether the claim gives the source's number with fewer digits: `1.2 million`, `3.1`."""
    digits = re.sub(r"\D", "", ascii_digits(text)).lstrip("0")
    if len(digits) < 2 or not theirs or ("." not in text and "," not in text):
        return False
    return abs(theirs - float(f"{theirs:.{len(digits) - 1}e}")) > 0 and float(
        f"{theirs:.{len(digits) - 1}e}"
    ) == float(f"{ours:.12g}")


_LETTER = "A-Za-z\u00c0-\u024f\u0370-\u04ff_"
_DIGITS = r"\d+(?:[.,'\u2019\u066b\u066c_]\d+)*"
_GROUPED = r"\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?:[.,]\d+)?(?![\d])"
_CJK_UNITS = "|".join(
    sorted((re.escape(k) for k in [*SCALES, *UNITS] if k[0] > "\u3000"), key=len, reverse=True)
)
_NUMBER = re.compile(
    rf"""
    (?<![{_LETTER}\d]) (?<![{_LETTER}][-.\u2011/]) (?<!\d[.,]) (?<![\w)\]]\[)
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
_MARKED = "(?:[^\\W\\d_]|[\u0300-\u036f\u0900-\u0903\u093a-\u094f\u064b-\u0652])"
_WORDED = re.compile(rf"{_MARKED}+(?:-{_MARKED}+)*|[.,;:!?()]")
_RANGE = re.compile(r"\s*(?:[-\u2010-\u2015~～至到]|\b(?:to|and|bis|und|à|a|до)\b)\s*")
_VERSIONED = re.compile(r"(?:[A-Z][\w+#]*|\bversions?|\brelease)\s+\Z")
_CLOCK = re.compile(r"(?<![\d:])(\d{1,2}):(\d{2})(?::\d{2})?(?:\s?([ap])\.?m\b)?", re.IGNORECASE)
_CHINESE_PERCENT = re.compile(r"百分之\Z")
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
    found += _worded(left, text)
    found += _in_chinese(left, text)
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
    if re.fullmatch(r"\d+\.\d+", number) and _VERSIONED.search(left[max(0, start - 24) : start]):
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
            if after and not unit and (found := _unit(after[1], False)):
                unit, end = found, after.end()
        elif found := _unit(word, is_attached):
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


def _unit(word: str, is_attached: bool) -> Unit | None:
    if word in ("May", "Min", "H", "S", "in", "a"):
        return None
    return UNITS.get(word.lower()) or SHORT_UNITS.get(word)


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


def _worded(left: str, text: str) -> Iterator[Quantity]:
    """Numbers in words: `twelve`, `two million`, `half`, `three quarters`, `third`."""
    words = [(m.start(), m.end(), m[0].lower()) for m in _WORDED.finditer(left)]
    at = 0
    while at < len(words):
        start, end, word = words[at]
        if word in WORDS:
            taken, value, sure = _compound([w for _, _, w in words[at : at + 8]])
            last = words[at + taken - 1]
            following = words[at + taken][2] if at + taken < len(words) else ""
            unit = _unit(following, False) if len(following) > 2 else None
            kind, factor = unit or ("", 1.0)
            yield Quantity(
                start, last[1], text[start : last[1]], kind, (value,), (value * factor,),
                sure=sure,
            )  # fmt: skip
            at += taken
            continue
        if word in FRACTIONS and _is_fraction(words, at):
            value = float(FRACTIONS[word])
            yield Quantity(start, end, text[start:end], "ratio", (value,), (value,), sure=False)
        elif word in ORDINALS:
            value = float(ORDINALS[word])
            yield Quantity(start, end, text[start:end], "ordinal", (value,), (value,), sure=False)
        at += 1


def _is_fraction(words: list[tuple[int, int, str]], at: int) -> bool:
    """Whether `third` is a part: `a third of`, not `the third time`."""
    if words[at][2] not in ORDINALS:
        return True
    before = words[at - 1][2] if at else ""
    after = words[at + 1][2] if at + 1 < len(words) else ""
    return before in ("a", "one") and after in ("of", "as", "the", "more", "less", "")


def _compound(words: list[str]) -> tuple[int, float, bool]:
    """How many words make up the number that begins a list of words, and the number."""
    total, section, taken, is_scaled = 0.0, 0.0, 0, False
    for at, word in enumerate(words):
        if word in WORDS and (
            section == 0 or (section % 100 in range(20, 100, 10) or not section % 100)
        ):
            section += WORDS[word]
        elif word in FRACTIONS and taken == 1:
            return 2, section * float(FRACTIONS[word]), True
        elif word in SCALES and section and word not in ("k", "mil"):
            is_scaled = True
            if SCALES[word] == 100:
                section *= 100
            else:
                total, section = total + section * SCALES[word], 0.0
        elif not (
            word == "and" and is_scaled and words[at + 1 : at + 2] and words[at + 1] in WORDS
        ):
            break
        taken = at + 1
    value = total + section
    if words[taken : taken + 3] == ["and", "a", "half"]:
        return taken + 3, value + 0.5, True
    return max(taken, 1), value, value > 1


def _in_chinese(left: str, text: str) -> Iterator[Quantity]:
    for match in CHINESE.finditer(left):
        if match.start() and left[match.start() - 1].isdecimal():
            continue
        value = chinese(match[0])
        is_ratio = bool(_CHINESE_PERCENT.search(left[: match.start()][-3:]))
        if (
            value is None
            or (len(match[0]) == 1 and not is_ratio)
            or match[0] in ("一千", "万一", "十分", "千万")
        ):
            continue
        after = UNITS.get(left[match.end() : match.end() + 2]) or UNITS.get(
            left[match.end() : match.end() + 1]
        )
        kind, factor = UNITS["%"] if is_ratio else after or ("", 1.0)
        plain = float(value)
        yield Quantity(*match.span(), match[0], kind, (plain,), (plain * factor,))
