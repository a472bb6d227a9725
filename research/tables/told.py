"""What a quote tells beside a value: another number that is meant, a denial, the value's place."""

import re
from collections.abc import Iterable

from research.claims.negations import negations_in
from research.claims.quantities import find_quantities
from research.claims.quantity import Quantity
from research.claims.words import Word, is_stop, words_of
from research.tables.cell import Value, written
from research.tables.columns import Column, key_of

_BREAK = 3  # words that a comma or an `and` between two words counts for
_BREAKS = re.compile(r"[,;\n|]|\b(?:and|und|et|y|e|while|but|plus)\b", re.IGNORECASE)
_LACKS = {"lack", "lacks", "lacking", "without", "only", "stopped", "dropped", "drops", "ended"}
_SPACED_SCALE = re.compile(r"(?<=\d)[ \u00a0\u202f](?=[KMBT]\b(?!\w))")


def joined_scales(text: str) -> str:
    """`1.2 M` as `1.2M`, so that it is read as a million."""
    return _SPACED_SCALE.sub("", text)


def stands(text: str, quote: str) -> bool:
    """Whether the value stands in the quote as it is written, as whole words."""
    return place_of(text, quote) >= 0


def place_of(text: str, quote: str) -> int:
    """Where it stands there, in the quote's key; -1 where it does not."""
    value, around = key_of(text), key_of(quote)
    at = around.find(value) if value else -1
    while at >= 0:
        before, behind = around[at - 1 : at], around[at + len(value) : at + len(value) + 1]
        if not (_joins(before, value[0]) or _joins(behind, value[-1])):
            return at
        at = around.find(value, at + 1)
    return -1


def _joins(sign: str, edge: str) -> bool:
    """Whether a sign beside a value makes it a part of a longer word or number."""
    return sign.isascii() and sign.isalnum() and edge.isalnum()


def other_meant(column: Column, value: Value, quote: str) -> str:
    """Another number or date of the quote that stands nearer to the column's words; else empty.

    In `1,234 stars and 56 forks` the 56 is not how many stars it has.
    """
    said = find_quantities(written(value, column.unit))
    if len(said) != 1:
        return ""
    found = find_quantities(quote)
    ours = [q for q in found if said[0].matches(q)]
    rivals = [q for q in found if q not in ours and _is_like(q, said[0])]
    if not (ours and rivals):
        return ""
    wanted = _words_of_column(column)
    near = [word for word in words_of(quote) if word.key in wanted]
    if not near:
        return ""
    mine = min(_distance(q, near, quote) for q in ours)
    rival = min(rivals, key=lambda q: _distance(q, near, quote))
    return rival.text.strip() if _distance(rival, near, quote) < mine else ""


def other_told(column: Column, value: Value, quote: str) -> str:
    """A number or date of the same kind that the quote has in its place; else empty."""
    said = find_quantities(written(value, column.unit))
    found = find_quantities(quote)
    if len(said) != 1 or any(said[0].matches(q) for q in found):
        return ""
    return next((q.text.strip() for q in found if _is_like(q, said[0])), "")


def _is_like(other: Quantity, said: Quantity) -> bool:
    if said.date or said.kind == "date":
        return bool(other.date) or (not other.kind and _is_year(other))
    is_date = bool(other.date) or other.kind in ("version", "ordinal", "clock")
    return not is_date and (not said.kind or said.kind == other.kind)


def _is_year(quantity: Quantity) -> bool:
    return bool(quantity.plain) and 1000 <= quantity.plain[0] <= 2100


def _words_of_column(column: Column) -> set[str]:
    asked = {word.key for word in words_of(f"{column.name} {column.ask}") if not is_stop(word)}
    return asked | {word.key for word in words_of(column.unit) if not is_stop(word)}


def _distance(quantity: Quantity, near: Iterable[Word], quote: str) -> int:
    """How many words lie between a number and the nearest of these words, breaks counting more."""
    return min(_between(quantity, word, quote) for word in near)


def _between(quantity: Quantity, word: Word, quote: str) -> int:
    if quantity.start <= word.start < quantity.end:
        return 0  # its unit
    first, last = sorted([(quantity.start, quantity.end), (word.start, word.end)])
    gap = quote[first[1] : last[0]]
    return len(gap.split()) + _BREAK * len(_BREAKS.findall(gap))


def yes_or_no(column: Column, said: bool, quote: str, topic: set[str]) -> tuple[str, bool]:
    """What is against a yes or no that rests on a quote, and whether the quote says the contrary.

    It is a reading of the quote; a plain denial, and what is plainly said, are told.
    """
    words = list(words_of(quote))
    asked = {word.key for word in words_of(f"{column.name} {column.ask}") if not is_stop(word)}
    keys = {word.key for word in words}
    if not keys & (asked | topic):
        return "The quote is about something else.", False
    label = re.match(r"\W*[^:\n]{1,60}:\s*(\w+)\W*$", quote)
    if label and key_of(label[1]) in ("yes", "no", "true", "false"):
        is_yes = key_of(label[1]) in ("yes", "true")
        return ("The quote says the contrary.", True) if is_yes is not said else ("", False)
    telling = {w.key for w in words_of(column.name) if not is_stop(w)} - _AUXILIARY
    negations = negations_in(words, quote)
    denied = any(each.word in _OF_ALL or (telling or asked) & each.keys for each in negations)
    lacks = any(word.lower in _LACKS for word in words)
    if said and denied and telling & keys:
        return "The quote denies it.", True
    if not said and telling and telling <= keys and not (negations or lacks):
        return "The quote affirms it.", True
    return "", False


_OF_ALL = ("no", "none", "neither", "nothing")  # `No part of it is open source`
_AUXILIARY = {word.key for word in words_of("support supports supported has have is uses use")}
