"""The topics of a run as a list: a line for each, which opens to its report."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property

from django.core.cache import cache
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, Left
from django.utils import timezone

from research.runs import findings, marks
from research.runs.marks import tokens_in_words
from research.runs.models import AT_WORK, Event, Finding, Review, Run, Source, Status, Topic
from research.runs.verdicts import UNCHECKED, claims_in_words
from research.text.gist import first_sentence
from research.text.money import usd

BEGINNING = 700  # characters of a result in which its first sentence is looked for
MAX_GIVEN = 100  # characters of a row's inputs in its line


@dataclass(frozen=True)
class Mark:
    """Something that a reader should know of a topic before opening it."""

    name: str  # a class of the style sheet
    text: str
    hint: str = ""


@dataclass(frozen=True)
class Line:
    """A topic with what its line shows of it; see `listed` for what the topic has to carry."""

    run: Run
    topic: Topic
    now: Event | None
    says: str  # the first sentence of its result, or why there is none
    run_url: str

    @property
    def shown(self) -> tuple[object, ...]:
        """All that the line of a topic that nobody works on is written from."""
        row = {name: value for name, value in vars(self.topic).items() if name != "_state"}
        return row, self.says, self.run.prompt_price, self.run.completion_price

    @property
    def anchor(self) -> str:
        return f"topic-{self.topic.position}"

    @property
    def state(self) -> str:
        """The topic's state, or `nothing_found` where it succeeded without finding anything."""
        is_nothing = self.topic.finding == Finding.NOTHING_FOUND
        return Finding.NOTHING_FOUND.value if is_nothing else self.topic.status

    @cached_property
    def url(self) -> str:
        """The topic's own page, under which its report, its cancel and its retry are."""
        return f"{self.run_url}{self.topic.position}/"

    @property
    def sources(self) -> int:
        return int(getattr(self.topic, "source_count", 0))

    @property
    def tokens(self) -> int:
        return self.topic.prompt_tokens + self.topic.completion_tokens

    @property
    def cost(self) -> Decimal | None:
        """USD; None: unknown."""
        return self.run.cost_of(self.topic.prompt_tokens, self.topic.completion_tokens)

    @property
    def spent(self) -> float:
        """What the list is sorted by where the cost is asked for: USD, else tokens."""
        return float(self.tokens if self.cost is None else self.cost)

    @property
    def seconds(self) -> float:
        return self.topic.seconds or 0.0

    @property
    def version(self) -> str:
        """Another one as soon as the topic's report shows something else."""
        topic = self.topic
        reviewed = topic.reviewed_at.timestamp() if topic.reviewed_at else 0
        return f"{topic.attempt}-{topic.status}-{self.sources}-{self.tokens}-{reviewed}"

    @property
    def busy_since(self) -> datetime | None:
        """When the crew began what it does now."""
        return self.now.at if self.now else self.topic.started_at

    @property
    def busy_seconds(self) -> float | None:
        return (timezone.now() - self.busy_since).total_seconds() if self.busy_since else None

    @property
    def facts(self) -> list[str]:
        """What the topic took, in words; how long it took counts on in the page."""
        found = [f"{self.sources} source{'' if self.sources == 1 else 's'}"] if self.sources else []
        if self.tokens:
            found.append(tokens_in_words(self.tokens, self.topic.tokens_estimated))
        if self.cost:
            found.append(usd(self.cost))
        return found

    @property
    def given(self) -> str:
        """The row's inputs in short, which tell it from others of the same topic."""
        values = " · ".join(filter(None, self.topic.inputs.values()))
        return values if len(values) <= MAX_GIVEN else f"{values[:MAX_GIVEN]} …"

    @property
    def marks(self) -> list[Mark]:
        return list(_marks(self.topic))


def _marks(topic: Topic) -> Iterator[Mark]:
    """What stands beside a topic's state, the weightiest first."""
    if topic.incomplete:
        yield Mark("incomplete", marks.INCOMPLETE, marks.INCOMPLETE_HINT)
    if topic.finding == Finding.UNCITED:
        yield Mark("uncited", findings.label(topic), findings.advice(topic))
    if topic.checked and topic.doubts:
        yield Mark("doubts", topic.doubts, claims_in_words(topic.checked))
    if topic.check_note:
        yield Mark("unchecked", UNCHECKED, topic.check_note)
    if topic.unknown_citations:
        number = topic.unknown_citations
        text = f"{number} unknown citation{'' if number == 1 else 's'}"
        yield Mark("unknown", text, "Numbers of sources that the crew never saw")
    if topic.review != Review.UNREVIEWED:
        yield Mark(topic.review, topic.review, topic.review_note)
    if topic.tokens_estimated:
        yield Mark("estimated", f"tokens {marks.ESTIMATED}", marks.ESTIMATED_HINT)
    if topic.attempt > 1:
        yield Mark("attempt", f"attempt {topic.attempt}", "It was retried")


def _state(line: Line) -> int:
    return list(Status).index(Status(line.topic.status))


def _review(line: Line) -> int:
    return REVIEWS.index(Review(line.topic.review))


REVIEWS = (Review.UNREVIEWED, Review.REJECTED, Review.APPROVED)
SORTS: dict[str, tuple[str, Callable[[Line], float]]] = {
    # By name: what the page calls it, and what the lines are sorted by; arrange.js sorts alike.
    "": ("number", lambda line: 0),
    "state": ("state", _state),
    "review": ("not reviewed first", _review),
    "sources": ("most sources", lambda line: -line.sources),
    "cost": ("highest cost", lambda line: -line.spent),
    "time": ("longest time", lambda line: -line.seconds),
}


def listed(topics: "QuerySet[Topic]") -> "QuerySet[Topic]":
    """Topics as `lines_of` needs them: with the beginning of the result instead of all of it."""
    sources = Source.objects.filter(topic=OuterRef("pk")).order_by().values("topic")
    return (
        topics.select_related("reviewed_by")
        .defer("result")
        .annotate(
            beginning=Left("result", BEGINNING),
            source_count=Coalesce(Subquery(sources.annotate(n=Count("pk")).values("n")), 0),
        )
    )


def lines_of(run: Run, topics: Sequence[Topic], sort: str = "") -> list[Line]:
    """The lines of some of a run's topics, sorted by one of SORTS, then by number."""
    now = {event.position: event for event in run.events.telling()} if run.is_open else {}
    sentences, run_url = _sentences(topics), run.get_absolute_url()
    lines = [
        Line(
            run,
            topic,
            now.get(topic.position) if topic.status in AT_WORK else None,
            sentences.get(topic.pk, ""),
            run_url,
        )
        for topic in topics
    ]
    _, key = SORTS.get(sort, SORTS[""])
    return sorted(lines, key=lambda line: (key(line), line.topic.position))


def _sentences(topics: Sequence[Topic]) -> dict[int, str]:
    """The first sentences of ended topics by their keys; each is looked for once."""
    ended = [topic for topic in topics if topic.status == Status.SUCCEEDED]
    keys = {
        topic.pk: f"sentence-{topic.run_id}-{topic.position}-{topic.attempt}" for topic in ended
    }
    kept = cache.get_many(keys.values())
    found = {
        keys[topic.pk]: first_sentence(getattr(topic, "beginning", ""))
        for topic in ended
        if keys[topic.pk] not in kept
    }
    cache.set_many(found)
    return {pk: (kept | found)[key] for pk, key in keys.items()}


def positions_in(text: str) -> set[int]:
    """The positions that a query string or a form names: `3,7`; all else is left out."""
    numbers = (part for part in text.split(",") if part.isdecimal() and len(part) < 7)
    return set(map(int, numbers))
