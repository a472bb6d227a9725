"""A claim, what was found about it, and the source that it was found in."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

NOT_CHECKED = "Not checked: "
"""What the reason begins with of a claim that was beyond a limit."""
NO_TEXT = "Could not be checked: "
"""The same, of one whose sources were kept without a text."""


def was_checked(reason: str) -> bool:
    """Whether the check came to a verdict, by the reason that it gave."""
    return not reason.startswith((NOT_CHECKED, NO_TEXT))


class Verdict(StrEnum):
    """What holds of a claim, as far as the sources tell."""

    QUOTED = "quoted"
    """It stands in a source word for word."""
    SUPPORTED = "supported"
    """A cited source says so in other words."""
    DIFFERS = "differs"
    """The source says another number, date, unit or name, or the opposite."""
    UNSUPPORTED = "unsupported"
    """The cited sources do not carry it, or it could not be checked: the reason tells."""
    UNCITED = "uncited"
    """It cites no source, whether or not one carries it."""
    INVENTED = "invented"
    """It has a number, an address or a quotation that stands in no source."""


@dataclass(frozen=True)
class Source:
    """A source as the crew saw it."""

    number: int
    title: str
    url: str
    text: str


@dataclass(frozen=True)
class Evidence:
    """The characters of a source's text, from `start` to `end`, that a verdict rests on."""

    source: int
    start: int
    end: int
    quote: str


@dataclass(frozen=True)
class Claim:
    """The characters of a result from `start` to `end`, and the verdict on them.

    `reason` is a sentence for the reader; empty for what is quoted. `by` says who judged: "text"
    is the check in this package.
    """

    text: str
    start: int
    end: int
    citations: tuple[int, ...]
    verdict: Verdict
    reason: str = ""
    evidence: tuple[Evidence, ...] = ()
    by: str = "text"

    @property
    def is_checked(self) -> bool:
        return was_checked(self.reason)


def count(claims: Iterable[Claim]) -> dict[str, int]:
    """How many claims there are, and how many have each verdict."""
    found = Counter(claim.verdict for claim in claims)
    return {"claims": found.total(), **{verdict.value: found[verdict] for verdict in Verdict}}
