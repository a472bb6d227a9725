"""Claims for tests that need no check: what `research.claims` would give back."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Passage:
    source: int = 1
    start: int = 0
    end: int = 10
    quote: str = "All of it."


@dataclass(frozen=True)
class Found:
    """A claim with a verdict."""

    text: str
    verdict: str
    start: int = 0
    end: int = 0
    citations: tuple[int, ...] = (1,)
    by: str = "text"
    reason: str = "Because."
    evidence: tuple[Any, ...] = field(default=(Passage(),))


def found(*verdicts: str) -> list[Found]:
    """A claim for each verdict, whose text is that verdict."""
    return [Found(f"It is {verdict}.", verdict) for verdict in verdicts]
