"""A stored run checked anew, from its stored results and sources: what changed since."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from research.claims.check import check
from research.claims.claim import Claim as Found
from research.claims.claim import Source, count
from research.runs.events import record
from research.runs.models import Run, Status, Topic
from research.tables.proof import Proof
from research.tables.report import report as table_report


@dataclass(frozen=True)
class Change:
    """A claim whose verdict is another one than was stored."""

    index: int | None
    """None: a sentence that was no claim before."""
    text: str
    before: str | None
    after: str | None
    """None: a claim of before that is none any more."""
    reason: str = ""


@dataclass
class Report:
    """What checking one topic anew has shown."""

    position: int
    topic: str
    note: str = ""
    """Why it could not be checked; else empty."""
    was_unchecked: bool = False
    checked: dict[str, int] | None = None
    changes: list[Change] = field(default_factory=list)
    altered: list[int] = field(default_factory=list)
    """Sources whose text is not the one that the crew saw."""
    unproven: list[int] = field(default_factory=list)
    """Sources of which no hash was kept."""
    found: list[Found] = field(default_factory=list)

    @property
    def is_as_before(self) -> bool:
        return not (self.changes or self.altered)

    def as_json(self) -> dict[str, Any]:
        return {
            "position": self.position,
            "topic": self.topic,
            "note": self.note or None,
            "was_unchecked": self.was_unchecked,
            "checked": self.checked,
            "changes": [vars(change) for change in self.changes],
            "altered_sources": self.altered,
            "sources_without_hash": self.unproven,
        }


def verify(run: Run) -> Iterator[Report]:
    """Checks the run's topics anew, one after another; stores nothing."""
    for topic in run.topics.order_by("position").iterator(chunk_size=20):
        yield _verify(topic)


def _verify(topic: Topic) -> Report:
    report = Report(topic.position, topic.text, was_unchecked=topic.checked is None)
    if topic.status != Status.SUCCEEDED:
        report.note = f"The topic is {topic.status}: it has no result."
        return report
    sources = list(topic.sources.order_by("number"))
    report.altered = [source.number for source in sources if source.is_altered]
    report.unproven = [source.number for source in sources if not source.digest]
    seen = [Source(s.number, s.title, s.url, s.text) for s in sources]
    report.found = _row_claims(topic, seen) or check(topic.result, seen, topic.text)
    report.checked = count(report.found)
    if not report.was_unchecked:
        report.changes = list(_changes(topic, report.found))
    return report


def _row_claims(topic: Topic, seen: list[Source]) -> list[Found]:
    """What a row of a table claims: its cells, each checked anew."""
    cells = {cell.column: cell.found for cell in topic.cells.all()}
    columns = [column for column in topic.run.table_columns if column.name in cells]
    if not columns:
        return []
    proof = Proof(seen, topic.text, topic.other_rows())
    again = [proof.again(column, cells[column.name]) for column in columns]
    return list(table_report(columns, again)[1])


def _changes(topic: Topic, found: list[Found]) -> Iterator[Change]:
    """Claims by their place in the result: another verdict, a new claim, one that is none."""
    anew = {(claim.start, claim.end): claim for claim in found}
    for old in topic.claims.filter(attempt=topic.attempt):
        claim = anew.pop((old.start, old.end), None)
        if claim is None:
            yield Change(old.index, old.text, old.found, None)
        elif old.found_by == "text" and claim.verdict != old.found:
            yield Change(old.index, old.text, old.found, claim.verdict.value, claim.reason)
    for claim in anew.values():
        yield Change(None, claim.text, None, claim.verdict.value, claim.reason)


@transaction.atomic
def keep(run: Run, report: Report) -> bool:
    """Stores what a topic claims that had not been checked; whether it still had not been."""
    topic = run.topics.locked().filter(position=report.position).first()
    if topic is None or topic.checked is not None or topic.status != Status.SUCCEEDED:
        return False
    topic.run = run
    record(topic.keep_claims(report.found))
    return True
