"""Settings from the environment. A bad value is one line that names its variable."""

import ipaddress
import os
import secrets
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

T = TypeVar("T")
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

PRIVATE_NETWORKS = [
    ipaddress.ip_network(text)
    for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
]


def read(name: str, cast: Callable[[str], T], default: T, expects: str) -> T:
    """The variable `name` through `cast`; `default` where it is unset or empty."""
    text = os.environ.get(name, "").strip()
    if not text:
        return default
    try:
        return cast(text)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be {expects}, not {text!r}.") from None


def count(name: str, default: int) -> int:
    """A whole number of at least 1."""
    return read(name, _at_least_one, default, "a whole number of at least 1")


def limit(name: str) -> int | None:
    """A whole number of at least 1; None where there is no limit."""
    return read(name, _at_least_one, None, "a whole number of at least 1")


def _at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def money(name: str) -> Decimal | None:
    """A positive sum in USD; None where there is no limit."""

    def cast(text: str) -> Decimal:
        try:
            amount = Decimal(text.removeprefix("$"))
        except InvalidOperation:
            raise ValueError from None
        if not (amount.is_finite() and 0 < amount < 1_000_000):
            raise ValueError
        return amount

    return read(name, cast, None, "a positive sum in USD, as in 2.50")


def seconds(name: str, default: float) -> float:
    """A positive number of seconds, written with or without an `s`."""

    def cast(text: str) -> float:
        number = float(text.removesuffix("s"))
        if not 0 < number < float("inf"):
            raise ValueError
        return number

    return read(name, cast, default, "a positive number of seconds")


def flag(name: str, default: bool) -> bool:
    """One of the usual words for on and off."""
    words = dict.fromkeys(("1", "true", "yes", "on"), True)
    words |= dict.fromkeys(("0", "false", "no", "off"), False)

    def cast(text: str) -> bool:
        if text.lower() not in words:
            raise ValueError
        return words[text.lower()]

    return read(name, cast, default, "true or false")


def choice(name: str, options: Sequence[str]) -> str:
    """One of the options; the first where nothing is set."""

    def cast(text: str) -> str:
        if text.lower() not in options:
            raise ValueError
        return text.lower()

    return read(name, cast, options[0], " or ".join(options))


def port(name: str) -> int | None:
    """A TCP port, or none."""

    def cast(text: str) -> int | None:
        if not 0 < int(text) < 65536:
            raise ValueError
        return int(text)

    return read(name, cast, None, "a number from 1 to 65535")


def names(name: str, default: list[str]) -> list[str]:
    """Words separated by commas."""
    return read(name, lambda text: [w.strip() for w in text.split(",") if w.strip()], default, "")


def private_network(name: str) -> Network | None:
    """A network that lies within one of the private ranges; None where the variable is unset."""

    def cast(text: str) -> Network:
        network = ipaddress.ip_network(text)
        for private in PRIVATE_NETWORKS:
            if network.version == private.version and network.subnet_of(private):  # type: ignore[arg-type]
                return network
        raise ValueError

    return read(name, cast, None, "a private network as in 10.213.77.0/24")


def database(name: str, sqlite_file: Path) -> dict[str, Any]:
    """Django's entry for a database URL, SQLite's or PostgreSQL's; else SQLite in `sqlite_file`."""
    url = os.environ.get(name, "").strip()
    if not url:
        sqlite_file.parent.mkdir(parents=True, exist_ok=True)
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(sqlite_file)}
    if not url.startswith(("sqlite:", "postgres:", "postgresql:")):
        # The URL itself may hold a password, so it is not repeated here.
        raise ImproperlyConfigured(f"{name} must begin with sqlite:/// or postgres://.")
    try:
        config = dict(environ.Env.db_url_config(url))
    except ValueError:  # the port is no number, or none that exists
        config = {}
    if not config.get("NAME"):
        raise ImproperlyConfigured(f"{name} must be as in postgres://USER:PASSWORD@HOST:5432/NAME.")
    return config


def redis(name: str) -> str:
    """A Redis address; empty where the variable is unset."""
    url = os.environ.get(name, "").strip()
    parts = urlsplit(url)
    try:
        is_address = parts.scheme in ("redis", "rediss") and parts.hostname and parts.port != 0
    except ValueError:  # the port is no number
        is_address = False
    if url and not (is_address or (parts.scheme == "unix" and parts.path)):
        # The URL itself may hold a password, so it is not repeated here.
        raise ImproperlyConfigured(f"{name} must be an address as in redis://HOST:6379/0.")
    return url


def secret_key(name: str, key_file: Path) -> str:
    """The variable, or a key that is made once and kept in `key_file` for its owner only."""
    if key := os.environ.get(name, "").strip():
        return key
    key_file.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return key_file.read_text()
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(50))
    return key_file.read_text()
