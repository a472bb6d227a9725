"""What became of files that were to be added: counted in a line, and told file by file."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Self

from research.confined.exceptions import RefusedFile
from research.library.documents import Added, Change
from research.library.exceptions import UnknownKind


@dataclass(frozen=True, slots=True)
class Outcome:
    """A file with what it came to: a `Change`, or "" for one that was refused.

    `why` counts refused files, `told` says more: the reason, or the document's title.
    """

    path: str
    change: str
    told: str
    why: str = ""
    url: str = ""
    is_other: bool = False  # of a kind that is not read

    @classmethod
    def taken(cls, path: str, added: Added) -> Self:
        document = added.document
        return cls(path, added.change, document.title, url=document.get_absolute_url())

    @property
    def state(self) -> dict[str, str | bool]:
        """As the page shows it while others are still read."""
        told = LABELS[Change(self.change)] if self.change else f"not read: {self.why}"
        return {"path": self.path, "told": told, "is_refused": not self.change}

    @classmethod
    def refused(cls, path: str, error: RefusedFile) -> Self:
        is_other = isinstance(error, UnknownKind)
        return cls(path, "", error.reason, why=error.why, is_other=is_other)


@dataclass(frozen=True, slots=True)
class Group:
    """Files of one outcome; `reason` is one that all of several have, and no file repeats."""

    label: str
    is_refused: bool
    reason: str
    outcomes: Sequence[Outcome]


LABELS = {
    Change.BESIDE: "added beside another of the same name; both are kept",
    Change.REPLACED: "replaced",
    Change.EQUAL: "there already",
    Change.ADDED: "added",
}


def headline(outcomes: Sequence[Outcome], hidden: int = 0) -> str:
    """Such as "2 of 9 files added; 7 not read: 4 of kind .png, 3 empty"."""
    counts = Counter(outcome.change for outcome in outcomes)
    added = counts[Change.ADDED] + counts[Change.BESIDE]
    total = counts.total()
    parts = [f"{added:,} of {total:,} file{'' if total == 1 else 's'} added"]
    if beside := counts[Change.BESIDE]:
        parts[0] += f", {beside:,} of them beside another of the same name"
    for change in (Change.REPLACED, Change.EQUAL):
        if counts[change]:
            parts.append(f"{counts[change]:,} {LABELS[change]}")
    if refused := counts[""]:
        whys = Counter(outcome.why for outcome in outcomes if not outcome.change)
        counted = ", ".join(f"{number:,} {why}" for why, number in whys.most_common())
        parts.append(f"{refused:,} not read: {counted}")
    if hidden:
        parts.append(f"{hidden:,} hidden left out")
    return "; ".join(parts)


def groups(outcomes: Sequence[Outcome]) -> list[Group]:
    """The refused files by why, then the others, those that need a look first."""
    refused = sorted((each for each in outcomes if not each.change), key=attrgetter("why", "path"))
    found = [
        _group(f"not read: {why}", list(group), is_refused=True)
        for why, group in groupby(refused, key=attrgetter("why"))
    ]
    found.sort(key=lambda group: -len(group.outcomes))
    for change, label in LABELS.items():
        if taken := [outcome for outcome in outcomes if outcome.change == change]:
            found.append(_group(label, taken))
    return found


def _group(label: str, outcomes: list[Outcome], *, is_refused: bool = False) -> Group:
    reasons = {outcome.told for outcome in outcomes}
    is_shared = is_refused and len(reasons) == 1 < len(outcomes)
    reason = reasons.pop() if is_shared else ""
    return Group(f"{len(outcomes):,} {label}", is_refused, reason, outcomes)
