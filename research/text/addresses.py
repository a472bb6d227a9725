"""Web addresses in a text, and whether two of them lead to the same place."""

import re
from urllib.parse import unquote, urlsplit

# A bracket belongs to an address only where the address goes on behind it: `?a[1]=2`.
ADDRESS = re.compile(
    r"(?<![\w/@])(?:https?://|www\.)(?:[^\s<>\"'`|\\^{}\[\]【】]|\[[^\s\[\]]{0,40}\](?=[\w=&/%?#])){1,2000}",
    re.IGNORECASE,
)
_ENDING = ".,;:!?*_~'\"\u2019\u201d\u00bb\u2026"


def trimmed(address: str) -> str:
    """An address without the punctuation of the sentence that it ends."""
    while address and (address[-1] in _ENDING or _closes_nothing(address)):
        address = address[:-1]
    return address


def _closes_nothing(address: str) -> bool:
    """Whether the address ends with a bracket that was opened before it."""
    return address[-1] == ")" and address.count(")") > address.count("(")


def place(address: str) -> str:
    """What addresses of one page share: no scheme, no `www.`, no fragment, no last slash."""
    text = address if "://" in address else f"//{address}"
    try:
        parts = urlsplit(text)
        host = (parts.hostname or "").removeprefix("www.")
        port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    except ValueError:  # a host or a port that cannot be read
        return address
    query = f"?{parts.query}" if parts.query else ""
    return unquote(f"{host}{port}{parts.path.rstrip('/')}{query}")
