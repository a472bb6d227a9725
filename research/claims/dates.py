"""Dates as people write them, whole or in part."""

import re
from collections.abc import Iterator
from typing import NamedTuple


class Date(NamedTuple):
    """A date; what is not said is None. `swapped`: day and month may be the other way round."""

    year: int | None
    month: int | None = None
    day: int | None = None
    swapped: bool = False

    @property
    def is_year(self) -> bool:
        return self.month is None and self.day is None

    def is_within(self, other: "Date") -> bool:
        """Whether the other date says all that this one says."""
        if self._fits(other):
            return True
        turned = Date(self.year, self.day, self.month)
        return (self.swapped or other.swapped) and turned._fits(other)

    def _fits(self, other: "Date") -> bool:
        return all(
            ours is None or ours == theirs for ours, theirs in zip(self[:3], other[:3], strict=True)
        )


_MONTHS: dict[str, int] = {}
for _row in """
1 January Jan Januar janvier enero gennaio janeiro января январь январе يناير जनवरी januari
1 stycznia січня ocak
2 February Feb Februar février febrero febbraio fevereiro февраля февраль феврале فبراير
2 फरवरी februari lutego лютого şubat
3 March Mar März mars marzo março марта март марте مارس मार्च maart marca березня mart
4 April Apr avril abril aprile апреля апрель апреле أبريل अप्रैल kwietnia квітня nisan
5 May Mai mai mayo maggio maio мая май мае مايو मई mei maj maja травня mayıs
6 June Jun Juni juin junio giugno junho июня июнь июне يونيو जून juni czerwca червня haziran
7 July Jul Juli juillet julio luglio julho июля июль июле يوليو जुलाई juli lipca липня
7 temmuz
8 August Aug août agosto августа август августе أغسطس अगस्त augustus augusti sierpnia серпня
8 ağustos
9 September Sept Sep septembre septiembre settembre setembro сентября сентябрь сентябре
9 سبتمبر सितंबर września вересня eylül
10 October Oct Oktober Okt octobre octubre ottobre outubro октября октябрь октябре أكتوبر
10 अक्टूबर oktober października жовтня ekim
11 November Nov novembre noviembre novembro ноября ноябрь ноябре نوفمبر नवंबर listopada
11 листопада kasım
12 December Dec Dezember Dez décembre diciembre dicembre dezembro декабря декабрь декабре
12 ديسمبر दिसंबर desember grudnia грудня aralık
""".strip().splitlines():
    _number, *_names = _row.split()
    _MONTHS |= dict.fromkeys(_names, int(_number))
_MONTH = "|".join(sorted(map(re.escape, _MONTHS), key=len, reverse=True))
_YEAR = r"(?:1\d|20|21)\d\d"
_DATE = re.compile(
    rf"""
    (?<![\w.-]) (?P<y1>{_YEAR})[-/.](?P<m1>0?[1-9]|1[0-2])[-/.](?P<d1>0?[1-9]|[12]\d|3[01]) (?!\d)
    | (?P<y2>{_YEAR})\s?[年년]
        (?: \s?(?P<m2>\d{{1,2}})\s?[月월] (?:\s?(?P<d2>\d{{1,2}})\s?[日일])? )?
    | (?P<m3>\d{{1,2}})\s?[月월]\s?(?P<d3>\d{{1,2}})\s?[日일]
    | (?<!\w) (?P<d4>[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th|er|[.ºª°])? \s (?:(?:of|de)\s)?
        (?P<m4>{_MONTH})(?!\w)\.? (?: ,?\s(?:de\s)? (?P<y4>{_YEAR}) (?!\d) )?
    | (?<!\w) (?P<m5>{_MONTH})(?!\w)\.? \s
        (?P<d5>[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)? (?![\w:]|\.\d)
        (?: ,?\s (?P<y5>{_YEAR}) (?!\d) )?
    | (?<!\w) (?P<m6>{_MONTH})(?!\w)\.? ,? \s (?:(?:of|de)\s)? (?P<y6>{_YEAR}) (?!\d)
    | (?<![\w.]) (?P<d7>\d{{1,2}})[./](?P<m7>\d{{1,2}})[./](?P<y7>{_YEAR}) (?!\d)
    """,
    re.VERBOSE,
)


def find_dates(text: str) -> Iterator[tuple[int, int, Date]]:
    """Where dates stand that have more than a year; digits are `0` to `9`."""
    for match in _DATE.finditer(text):
        parts = {name[0]: value for name, value in match.groupdict().items() if value}
        month = _MONTHS.get(parts.get("m", "")) or int(parts.get("m") or 0) or None
        day, year = int(parts.get("d") or 0) or None, int(parts.get("y") or 0) or None
        is_open = bool(match["d7"])
        if is_open and month and day and month > 12:
            month, day = day, month
        swapped = bool(is_open and "/" in match[0] and (day or 99) <= 12 and (month or 99) <= 12)
        if (month is None or 1 <= month <= 12) and (day is None or day <= 31):
            yield match.start(), match.end(), Date(year, month, day, swapped)
