"""What a claim says and what its source says instead: told in a sentence, and read back from it."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Difference:
    """Empty is what one of the two does not say at all."""

    claimed: str
    found: str


def says(claimed: str, found: str) -> str:
    """A number, a date or a unit that differs."""
    return f"the claim says {claimed}, the source {found}"


def names(claimed: str, found: str) -> str:
    return f"the claim names {claimed}, the source {found}"


def turns(claimed: str, found: str) -> str:
    """A word that says the opposite."""
    return f"the claim says “{claimed}”, the source “{found}”"


def adds(word: str) -> str:
    """A negation that only the claim has."""
    return f"the claim says “{word}”, the source does not"


def leaves_out(word: str) -> str:
    """A negation that only the source has."""
    return f"the source says “{word}”, the claim does not"


_TOLD = re.compile(
    r"the claim (?:says|names) (?:“(?P<turned>[^”]*)”|(?P<claimed>.+?)),"
    r" the source (?:does not|“(?P<opposite>[^”]*)”|(?P<found>.+?))(?=; the |\.$)"
    r"|the source says “(?P<only>[^”]*)”, the claim does not"
)


def differences_in(reason: str) -> list[Difference]:
    """What the sentences above tell, from a verdict's reason; nothing from a model's own words."""
    return [
        Difference(
            claimed=told["turned"] or told["claimed"] or "",
            found=told["opposite"] or told["found"] or told["only"] or "",
        )
        for told in _TOLD.finditer(reason)
    ]
