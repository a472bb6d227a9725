"""Keeps secrets out of everything that is written: events, errors, logs, exports."""

import base64
import functools
import os
import re
from collections.abc import Iterator, Mapping
from urllib.parse import quote, unquote, urlsplit

_SECRET_NAME = re.compile(
    r"(KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIALS?|(^|_)(PASS|PAT|AUTH|DSN))(_ID)?$"
)
_SHORTEST = 4  # shorter values stand in many words
_SURE = 8  # a value of this length is found inside words as well
_MASK = "•••"


_told: tuple[tuple[str, str], ...] = ()  # variables and their values; replaced, never changed


def is_secret(variable: str) -> bool:
    """Whether the value of a variable of that name is a secret."""
    return bool(_SECRET_NAME.search(variable.upper()))


def hide(variables: Mapping[str, str]) -> None:
    """Treats these as if they stood in the environment, for as long as this process lives."""
    global _told
    if new := variables.items() - set(_told):
        _told = (*_told, *new)


@functools.cache
def secrets(told: tuple[tuple[str, str], ...] = ()) -> re.Pattern[str] | None:
    """What to look for; the environment is as it was when this was first asked."""
    values = {value for value in _values(told) if len(value) >= _SHORTEST}
    forms = {form for value in values for form in _forms(value)}
    longest_first = sorted(forms, key=lambda form: (-len(form), form))
    return re.compile("|".join(map(_found, longest_first))) if forms else None


def redact(text: str) -> str:
    """`text` without any value that stands under a secret's name, or as a password in an address.

    They are those of the environment, and those that `hide` was told of.

    Nor does it keep such a value as it stands in addresses (percent signs) or in base64.
    """
    pattern = secrets(_told)
    return pattern.sub(_MASK, text) if pattern else text


def _values(told: tuple[tuple[str, str], ...]) -> Iterator[str]:
    """The secrets among variables: by their names, and passwords in addresses."""
    for name, value in (*os.environ.items(), *told):
        if is_secret(name):
            yield value.strip()
        if "://" in value and (password := _password(value)):
            yield password
            yield unquote(password)


def _password(address: str) -> str | None:
    try:
        return urlsplit(address).password
    except ValueError:
        return None


def _forms(secret: str) -> Iterator[str]:
    """The ways in which a secret may be written down."""
    yield secret
    yield quote(secret, safe="")
    if len(secret) < _SURE:
        return
    for offset in range(3):  # where it begins within three bytes that base64 writes together
        encoded = base64.b64encode(b"\0" * offset + secret.encode()).decode().rstrip("=")
        # Its first and last letters depend on the bytes beside it as well.
        inner = encoded[-(-8 * offset // 6) : len(encoded) - (offset + len(secret.encode())) % 3]
        yield inner
        yield inner.replace("+", "-").replace("/", "_")


def _found(form: str) -> str:
    """A pattern for it; a short one only as a word, since it would black out parts of others."""
    pattern = re.escape(form)
    return pattern if len(form) >= _SURE else rf"(?<![^\W_]){pattern}(?![^\W_])"
