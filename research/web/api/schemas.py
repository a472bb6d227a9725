"""The shapes of the JSON API, as in its OpenAPI description."""

import uuid
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from research.claims.claim import Verdict
from research.runs.allowance import Allowance
from research.runs.estimate import forecast_of
from research.runs.findings import advice
from research.runs.models import Cell, Claim, Review, Run, RunQuerySet, Source, Topic
from research.sources.where import Where
from research.tables.columns import ColumnType
from research.text.money import plain
from research.web.links import public_url, socket_url


class BudgetIn(BaseModel):
    """What a run may spend; what is left out is as the site's settings say.

    Not a Schema, which would take anything: a misspelt name means no budget at all.
    """

    model_config = ConfigDict(extra="forbid")

    tokens: int | None = None
    usd: Decimal | None = None

    def allowance(self) -> Allowance:
        """Raises BadInput."""
        return Allowance.parse(self.tokens, self.usd)


class RunIn(BaseModel):
    """What a person changes of a run; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    name: str | None = None
    starred: bool | None = None


class RetryIn(BaseModel):
    """A larger budget, for a run that has spent the one it had."""

    budget: BudgetIn | None = None


class AgainIn(BaseModel):
    """What of a run to run again, and what to change; what is left out is as it was.

    `topics` are positions, null: all. A blueprint that is named is today's; null: the run's own.
    """

    model_config = ConfigDict(extra="forbid")

    topics: list[int] | None = None
    model: str | None = None
    blueprint: str | None = None
    budget: BudgetIn | None = None


class ColumnIn(BaseModel):
    """What is asked of every row; `unit` is a number's, `choices` are a choice's."""

    model_config = ConfigDict(extra="forbid")

    name: str
    type: ColumnType = ColumnType.TEXT
    unit: str = ""
    choices: list[str] = []
    ask: str = ""


class ValueOut(BaseModel):
    """A cell: its value, or why there is none, and its proof in a source of the topic."""

    value: str | float | int | bool | list[str] | None
    verdict: str | None
    quote: str
    source: int | None
    start: int | None
    reason: str
    correction: str | float | int | bool | list[str] | None
    """A person's value, which stands in place of the crew's; null: none."""
    corrected_by: str | None
    corrected_at: datetime | None
    note: str
    noted_by: str | None
    noted_at: datetime | None

    @classmethod
    def of(cls, cell: Cell) -> "ValueOut":
        """Reads who corrected it and noted it."""
        return cls(
            **cell.as_data(),
            correction=cell.correction,
            corrected_by=_name_of(cell.corrected_by),
            corrected_at=cell.corrected_at,
            note=cell.note,
            noted_by=_name_of(cell.noted_by),
            noted_at=cell.noted_at,
        )


def _name_of(person: Any) -> str | None:
    return person.get_username() if person else None


class ValueIn(BaseModel):
    """What a person says of a cell: null takes it back, what is left out stays.

    A correction is of the column's type, or a text that can be read as it.
    """

    model_config = ConfigDict(extra="forbid")

    note: str | None = None
    correction: str | float | int | bool | list[str] | None = None


GivenRow = Annotated[
    dict[str, Any],  # checked by research.tables.rows, whose errors name the row
    WithJsonSchema(
        {
            "type": "object",
            "description": "The member topic, else the first one, is the topic. The others are "
            "inputs, which blueprints name as {website}.",
            "additionalProperties": {"type": ["string", "number", "boolean", "null"]},
            "examples": [{"topic": "Qdrant", "website": "https://qdrant.tech"}],
        }
    ),
]


class SubmissionIn(BaseModel):
    """Topics to research, one crew each; or rows, and columns that are asked of each.

    A `pilot` runs so many rows first; the others wait.
    """

    topics: list[str] | None = None
    rows: list[GivenRow] | None = None
    columns: list[ColumnIn] = []
    pilot: int | None = None
    team: str | None = None
    blueprint: str | None = None
    model: str | None = None
    budget: BudgetIn | None = None
    priority: str | None = None
    where: str | None = None
    """`web`, `library` or `both`."""
    sites: list[str] = []
    """The only ones to be looked at: domains, or a domain with the beginning of a path."""
    not_sites: list[str] = []
    since: str | None = None
    """Nothing older: a day, as in 2025-01-31."""
    language: str | None = None

    def look(self) -> Where:
        """Raises BadInput."""
        return Where.parse(self.where, self.sites, self.not_sites, self.since, self.language)


class WhereOut(BaseModel):
    """Where a run's crews look: `web`, `library` or `both`, and what of the web."""

    where: str
    sites: list[str]
    not_sites: list[str]
    since: date | None
    language: str | None


class ErrorDetail(BaseModel):
    code: str
    message: str


class ErrorOut(BaseModel):
    error: ErrorDetail


class ResearchOut(BaseModel):
    """Every topic stands in one of the two: its result, or why there is none."""

    results: dict[str, str]
    errors: dict[str, str]
    run: uuid.UUID


class QueuedTopic(BaseModel):
    position: int
    topic: str
    status: str


class Places(BaseModel):
    """Where to look at a run and to follow it."""

    url: str
    events: str
    ws: str


def places_of(run: Run, request: HttpRequest) -> dict[str, str]:
    """The fields of Places."""
    return {
        "url": public_url(request, run.get_absolute_url()),
        "events": public_url(request, f"/api/runs/{run.id}/events"),
        "ws": socket_url(request, f"/ws/runs/{run.id}/"),
    }


class SubmittedOut(Places):
    """A run that has just been queued, and where to follow it."""

    id: uuid.UUID
    status: str
    topics: list[QueuedTopic]


class Tokens(BaseModel):
    prompt: int
    completion: int
    total: int

    @classmethod
    def of(cls, *topics: Topic) -> "Tokens":
        prompt = sum(topic.prompt_tokens for topic in topics)
        completion = sum(topic.completion_tokens for topic in topics)
        return cls(prompt=prompt, completion=completion, total=prompt + completion)


class SourceOut(BaseModel):
    number: int
    title: str
    url: str


class TopicError(BaseModel):
    kind: str
    message: str


class ReviewOut(BaseModel):
    """What a person thinks of a topic; `by` and `at` are null until somebody has said so."""

    state: str
    note: str
    by: str | None
    at: datetime | None

    @classmethod
    def of(cls, topic: Topic) -> "ReviewOut":
        by = topic.reviewed_by
        return cls(
            state=topic.review,
            note=topic.review_note,
            by=by.get_username() if by else None,
            at=topic.reviewed_at,
        )


class ReviewIn(BaseModel):
    """A verdict on a topic that has ended; without a note, the last one stays."""

    model_config = ConfigDict(extra="forbid")

    state: Review
    note: str | None = None


class ReviewsOut(BaseModel):
    """How many of a run's topics are reviewed, and what follows for the run.

    It is unreviewed until all its topics are; one that was rejected makes it rejected.
    """

    state: str
    topics: int
    reviewed: int
    approved: int
    rejected: int

    @classmethod
    def of(cls, reviews: Mapping[str, int]) -> "ReviewsOut":
        """From how many topics have each state."""
        total, unreviewed = sum(reviews.values()), reviews.get(Review.UNREVIEWED, 0)
        return cls(
            state=Review.of_run(reviews),
            topics=total,
            reviewed=total - unreviewed,
            approved=reviews.get(Review.APPROVED, 0),
            rejected=reviews.get(Review.REJECTED, 0),
        )


class CheckedOut(BaseModel):
    """How many claims a result makes, and how many have each verdict."""

    claims: int
    quoted: int
    supported: int
    differs: int
    unsupported: int
    uncited: int
    invented: int


class EvidenceOut(BaseModel):
    """A passage that a verdict rests on: characters of a source's text."""

    source: int
    start: int
    end: int
    quote: str


class DecisionOut(BaseModel):
    """What a person decided of a claim, and the check's verdict before that."""

    state: str
    by: str | None
    at: datetime | None
    verdict: str
    verdict_by: str


class ClaimOut(BaseModel):
    """A sentence, bullet or cell of a result: `start` and `end` are characters of the result.

    `verdict` and `by` are a person's where one has decided.
    """

    index: int
    text: str
    start: int
    end: int
    citations: list[int]
    verdict: str
    by: str
    reason: str
    evidence: list[EvidenceOut]
    correction: str | None
    decision: DecisionOut | None

    @classmethod
    def of(cls, claim: Claim) -> "ClaimOut":
        return cls(
            index=claim.index,
            text=claim.text,
            start=claim.start,
            end=claim.end,
            citations=claim.citations,
            verdict=claim.verdict,
            by=claim.by,
            reason=claim.reason,
            evidence=[EvidenceOut(**each) for each in claim.evidence],
            correction=claim.correction or None,
            decision=_decision(claim) if claim.is_decided else None,
        )


def _decision(claim: Claim) -> DecisionOut:
    by = claim.decided_by
    return DecisionOut(
        state=claim.decision,
        by=by.get_username() if by else None,
        at=claim.decided_at,
        verdict=claim.found,
        verdict_by=claim.found_by,
    )


class DecisionIn(BaseModel):
    """What a person decides of a claim; null takes that back. A correction replaces its text."""

    model_config = ConfigDict(extra="forbid")

    decision: Literal["accepted", "rejected", "corrected"] | None
    correction: str = ""


def _values(topic: Topic) -> dict[str, ValueOut]:
    """The cells of the run's columns, in their order."""
    cells = {cell.column: cell for cell in topic.cells.all()}
    names = [column["name"] for column in topic.run.columns]
    return {name: ValueOut.of(cells[name]) for name in names if name in cells}


class TopicOut(BaseModel):
    position: int
    topic: str
    status: str
    inputs: dict[str, str]
    values: dict[str, ValueOut]
    attempt: int
    result: str | None
    finding: str | None
    advice: str | None
    sources: list[SourceOut]
    error: TopicError | None
    unknown_citations: int | None
    checked: CheckedOut | None
    check_note: str | None
    incomplete: bool
    review: ReviewOut
    started_at: datetime | None
    finished_at: datetime | None
    tokens: Tokens
    tokens_estimated: bool

    @classmethod
    def of(cls, topic: Topic, **more: Any) -> Self:
        """Reads the topic's sources; `more` are a subclass's own fields."""
        return cls(
            position=topic.position,
            topic=topic.text,
            status=topic.status,
            inputs=topic.inputs,
            values=_values(topic),
            attempt=topic.attempt,
            result=topic.result or None,
            finding=topic.finding or None,
            advice=advice(topic) or None,
            sources=[
                SourceOut(number=s.number, title=s.title, url=s.url) for s in topic.sources.all()
            ],
            error=TopicError(**topic.error) if topic.error else None,
            unknown_citations=topic.unknown_citations,
            checked=CheckedOut(**topic.checked) if topic.checked else None,
            check_note=topic.check_note or None,
            incomplete=topic.incomplete,
            review=ReviewOut.of(topic),
            started_at=topic.started_at,
            finished_at=topic.finished_at,
            tokens=Tokens.of(topic),
            tokens_estimated=topic.tokens_estimated,
            **more,
        )


class TopicDetail(TopicOut):
    """A topic with what its result claims; null: not checked."""

    claims: list[ClaimOut] | None

    @classmethod
    def of(cls, topic: Topic, **more: Any) -> Self:
        if topic.checked is None:
            return super().of(topic, claims=None, **more)
        claims = topic.claims.filter(attempt=topic.attempt).select_related("decided_by")
        return super().of(topic, claims=[ClaimOut.of(claim) for claim in claims], **more)


class SourceDetail(SourceOut):
    """A source as the crew saw it: its text, when, its SHA-256, and where it came from."""

    text: str
    seen_at: datetime
    origin: dict[str, Any] | None
    digest: str | None


class BudgetOut(BaseModel):
    """What a run may spend; null: as much as it takes."""

    tokens: int | None
    usd: str | None


class Cost(BaseModel):
    """What the tokens cost; null: no price is known. Prices are USD per million tokens."""

    usd: str | None
    prompt_price: str | None
    completion_price: str | None


class RunBase(BaseModel):
    """The fields that every answer about a run has."""

    id: uuid.UUID
    name: str
    starred: bool
    status: str
    blueprint: str
    model: str
    priority: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    again_of: uuid.UUID | None
    compares: uuid.UUID | None
    team: str | None
    by: str
    budget: BudgetOut
    cost: Cost


def _base(run: Run, cost: Decimal | None) -> dict[str, Any]:
    """The fields of RunBase."""
    return {
        "id": run.id,
        "name": run.name,
        "starred": run.starred,
        "status": run.status,
        "blueprint": run.blueprint,
        "model": run.model,
        "priority": run.get_priority_display(),
        "created_at": run.created_at,
        "started_at": run.started_at,
        "finished_at": run.finished_at,
        "again_of": run.again_of_id,
        "compares": run.compares_id,
        "team": run.team.slug if run.team else None,
        "by": run.caller,
        "budget": BudgetOut(tokens=run.token_budget, usd=_text(run.money_budget)),
        "cost": Cost(
            usd=_text(cost),
            prompt_price=_text(run.prompt_price),
            completion_price=_text(run.completion_price),
        ),
    }


def _text(amount: Decimal | None) -> str | None:
    """A text, so that no reader makes a binary fraction of it."""
    return None if amount is None else plain(amount)


class RunSummary(RunBase):
    """A run in a list. `invented` and `differs` count claims; null: no result was checked."""

    topic_count: int
    invented: int | None
    differs: int | None
    review: ReviewsOut
    url: str

    @classmethod
    def of(cls, run: Run) -> "RunSummary":
        """Reads `topic_count` and what `cost` needs, as `count_topics` adds them."""
        return cls(
            **_base(run, run.cost),
            topic_count=getattr(run, "topic_count", 0) or 0,
            invented=getattr(run, "invented_count", None),
            differs=getattr(run, "differs_count", None),
            review=ReviewsOut.of(run.reviews),
            url=run.get_absolute_url(),
        )


class RunList(BaseModel):
    runs: list[RunSummary]
    next: str | None


class ForecastOut(BaseModel):
    """What the rows that wait are going to take, judged by the `done` ones of the run."""

    rows: int
    done: int
    calls: int
    tokens: int
    usd: str | None
    minutes: float

    @classmethod
    def of(cls, run: Run) -> "ForecastOut | None":
        """One query where rows wait, else none."""
        forecast = forecast_of(run)
        if forecast is None:
            return None
        usd = None if forecast.usd is None else plain(forecast.usd)
        return cls(**(vars(forecast) | {"usd": usd}))


class RunOut(RunBase, WhereOut):
    """A run with its topics."""

    wall_seconds: float | None
    crew_seconds: float
    tokens: Tokens
    tokens_estimated: bool
    review: ReviewsOut
    last_seq: int
    columns: list[ColumnIn]
    waiting: int
    forecast: ForecastOut | None
    topics: list[TopicOut]

    @classmethod
    def of(cls, run: Run, **more: Any) -> Self:
        """Reads `run.topics` with their sources; see `with_topics` for a run in few queries.

        `more` are a subclass's own fields.
        """
        topics = list(run.topics.all())
        tokens = Tokens.of(*topics)
        return cls(
            **_base(run, run.cost_of(tokens.prompt, tokens.completion)),
            wall_seconds=run.wall_seconds,
            crew_seconds=sum(topic.seconds or 0 for topic in topics),
            tokens=tokens,
            tokens_estimated=any(topic.tokens_estimated for topic in topics),
            review=ReviewsOut.of(Counter(topic.review for topic in topics)),
            last_seq=run.last_seq,
            **run.look.as_json(),
            columns=[ColumnIn(**column) for column in run.columns],
            waiting=len(run.waiting),
            forecast=ForecastOut.of(run),
            topics=[TopicOut.of(topic) for topic in topics],
            **more,
        )


class AgainOut(RunOut, Places):
    """A new run of an old one's topics, and where to follow it."""


class EventsOut(BaseModel):
    events: list[dict[str, Any]]
    last_seq: int


_TOPICS = Topic.objects.select_related("reviewed_by")
_SOURCES = Source.objects.only("topic", "number", "title", "url")
_CELLS = Cell.objects.with_people()


def with_topics(runs: RunQuerySet) -> RunQuerySet:
    """Runs that `RunOut.of` shows without further queries."""
    topics = Prefetch("topics", _TOPICS.all())
    sources = Prefetch("topics__sources", _SOURCES.all())
    cells = Prefetch("topics__cells", _CELLS.all())
    return runs.select_related("team").prefetch_related(topics, sources, cells)


def rows_behind(run_id: uuid.UUID) -> list[QuerySet[Any]]:
    """The rows that `RunOut.of` shows a run from, as `with_topics` loads them."""
    runs = Run.objects.filter(pk=run_id).select_related("team")
    of_topics = [rows.filter(topic__run=run_id) for rows in (_SOURCES, _CELLS)]
    return [runs, _TOPICS.filter(run=run_id), *of_topics]


class CheckSource(BaseModel):
    """A source as it was seen; `number` is what the text cites it by."""

    model_config = ConfigDict(extra="forbid")

    number: Annotated[int, Field(ge=1, le=999_999)]
    title: str = ""
    url: str = ""
    text: str


class CheckIn(BaseModel):
    """A text and the sources that it cites; `topic` is what was asked."""

    model_config = ConfigDict(extra="forbid")

    text: str
    sources: list[CheckSource] = []
    topic: str = ""


class CheckedClaim(BaseModel):
    """A claim, the characters of the text where it stands, and what holds of it."""

    text: str
    start: int
    end: int
    citations: list[int]
    verdict: Verdict
    by: str
    reason: str
    evidence: list[EvidenceOut]


class CheckOut(BaseModel):
    claims: list[CheckedClaim]
    checked: CheckedOut
