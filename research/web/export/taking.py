"""Takes a snapshot of a run, or of one of its topics, from the database."""

import uuid
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.db.models import Prefetch
from django.utils import timezone

from research.exceptions import NotFound, RunNotFinished
from research.runs import findings, marks
from research.runs.models import MAX_SEQ, Cell, Claim, Run, Source, Topic
from research.runs.verdicts import CORRECTED, SIGNS, is_told, verdict_in_a_word
from research.web.export import snapshot


def find(run_id: str, position: int | None = None, partial: bool = False) -> Run:
    """The run with its topics, or one of them, and all that is taken away of them.

    Raises NotFound, and RunNotFinished for one at work unless what there is will do.
    """
    topics = Topic.objects.select_related("reviewed_by", "run").order_by("position")
    if position is not None:
        topics = topics.filter(position=min(max(position, -1), MAX_SEQ))
    claims = Claim.objects.current().select_related("decided_by")
    run = Run.objects.filter(pk=_uuid(run_id)).prefetch_related(
        Prefetch("topics", topics),
        Prefetch("topics__claims", claims),
        Prefetch("topics__sources", Source.objects.defer("text").order_by("topic_id", "number")),
        Prefetch("topics__cells", Cell.objects.select_related("noted_by", "corrected_by")),
        "topics__task_results",
    )
    if not (found := run.first()):
        raise NotFound(thing="run", name=run_id[:40])
    if position is not None and not found.topics.all():
        raise NotFound(thing="topic", name=position)
    if not partial and _is_open(found, position):
        raise RunNotFinished(status=found.status)
    return found


def _is_open(run: Run, position: int | None) -> bool:
    """One topic can be taken as soon as it has ended, whatever the others do."""
    return run.is_open if position is None else any(t.is_open for t in run.topics.all())


def take(run: Run, *, is_public: bool = False) -> snapshot.Run:
    """The snapshot of a run that `find` has found; a public one names nobody and tells no cost."""
    topics = [_topic(run, topic) for topic in run.topics.all()]
    if is_public:
        topics = [
            _public(topic, plain) for topic, plain in zip(run.topics.all(), topics, strict=True)
        ]
    more = f" and {len(topics) - 1} more" if len(topics) > 1 else ""
    told = f"{run.created_at:%Y-%m-%d %H:%M} UTC", run.blueprint, run.model, run.status
    return snapshot.Run(
        id=str(run.pk),
        title=run.name or (f"{topics[0].text}{more}" if topics else f"Run {run.pk}"),
        about=" · ".join(told),
        is_open=run.is_open,
        taken_at=timezone.now(),
        topics=topics,
        waiting=len(run.waiting),
        columns=[
            snapshot.Column(column.name, column.type.value, column.unit)
            for column in run.table_columns
        ],
    )


def _topic(run: Run, topic: Topic) -> snapshot.Topic:
    kind = topic.error_kind.replace("_", " ")
    return snapshot.Topic(
        position=topic.position,
        text=topic.text,
        status=topic.status,
        is_open=topic.is_open,
        finding=findings.label(topic) or topic.finding,
        remarks=list(_remarks(topic)),
        error=f"{kind.capitalize()}: {topic.error_message}" if kind else "",
        inputs=topic.inputs,
        cells={cell.column: _cell(cell) for cell in topic.cells.all()},
        result=topic.result,
        claims=[_claim(claim) for claim in topic.claims.all()],
        dropped=list(_dropped(topic)),
        sources=[_source(source) for source in topic.sources.all()],
        checked=topic.checked,
        check_note=topic.check_note,
        review=topic.review,
        review_note=topic.review_note,
        tokens=topic.tokens,
        usd=run.cost_of(topic.prompt_tokens, topic.completion_tokens),
        started_at=topic.started_at,
        finished_at=topic.finished_at,
    )


def _public(topic: Topic, whole: snapshot.Topic) -> snapshot.Topic:
    """A topic as strangers see it: without people's names and notes, and without its cost."""
    return replace(
        whole,
        remarks=[*_state(topic), *marks.remarks(topic)],
        cells={name: replace(cell, decided="", note="") for name, cell in whole.cells.items()},
        claims=[replace(claim, decided="") for claim in whole.claims],
        review_note="",
        tokens=0,
        usd=None,
    )


def _remarks(topic: Topic) -> Iterator[str]:
    yield from _state(topic)
    yield from marks.remarks(topic)
    if topic.reviewed_by or topic.review_note:
        note = f": {topic.review_note}" if topic.review_note else "."
        yield f"{topic.review.capitalize()} {_by(topic.reviewed_by, topic.reviewed_at)}{note}"


def _state(topic: Topic) -> Iterator[str]:
    yield f"Not finished: {topic.status}." if topic.is_open else f"{topic.status.capitalize()}."
    if label := findings.label(topic):
        yield f"{label.capitalize()}. {findings.advice(topic)}"


def _cell(cell: Cell) -> snapshot.Cell:
    word = CORRECTED if cell.is_corrected else cell.verdict
    return snapshot.Cell(
        column=cell.column,
        value=cell.shown,
        word=word,
        sign=SIGNS.get(word, ""),
        quote=cell.quote,
        source=cell.source,
        start=cell.start,
        reason=cell.reason,
        note=cell.note,
        decided=_by(cell.corrected_by, cell.corrected_at) if cell.is_corrected else "",
        found=cell.value if cell.is_corrected else None,
    )


def _claim(claim: Claim) -> snapshot.Claim:
    word = verdict_in_a_word(claim)
    return snapshot.Claim(
        start=claim.start,
        end=claim.end,
        text=claim.text,
        word=word,
        sign=SIGNS[word],
        is_told=is_told(claim),
        by=claim.by,
        reason=claim.reason,
        correction=claim.correction,
        decided=_by(claim.decided_by, claim.decided_at) if claim.is_decided else "",
        passages=[
            snapshot.Passage(e["source"], e["start"], e["end"], e["quote"]) for e in claim.evidence
        ],
    )


def _by(person: Any, at: Any) -> str:
    return f"by {person or 'somebody'}" + (f", {at:%Y-%m-%d}" if at else "")


def _dropped(topic: Topic) -> Iterator[tuple[str, str]]:
    for result in topic.task_results.all():
        for claim in result.dropped or []:
            yield claim["text"], f"{claim['verdict']}: {claim['reason']}"


def _source(source: Source) -> snapshot.Source:
    return snapshot.Source(
        number=source.number,
        title=source.title,
        url=source.url,
        seen_at=source.seen_at,
        digest=source.digest,
        origin=source.origin,
    )


def _uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise NotFound(thing="run", name=text[:40]) from None
