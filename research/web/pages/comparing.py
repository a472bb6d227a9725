"""Two runs side by side, as their page shows it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from research.claims.changes import Change, Figure
from research.claims.changes import Kind as ClaimKind
from research.runs.comparison.cells import CellChange, CellKind
from research.runs.comparison.runs import ComparedTopic, Comparison, sides
from research.runs.comparison.told import Told
from research.runs.models import Cell
from research.tables.cell import written
from research.web.pages.word_marks import Piece, marked, plain

MOST_TOPICS = 40  # that a page shows in full; the others are links
MOST_CHANGES = 8  # of each kind that it shows of a topic among others
WORDS = {
    ClaimKind.NUMBER: ("number", "numbers"),
    ClaimKind.DATE: ("date", "dates"),
    ClaimKind.OPPOSITE: ("opposite", "opposites"),
    ClaimKind.VERDICT: ("verdict", "verdicts"),
    ClaimKind.WORDING: ("wording", "wordings"),
    ClaimKind.SOURCE: ("source", "sources"),
    CellKind.VALUE: ("value", "values"),
}


@dataclass(frozen=True)
class ShownClaim:
    """A claim of one of the two results, with what the other one does not say marked."""

    told: Told
    pieces: Sequence[Piece]

    @classmethod
    def of(cls, told: Told) -> "ShownClaim":
        return cls(told, [(plain(told.text), False)])


@dataclass(frozen=True)
class ShownChange:
    kinds: Sequence[str]
    figures: Sequence[Figure]
    before: ShownClaim
    after: ShownClaim
    is_other_source: bool

    @classmethod
    def of(cls, topic: ComparedTopic, change: Change) -> "ShownChange":
        old, new = sides(topic, change)
        left, right = marked(plain(old.text), plain(new.text))
        kinds = [WORDS[kind][0] for kind in change.kinds]
        is_other = ClaimKind.SOURCE in change.kinds
        before, after = ShownClaim(old, left), ShownClaim(new, right)
        return cls(kinds, change.figures, before, after, is_other)


@dataclass(frozen=True)
class ShownCell:
    column: str
    kinds: Sequence[str]
    before: Cell | None
    after: Cell | None
    unit: str = ""

    @property
    def old(self) -> str:
        return _written(self.before, self.unit)

    @property
    def new(self) -> str:
        return _written(self.after, self.unit)

    @property
    def is_other_value(self) -> bool:
        """Whether more than its verdict or its source is another one."""
        return not set(self.kinds) <= {CellKind.VERDICT, CellKind.SOURCE}

    @classmethod
    def of(cls, change: CellChange, unit: str) -> "ShownCell":
        kinds = [kind.value for kind in change.kinds]
        return cls(change.column, kinds, change.before, change.after, unit)


def _written(cell: Cell | None, unit: str) -> str:
    return "" if cell is None else written(cell.shown, unit)


@dataclass(frozen=True)
class ShownTopic:
    """A topic of both runs with what changed in it; `most` of each kind."""

    topic: ComparedTopic
    units: dict[str, str]
    most: int | None

    @property
    def anchor(self) -> str:
        return f"topic-{self.topic.position}"

    @cached_property
    def cells(self) -> list[ShownCell]:
        cells = self.topic.cells[: self.most]
        return [ShownCell.of(cell, self.units.get(cell.column, "")) for cell in cells]

    @cached_property
    def changed(self) -> list[ShownChange]:
        changed = self.topic.claims.changed[: self.most]
        return [ShownChange.of(self.topic, change) for change in changed]

    @cached_property
    def added(self) -> list[ShownClaim]:
        return [ShownClaim.of(self.topic.new[at]) for at in self.topic.claims.added[: self.most]]

    @cached_property
    def gone(self) -> list[ShownClaim]:
        return [ShownClaim.of(self.topic.old[at]) for at in self.topic.claims.gone[: self.most]]

    @property
    def left_out(self) -> int:
        claims = self.topic.claims
        shown = len(self.changed) + len(self.added) + len(self.gone) + len(self.cells)
        every = len(claims.changed) + len(claims.added) + len(claims.gone) + len(self.topic.cells)
        return every - shown


@dataclass(frozen=True)
class Setting:
    """What the two runs were asked differently."""

    name: str
    before: object
    after: object


@dataclass(frozen=True)
class SideBySide:
    """A comparison with what `templates/research/diff.html` shows of it."""

    comparison: Comparison
    is_whole: bool
    """Whether all topics are compared; else one."""

    @cached_property
    def _changed(self) -> list[ComparedTopic]:
        topics = self.comparison.weightiest
        return [topic for topic in topics if topic.is_changed and topic.is_in_both]

    @cached_property
    def topics(self) -> list[ShownTopic]:
        most = MOST_CHANGES if self.is_whole else None
        units = {column.name: column.unit for column in self.comparison.columns}
        return [ShownTopic(topic, units, most) for topic in self._changed[:MOST_TOPICS]]

    @property
    def lists(self) -> dict[str, list[ComparedTopic]]:
        """The other topics, by what is to be said of them."""
        every = self.comparison.topics
        return {
            "with other changes": self._changed[MOST_TOPICS:],
            "as before": [each for each in every if each.is_in_both and not each.is_changed],
            "in the later run only": [each for each in every if each.before is None],
            "in the earlier run only": [each for each in every if each.after is None],
        }

    @property
    def has_shared(self) -> bool:
        return any(topic.is_in_both for topic in self.comparison.topics)

    @property
    def runs(self) -> list[dict[str, object]]:
        before, after = self.comparison.before, self.comparison.after
        is_again = after.again_of_id == before.pk
        return [
            {"which": "Earlier", "run": before},
            {"which": "Later", "run": after, "is_again": is_again},
        ]

    @property
    def settings(self) -> Iterator[Setting]:
        for name, pair in self.comparison.settings.items():
            if name not in ("definition", "columns"):
                yield Setting(name.replace("_", " "), pair["before"], pair["after"])

    @property
    def columns(self) -> Setting | None:
        """The names of the columns, where those differ."""
        pair = self.comparison.settings.get("columns")
        if pair is None:
            return None
        before, after = (", ".join(c["name"] for c in pair[side]) for side in ("before", "after"))
        return Setting("columns", before or "none", after or "none")

    @property
    def definition(self) -> list[Setting]:
        """What differs in the blueprints, by where it stands."""
        parts = self.comparison.settings.get("definition", {})
        return [Setting(path, pair["before"], pair["after"]) for path, pair in parts.items()]

    @cached_property
    def summary(self) -> list[str]:
        """How many are others, as in `3 numbers`, weightiest first; cells and claims together."""
        found: Counter[str] = Counter()
        added = gone = same = 0
        for topic in self.comparison.topics:
            found.update(kind.value for cell in topic.cells for kind in cell.kinds)
            found.update(kind.value for claim in topic.claims.changed for kind in claim.kinds)
            added += len(topic.claims.added)
            gone += len(topic.claims.gone)
            same += topic.claims.same
        told = [
            f"{found[kind]:,} {words[found[kind] != 1]}"
            for kind, words in WORDS.items()
            if found[kind]
        ]
        loose = ((added, "added"), (gone, "gone"), (same, "as before"))
        return [*told, *(f"{number:,} {what}" for number, what in loose if number)]
