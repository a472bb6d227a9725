"""What two results claim differently: claims added, gone and changed, the weightiest first.

It knows no database: claims are texts with a verdict and the sources that they cite.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from research.claims.opposites import opposite
from research.claims.pairing import pairs, said_of
from research.claims.quantity import Quantity
from research.claims.said import Said
from research.claims.verbatim import wording

_DATES = ("date", "decade", "clock")
_YEAR = re.compile(r"1[0-9]{3}|20[0-9]{2}")


class Kind(StrEnum):
    """What is another one, in the order in which it matters to a reader."""

    NUMBER = "number"
    DATE = "date"
    OPPOSITE = "opposite"
    """A negation, or a word that says the opposite."""
    VERDICT = "verdict"
    WORDING = "wording"
    SOURCE = "source"


ORDER = list(Kind)


@dataclass(frozen=True)
class Statement:
    """A claim to be compared; `sources` are what it cites, by names that both results share."""

    text: str
    verdict: str = ""
    sources: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Figure:
    """A number or date as it was and as it is; None: it is not there."""

    before: str | None
    after: str | None


@dataclass(frozen=True)
class Change:
    """A claim that both results make, by its place in each, and what is different about it."""

    before: int
    after: int
    kinds: tuple[Kind, ...]
    """In the order of Kind."""
    figures: tuple[Figure, ...] = ()

    @property
    def weight(self) -> tuple[int, ...]:
        """To sort by: what matters more comes first."""
        return tuple(ORDER.index(kind) for kind in self.kinds)


@dataclass(frozen=True)
class Changes:
    """Places in the later result, changes, places in the earlier result."""

    added: list[int] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)
    same: int = 0
    """How many claims are as they were."""


def compare(before: Sequence[Statement], after: Sequence[Statement]) -> Changes:
    """What became of an earlier result's claims in a later one."""
    old, new = ([said_of(statement.text) for statement in side] for side in (before, after))
    found = pairs(old, new)
    changes = [
        Change(at, other, kinds, figures)
        for at, other in found
        for kinds, figures in [_differences(before[at], after[other], old[at], new[other])]
    ]
    kept, taken = {at for at, _ in found}, {other for _, other in found}
    changed = [change for change in changes if change.kinds]
    return Changes(
        added=[at for at in range(len(after)) if at not in taken],
        changed=sorted(changed, key=lambda change: (change.weight, change.after)),
        gone=[at for at in range(len(before)) if at not in kept],
        same=len(found) - len(changed),
    )


def _differences(
    before: Statement, after: Statement, old: Said, new: Said
) -> tuple[tuple[Kind, ...], tuple[Figure, ...]]:
    kinds: set[Kind] = set()
    figures: list[Figure] = []
    if old.wording.letters != new.wording.letters:
        numbers = _figures(old, new, is_date=False)
        dates = _figures(old, new, is_date=True)
        figures = [*numbers, *dates]
        kinds |= {Kind.NUMBER} if numbers else set()
        kinds |= {Kind.DATE} if dates else set()
        kinds |= {Kind.OPPOSITE} if _is_opposite(old, new) else set()
        if not kinds or _without_figures(old) != _without_figures(new):
            kinds.add(Kind.WORDING)
    if before.verdict and after.verdict and before.verdict != after.verdict:
        kinds.add(Kind.VERDICT)
    if before.sources != after.sources:
        kinds.add(Kind.SOURCE)
    return tuple(sorted(kinds, key=ORDER.index)), tuple(figures)


def _figures(old: Said, new: Said, is_date: bool) -> list[Figure]:
    """Those that stand in one of the two only, in pairs as far as they go."""
    before, after = (
        [each for each in said.quantities if _is_date(each) == is_date] for said in (old, new)
    )
    gone: list[Quantity] = []
    for each in before:
        same = next((q for q in after if each.matches(q) or q.matches(each)), None)
        if same is None:
            gone.append(each)
        else:
            after.remove(same)
    number = max(len(gone), len(after))
    return [
        Figure(
            gone[at].text if at < len(gone) else None, after[at].text if at < len(after) else None
        )
        for at in range(number)
    ]


def _is_date(quantity: Quantity) -> bool:
    is_year = not quantity.kind and _YEAR.fullmatch(quantity.text)
    return bool(is_year) or quantity.kind in _DATES


def _is_opposite(old: Said, new: Said) -> bool:
    if len(old.negations) != len(new.negations):
        return True
    return opposite(old, new) is not None


def _without_figures(said: Said) -> str:
    signs = list(said.text)
    for q in said.quantities:
        signs[q.start : q.end] = " " * (q.end - q.start)
    return wording("".join(signs)).letters
