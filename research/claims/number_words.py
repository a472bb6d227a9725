"""Numbers that are written as words, as quantities: `two million`, `a third`, `百分之五`."""

import re
from collections.abc import Iterator

from research.claims.numerals import CHINESE, FRACTIONS, ORDINALS, WORDS, chinese
from research.claims.quantity import Quantity
from research.claims.units import SCALES, UNITS, unit_of

_MARKED = "(?:[^\\W\\d_]|[\u0300-\u036f\u0900-\u0903\u093a-\u094f\u064b-\u0652])"
_WORDED = re.compile(rf"{_MARKED}+(?:-{_MARKED}+)*|[.,;:!?()]")
_CHINESE_PERCENT = re.compile(r"百分之\Z")


def worded(left: str, text: str) -> Iterator[Quantity]:
    """Numbers in words: `twelve`, `two million`, `half`, `three quarters`, `third`."""
    words = [(m.start(), m.end(), m[0].lower()) for m in _WORDED.finditer(left)]
    at = 0
    while at < len(words):
        start, end, word = words[at]
        if word in WORDS:
            taken, value, sure = _compound([w for _, _, w in words[at : at + 8]])
            last = words[at + taken - 1]
            following = words[at + taken][2] if at + taken < len(words) else ""
            unit = unit_of(following, False) if len(following) > 2 else None
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


def in_chinese(left: str, text: str) -> Iterator[Quantity]:
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
