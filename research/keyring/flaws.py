"""What is wrong with a key or an address, before anybody is asked with it."""

import re
from urllib.parse import urlsplit

from pydantic import AnyHttpUrl, TypeAdapter, ValidationError

LONGEST = 8000  # characters; a session token of AWS has some thousand

_NOT_IN_KEYS = re.compile(r"[^!#-&(-~]")  # a key is visible ASCII without quotation marks
_HTTP = TypeAdapter(AnyHttpUrl)


def key_flaw(text: str) -> str | None:
    """What is wrong with a key; None for one that can be sent. It does not repeat the key."""
    if len(text) > LONGEST:
        return f"it is longer than {LONGEST} characters"
    odd = _NOT_IN_KEYS.search(text)
    if odd is None:
        return None
    return (
        f"its character {odd.start() + 1} is not one that a key has "
        "(letters, digits and signs of ASCII, without spaces and quotation marks). Copy it again"
    )


def address_flaw(url: str) -> str | None:
    """What is wrong with an address; None for one that every library here can read."""
    scheme, separator, _ = url.partition("://")
    if not separator or scheme.lower() not in ("http", "https"):
        return f"it begins with {scheme[:20]}://" if separator else "it lacks its http://"
    if not url.isascii() or not url.isprintable() or set(url) & set(' \\"<>'):
        return "it holds a character that no address has"
    try:
        _HTTP.validate_python(url)
        parts = urlsplit(url)
        return None if parts.hostname and parts.port != 0 else "it names no host or no port"
    except ValidationError as error:
        return error.errors()[0]["msg"].rpartition(", ")[2]
    except ValueError:
        return "its port or its host cannot be read"
