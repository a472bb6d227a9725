"""Settings from the environment. A bad value is one line that names its variable."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import environ
from django.core.exceptions import ImproperlyConfigured

T = TypeVar("T")


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

    def cast(text: str) -> int:
        number = int(text)
        if number < 1:
            raise ValueError
        return number

    return read(name, cast, default, "a whole number of at least 1")


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


def names(name: str, default: list[str]) -> list[str]:
    """Words separated by commas."""
    return read(name, lambda text: [w.strip() for w in text.split(",") if w.strip()], default, "")


def database(name: str, sqlite_file: Path) -> dict[str, Any]:
    """Django's entry for a database URL; without one, SQLite in `sqlite_file`."""
    url = os.environ.get(name, "").strip()
    if not url:
        sqlite_file.parent.mkdir(parents=True, exist_ok=True)
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(sqlite_file)}
    if not url.startswith("sqlite:"):
        # The URL itself may hold a password, so it is not repeated here.
        raise ImproperlyConfigured(f"{name} must be a sqlite:///PATH address in this version.")
    return dict(environ.Env.db_url_config(url))


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
