"""`GET /api/runs/<id>/diff/<other>`: two runs side by side."""

import uuid
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from asgiref.sync import sync_to_async
from django.http import HttpRequest
from ninja import Router
from pydantic import BaseModel

from research.exceptions import NotFound
from research.runs.comparison.cells import CellChange
from research.runs.comparison.runs import ComparedTopic, Comparison, compare_runs, sides
from research.runs.comparison.told import Seen, Told
from research.runs.models import Run
from research.web.api.lookup import find_run
from research.web.api.schemas import ErrorOut, SourceOut, ValueOut

REFUSALS = dict.fromkeys((400, 404, 503), ErrorOut)

router = Router()


class ComparedRun(BaseModel):
    """One of the two runs."""

    id: uuid.UUID
    name: str
    status: str
    created_at: datetime
    model: str
    blueprint: str
    again_of: uuid.UUID | None

    @classmethod
    def of(cls, run: Run) -> "ComparedRun":
        return cls(
            id=run.pk,
            name=run.name,
            status=run.status,
            created_at=run.created_at,
            model=run.model,
            blueprint=run.blueprint,
            again_of=run.again_of_id,
        )


class ToldClaim(BaseModel):
    """A claim of one of the two results; `verdict` is null where that was not checked."""

    index: int
    text: str
    verdict: str | None
    citations: list[int]
    sources: list[SourceOut]

    @classmethod
    def of(cls, told: Told) -> "ToldClaim":
        return cls(
            index=told.index,
            text=told.text,
            verdict=told.verdict or None,
            citations=list(told.citations),
            sources=_sources(told.sources),
        )


class FigureOut(BaseModel):
    """A number or date; null: it is not there."""

    before: str | None
    after: str | None


class ChangedClaim(BaseModel):
    """`kinds`, the weightiest first: number, date, opposite, verdict, wording, source."""

    kinds: list[str]
    figures: list[FigureOut]
    before: ToldClaim
    after: ToldClaim


class ClaimChanges(BaseModel):
    """Claims of the later result only, of both, and of the earlier one only; `same` is a count."""

    added: list[ToldClaim]
    changed: list[ChangedClaim]
    gone: list[ToldClaim]
    same: int


class ChangedValue(BaseModel):
    """A cell that differs; `kinds`: number, date, value, verdict, source. Null: not asked there."""

    kinds: list[str]
    before: ValueOut | None
    after: ValueOut | None

    @classmethod
    def of(cls, change: CellChange) -> "ChangedValue":
        before, after = (
            ValueOut.of(cell) if cell else None for cell in (change.before, change.after)
        )
        return cls(kinds=[kind.value for kind in change.kinds], before=before, after=after)


class SourceChanges(BaseModel):
    """`changed` are those that had another text when they were seen again."""

    added: list[SourceOut]
    changed: list[SourceOut]
    gone: list[SourceOut]


class StatusesOut(BaseModel):
    before: str | None
    after: str | None


class DiffTopic(BaseModel):
    """A topic of both runs, or of one, where its position in the other is null.

    `note` says why its claims were not compared; `inputs` and `values` have what differs.
    """

    topic: str
    position: int | None
    other_position: int | None
    status: StatusesOut
    note: str | None
    inputs: dict[str, dict[str, str | None]]
    values: dict[str, ChangedValue]
    claims: ClaimChanges
    sources: SourceChanges


class DiffOut(BaseModel):
    """Two runs side by side; `before` is the one that was submitted first.

    `settings` has what they were asked differently, by name, as `{"before", "after"}`.
    """

    before: ComparedRun
    after: ComparedRun
    settings: dict[str, Any]
    counts: dict[str, int]
    topics: list[DiffTopic]


@router.get("/api/runs/{run_id}/diff/{other_id}", response={200: DiffOut, **REFUSALS})
async def diff(
    request: HttpRequest, run_id: str, other_id: str, topic: int | None = None
) -> DiffOut:
    """What became of a run's answers in another run of the same topics.

    Changes are told from the earlier run to the later one, whichever is named first; `position` is
    the named run's, `other_position` the other one's. Changed claims come with the weightiest
    first: a number, a date, the opposite, a verdict, the wording, a source. `topic=3` compares the
    topic at that position alone.
    """
    return await sync_to_async(_diff)(run_id, other_id, topic)


def _diff(run_id: str, other_id: str, position: int | None) -> DiffOut:
    run, other = find_run(run_id), find_run(other_id)
    comparison = compare_runs(run, other, position)
    if position is not None and not comparison.topics:
        raise NotFound(thing="topic", name=position)
    topics = [_topic(topic, is_earlier=run == comparison.before) for topic in comparison.topics]
    return DiffOut(
        before=ComparedRun.of(comparison.before),
        after=ComparedRun.of(comparison.after),
        settings=comparison.settings,
        counts=counts_of(comparison),
        topics=topics,
    )


def counts_of(comparison: Comparison) -> dict[str, int]:
    """How many claims are added, gone, the same, and changed, these by kind too."""
    found: Counter[str] = Counter()
    for topic in comparison.topics:
        claims = topic.claims
        found.update(values=len(topic.cells))
        found.update(added=len(claims.added), gone=len(claims.gone), same=claims.same)
        found.update(changed=len(claims.changed))
        found.update(kind.value for change in claims.changed for kind in change.kinds)
    return dict(found)


def _topic(topic: ComparedTopic, is_earlier: bool) -> DiffTopic:
    before, after = (each.position if each else None for each in (topic.before, topic.after))
    own, other = (before, after) if is_earlier else (after, before)
    claims = topic.claims
    changed = []
    for change in claims.changed:
        old, new = map(ToldClaim.of, sides(topic, change))
        figures = [FigureOut(before=each.before, after=each.after) for each in change.figures]
        kinds = [kind.value for kind in change.kinds]
        changed.append(ChangedClaim(kinds=kinds, figures=figures, before=old, after=new))
    return DiffTopic(
        topic=topic.text,
        position=own,
        other_position=other,
        status=StatusesOut(
            before=topic.before.status if topic.before else None,
            after=topic.after.status if topic.after else None,
        ),
        note=topic.note or None,
        inputs=topic.inputs,
        values={change.column: ChangedValue.of(change) for change in topic.cells},
        claims=ClaimChanges(
            added=[ToldClaim.of(topic.new[at]) for at in claims.added],
            changed=changed,
            gone=[ToldClaim.of(topic.old[at]) for at in claims.gone],
            same=claims.same,
        ),
        sources=SourceChanges(
            added=_sources(topic.sources.added),
            changed=_sources(topic.sources.changed),
            gone=_sources(topic.sources.gone),
        ),
    )


def _sources(sources: Sequence[Seen]) -> list[SourceOut]:
    return [SourceOut(number=s.number, title=s.title, url=s.url) for s in sources]
