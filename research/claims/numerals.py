"""Numbers that are written as words, and digits of any script."""

import re
import unicodedata
from fractions import Fraction

_SMALL = """
one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen
"""
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
ENGLISH = {word: n for n, word in enumerate(_SMALL.split(), 1)} | {
    word: n * 10 for n, word in enumerate(_TENS.split(), 2)
}
ENGLISH |= {"zero": 0}
ENGLISH |= {
    f"{tens}-{unit}": a * 10 + b
    for a, tens in enumerate(_TENS.split(), 2)
    for b, unit in enumerate(_SMALL.split()[:9], 1)
}
_OTHERS = {
    "zwei": 2, "drei": 3, "vier": 4, "fünf": 5, "sechs": 6, "sieben": 7, "neun": 9, "zehn": 10,
    "elf": 11, "zwölf": 12, "zwanzig": 20, "dreißig": 30, "vierzig": 40, "fünfzig": 50,
    "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "sept": 7, "huit": 8, "onze": 11, "douze": 12,
    "vingt": 20, "trente": 30, "quarante": 40, "cinquante": 50,
    "tres": 3, "cuatro": 4, "cinco": 5, "siete": 7, "ocho": 8, "nueve": 9, "diez": 10, "doce": 12,
    "veinte": 20, "treinta": 30,
    "два": 2, "две": 2, "двух": 2, "три": 3, "трех": 3, "трёх": 3, "четыре": 4, "пять": 5,
    "шесть": 6, "семь": 7, "восемь": 8, "девять": 9, "десять": 10, "двадцать": 20,
    "ثلاثة": 3, "ثلاث": 3, "أربعة": 4, "أربع": 4, "خمسة": 5, "خمس": 5, "ستة": 6, "سبعة": 7,
    "ثمانية": 8, "تسعة": 9, "عشرة": 10,
    "तीन": 3, "चार": 4, "पांच": 5, "पाँच": 5, "छह": 6, "सात": 7, "आठ": 8, "नौ": 9, "दस": 10,
}  # fmt: skip
WORDS: dict[str, int] = ENGLISH | _OTHERS
FRACTIONS = {
    "half": Fraction(1, 2), "halves": Fraction(1, 2), "third": Fraction(1, 3),
    "thirds": Fraction(1, 3), "quarter": Fraction(1, 4), "quarters": Fraction(1, 4),
    "fifth": Fraction(1, 5), "fifths": Fraction(1, 5), "hälfte": Fraction(1, 2),
    "drittel": Fraction(1, 3), "viertel": Fraction(1, 4), "moitié": Fraction(1, 2),
    "mitad": Fraction(1, 2), "половина": Fraction(1, 2), "половину": Fraction(1, 2),
    "一半": Fraction(1, 2), "نصف": Fraction(1, 2), "आधा": Fraction(1, 2),
}  # fmt: skip
_ORDINALS = """
first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth
"""
ORDINALS = {word: n for n, word in enumerate(_ORDINALS.split(), 1)} | {
    "twentieth": 20, "nineteenth": 19, "eighteenth": 18, "seventeenth": 17, "sixteenth": 16,
    "fifteenth": 15, "twenty-first": 21,
}  # fmt: skip

CHINESE = re.compile(r"[零〇一二两三四五六七八九十百千万亿萬億]+")
_CHINESE_DIGITS = dict(zip("零一二三四五六七八九", range(10), strict=True)) | {"〇": 0, "两": 2}
_CHINESE_UNITS = {"十": 10, "百": 100, "千": 1000}
_CHINESE_SCALES = {"万": 10_000, "萬": 10_000, "亿": 100_000_000, "億": 100_000_000}


def ascii_digits(text: str) -> str:
    """Digits of any script as `0` to `9`; the length stays."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)


def chinese(text: str) -> int | None:
    """`一百二十三` as 123, `二〇二四` as 2024; None where it is no number."""
    if len(text) > 20:
        return None
    if all(sign in _CHINESE_DIGITS for sign in text):
        digits = "".join(str(_CHINESE_DIGITS[sign]) for sign in text)
        return int(digits)
    total, section, digit = 0, 0, 0
    for sign in text:
        if sign in _CHINESE_DIGITS:
            digit = _CHINESE_DIGITS[sign]
        elif sign in _CHINESE_UNITS:
            section += (digit or 1) * _CHINESE_UNITS[sign]
            digit = 0
        else:
            total = (total + section + digit or 1) * _CHINESE_SCALES[sign]
            section = digit = 0
    return total + section + digit
