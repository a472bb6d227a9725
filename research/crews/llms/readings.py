"""A column's value in a statement, by the column's type; none where it is not said plainly."""

import re
from collections.abc import Callable
from typing import Any

from research.claims.dates import find_dates
from research.claims.negations import negations_in
from research.claims.numerals import ascii_digits
from research.claims.quantities import find_quantities
from research.claims.units import unit_of
from research.claims.words import words_of
from research.crews.llms.asked import Asked, key_of
from research.crews.llms.statements import Statement
from research.tables.columns import ColumnType
from research.tables.told import stands
from research.text.addresses import ADDRESS, trimmed

_MOST_WORDS = 40  # of a text
_VALUE_ENDS = re.compile(r"[;,(]|\.(?:\s|$)|\s(?:which|that|and (?:is|was|has)|by|since)\s")
_YEAR = re.compile(r"(?<![\w.,-])(?:1\d|20)\d\d(?![\w-]|[.,]\d)")
_YES, _NO = ("yes", "true", "y"), ("no", "false", "n")
_UNSURE = re.compile(
    r"\b(?:may|might|could|can|if|when|unless|partly|partially|plans?|planned|optional(?:ly)?|some"
    r"|sometimes|experimental(?:ly)?|will|would|should|soon|only|limited|\?)",
    re.IGNORECASE,
)
_ASSERTS = re.compile(r"\b(?:is|are|has|have|supports?|provides?|offers?|allows?|includes?|does)\b")

Reading = tuple[int, Any]
"""How surely the statement answers, the more the better, and the value as a model gives it."""


def reading(asked: Asked, statement: Statement) -> Reading | None:
    """The answer of a statement to what is asked; None: it says nothing of it."""
    if statement.label:
        fit = asked.fit(statement.label)
        value = _LABELLED[asked.column.type](asked, statement.value) if fit else None
        return None if value is None else (10 * fit, value)
    value = _TOLD[asked.column.type](asked, statement.quote)
    return None if value is None else (5, value)


# Behind a label --------------------------------------------------------------------------------


def _whole(asked: Asked, value: str) -> str | None:
    return value if len(value.split()) <= _MOST_WORDS else None


def _number(asked: Asked, value: str) -> str | None:
    """The one number in it that is of the column's unit."""
    found = [q for q in find_quantities(value) if q.plain and not q.date]
    unit = unit_of(asked.column.unit, is_attached=False) if asked.column.unit else None
    if unit:
        found = [q for q in found if q.kind == unit.kind]
    elif asked.column.unit:
        found = [q for q in found if stands(f"{q.text} {asked.column.unit}", value)]
    return found[0].text.strip() if len(found) == 1 else None


def _date(asked: Asked, value: str) -> str | None:
    digits = ascii_digits(value)
    dates = [digits[start:end] for start, end, date in find_dates(digits) if date.year]
    found = dates or _YEAR.findall(digits)
    return found[0] if len(found) == 1 else None


def _boolean(asked: Asked, value: str) -> bool | None:
    word = value.casefold().strip(" .!")
    return True if word in _YES else False if word in _NO else None


def _choice(asked: Asked, value: str) -> str | None:
    """The one choice that stands in it; a longer one outweighs one that is a part of it."""
    found = [choice for choice in asked.column.choices if stands(choice, value)]
    found = [c for c in found if not any(c != o and stands(c, o) for o in found)]
    return found[0] if len(found) == 1 else None


def _link(asked: Asked, value: str) -> str | None:
    found = {trimmed(match[0]) for match in ADDRESS.finditer(value)}
    return found.pop() if len(found) == 1 else None


def _list(asked: Asked, value: str) -> list[str] | None:
    parts = re.split(r"\s*[,;、،]\s+(?:and\s+)?|\s+and\s+|、", value.rstrip("."))
    items = [part.strip() for part in parts if part.strip()]
    return items if items and all(len(item.split()) <= 6 for item in items) else None


_LABELLED: dict[ColumnType, Callable[[Asked, str], Any]] = {
    ColumnType.TEXT: _whole,
    ColumnType.NUMBER: _number,
    ColumnType.DATE: _date,
    ColumnType.BOOLEAN: _boolean,
    ColumnType.CHOICE: _choice,
    ColumnType.LINK: _link,
    ColumnType.LIST: _list,
}

# In a sentence ---------------------------------------------------------------------------------


def _behind(asked: Asked, sentence: str) -> str:
    """What a sentence says behind the words that lead to the value; empty: they are not there."""
    for phrase in asked.before:
        if match := re.search(rf"\b{re.escape(phrase)}\s+(?:the\s+)?(.+)", sentence, re.I):
            return match[1]
    named = re.match(
        r"(?:The |Its )?(?P<name>[\w -]{2,60}?) (?:is|are|was|were|include) (.+)", sentence
    )
    if named and key_of(re.sub(r" of .*", "", named["name"])) in {asked.key, *asked.names}:
        return named[2]
    return ""


def _phrase(asked: Asked, sentence: str) -> str | None:
    words = _VALUE_ENDS.split(_behind(asked, sentence), maxsplit=1)[0].strip(' *_`“”"')
    return words if words and len(words.split()) <= 8 else None


def _among_its_words(
    read: Callable[[Asked, str], Any],
) -> Callable[[Asked, str], Any]:
    """Reads the value behind the leading words, or where all words of the column stand."""

    def value(asked: Asked, sentence: str) -> Any:
        if behind := _behind(asked, sentence):
            return read(asked, behind)
        if asked.terms and asked.terms <= set(key_of(sentence).split()):
            return read(asked, sentence)
        return None

    return value


def _said_or_denied(asked: Asked, sentence: str) -> bool | None:
    """Yes where the sentence says it without an if, no where it plainly denies it."""
    telling = asked.terms - _SUPPORT
    if not telling or not telling <= set(key_of(sentence).split()) or _UNSURE.search(sentence):
        return None
    words = list(words_of(sentence))
    if negations := negations_in(words, sentence):
        beside = {key for each in negations for key in each.keys}
        wanted = {word.key for word in words_of(asked.column.name)}
        return False if beside & wanted else None
    return True if _ASSERTS.search(sentence) else None


_SUPPORT = frozenset(key_of("support supports supported has have offers provides").split())


def _items(asked: Asked, sentence: str) -> list[str] | None:
    behind = _behind(asked, sentence)
    return _list(asked, behind) if behind else None


_TOLD: dict[ColumnType, Callable[[Asked, str], Any]] = {
    ColumnType.TEXT: _phrase,
    ColumnType.NUMBER: _among_its_words(_number),
    ColumnType.DATE: _among_its_words(_date),
    ColumnType.BOOLEAN: _said_or_denied,
    ColumnType.CHOICE: _among_its_words(_choice),
    ColumnType.LINK: _among_its_words(_link),
    ColumnType.LIST: _items,
}
