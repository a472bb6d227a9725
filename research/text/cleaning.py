"""What models and pages send, made fit to be stored and shown: bounded, and text only."""

import re
from collections.abc import Iterator
from typing import Any

from research.text.redaction import redact

MAX_TEXT = 200_000  # characters of a result, a task's output, a page
MAX_FIELD = 4_000  # characters of a text in an event
CUT = "\n\n[Cut here: the text is longer than {limit:,} characters.]"

# Invisible marks that reorder what is read: a line may show another text than it holds.
TURNING = re.compile("[\u202a-\u202e\u2066-\u206f]")
# Control characters but tab and line ends (PostgreSQL takes no NUL, terminals obey the others),
# marks that reorder what is read, and lone surrogates, which no encoding takes.
UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)

_BLANK = re.compile(r"[\s\u00ad\u200b-\u200f\u2060\u2800\u3164\ufeff\ufffd]+")


def printable(text: str) -> str:
    """`text` with a replacement sign in the place of each character that cannot be shown."""
    return UNPRINTABLE.sub("\ufffd", text)


def is_blank(text: str) -> bool:
    """Whether there is nothing to be read: white space alone, also of no width."""
    return not _BLANK.sub("", text)


def cut(text: str, limit: int = MAX_TEXT) -> str:
    """The first `limit` characters, and a remark if there were more."""
    return text if len(text) <= limit else text[:limit] + CUT.format(limit=limit)


def clean(text: str, limit: int = MAX_TEXT) -> str:
    """A text as it is stored: printable, without secrets, and cut."""
    return cut(redact(printable(text)), limit)


def clean_data(data: dict[str, Any]) -> dict[str, Any]:
    """JSON data of an event, each of its texts cleaned and none longer than MAX_FIELD.

    Looked at as a whole first: hardly any event holds something to clean.
    """
    whole = "\n".join(_texts(data))
    if len(whole) <= MAX_FIELD and clean(whole, MAX_FIELD) == whole:
        return data
    return {clean(key, MAX_FIELD): _clean_value(value) for key, value in data.items()}


def _texts(value: Any) -> Iterator[str]:
    """All texts in JSON data, keys too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, held in value.items():
            yield str(key)
            yield from _texts(held)
    elif isinstance(value, (list, tuple)):
        for held in value:
            yield from _texts(held)


def _clean_value(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value, MAX_FIELD)
    if isinstance(value, dict):
        return {clean(str(key), MAX_FIELD): _clean_value(held) for key, held in value.items()}
    if isinstance(value, (list, tuple)):
        return [_clean_value(held) for held in value]
    return value
