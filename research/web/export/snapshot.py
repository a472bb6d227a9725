"""What is taken away of a run: plain data, which needs no database to be written as a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Passage:
    """Characters `start` to `end` of a source's text, on which a claim rests."""

    source: int
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class Claim:
    """The characters from `start` to `end` of a result, and what stands of them."""

    start: int
    end: int
    text: str
    word: str
    """Its verdict, or that a person corrected it."""
    sign: str
    is_told: bool
    """Whether the text is marked at its place."""
    by: str
    """Who says so: `text`, `model` or `person`."""
    reason: str = ""
    correction: str = ""
    decided: str = ""
    """`by ann, 2026-11-25`; empty: no person decided."""
    passages: Sequence[Passage] = ()

    @property
    def note(self) -> str:
        """What is said behind its place: `≠ differs: Source 1 says 40.`"""
        head = " ".join(filter(None, (self.sign, self.word, self.decided)))
        if self.correction:
            return f"{head}; it said: {' '.join(self.text.split())}"
        return f"{head}: {self.reason}" if self.reason else head


@dataclass(frozen=True, slots=True)
class Source:
    """What the topic's crew saw."""

    number: int
    title: str
    url: str
    seen_at: datetime
    digest: str = ""
    origin: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic, its result and all that is said beside it."""

    position: int
    text: str
    status: str
    is_open: bool
    finding: str = ""
    remarks: Sequence[str] = ()
    """Sentences on its state, on what its result rests on, and on its review."""
    error: str = ""
    result: str = ""
    claims: Sequence[Claim] = ()
    dropped: Sequence[tuple[str, str]] = ()
    """Claims that did not hold and were left out, each with its verdict and reason."""
    sources: Sequence[Source] = ()
    checked: Mapping[str, int] | None = None
    check_note: str = ""
    review: str = ""
    review_note: str = ""
    tokens: int = 0
    usd: Decimal | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """A run, or one topic of it."""

    id: str
    title: str
    about: str
    """When it was submitted, its blueprint, its model, its state."""
    is_open: bool
    taken_at: datetime
    topics: Sequence[Topic] = field(default_factory=tuple)

    @property
    def note(self) -> str:
        """What is missing of it; empty: nothing."""
        if not self.topics:
            return "This run has no topics."
        left = sum(topic.is_open for topic in self.topics)
        if not left:
            return ""
        return f"Not finished: {left} of {len(self.topics)} topics had not ended when it was taken."
