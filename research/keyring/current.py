"""What this process knows of the keyring, in memory: read in any thread, on any loop.

`research.keyring.reading.refresh` brings it up to date.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from research.text import redaction


@dataclass(frozen=True)
class Kept:
    """What is kept of one service."""

    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Keys and addresses, by the variables of the environment in whose place they stand."""
    model: str = ""
    """The one that its key was tried with."""
    models: tuple[str, ...] = ()
    """Those that it lists."""
    trouble: str = ""
    """Why its last trial failed."""
    is_broken: bool = False
    """Whether it was sealed under another SECRET_KEY."""


@dataclass(frozen=True)
class Tried:
    """How a service answered when it was tried."""

    model: str = ""
    """The one that was asked; a search engine has none."""
    models: tuple[str, ...] = ()
    """Those that it lists."""
    trouble: str = ""
    """Why it did not answer, as a sentence."""


NOTHING = Kept()
_kept: Mapping[str, Kept] = {}


def kept(service: str) -> Kept:
    """What is kept of a provider or a search engine, by its name."""
    return _kept.get(service, NOTHING)


def keep(services: Mapping[str, Kept]) -> None:
    """Puts these in the place of what was known; what is secret of them is written nowhere."""
    global _kept
    for each in services.values():
        redaction.hide(each.values)
    _kept = services
