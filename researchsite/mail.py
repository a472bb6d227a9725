"""`EMAIL_URL` as Django's settings."""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

PORTS = {"smtp": 25, "smtps": 465}
EXAMPLE = "it is not an address such as smtp://USER:PASSWORD@HOST:587/?tls=1 or smtps://HOST"
LOOPBACK = ("localhost", "127.0.0.1", "::1")


def mail_settings(url: str) -> dict[str, Any]:
    """`smtp://`, with `?tls=1` for STARTTLS, or `smtps://`. Raises ValueError, without the text."""
    parts, options = urlsplit(url), {}
    try:
        options = dict(parse_qsl(parts.query, strict_parsing=True)) if parts.query else {}
        port = parts.port or PORTS[parts.scheme]
    except (KeyError, ValueError):
        port = 0
    tls = options.pop("tls", "0")
    is_odd = options or tls not in ("0", "1") or (tls == "1" and parts.scheme == "smtps")
    if not port or not parts.hostname or parts.path.strip("/") or is_odd:
        raise ValueError(EXAMPLE)
    is_safe = tls == "1" or parts.scheme == "smtps" or parts.hostname in LOOPBACK
    if parts.password and not is_safe:
        raise ValueError("a password would be sent to the server as it is; add ?tls=1")
    return {
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port,
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": tls == "1",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
    }
