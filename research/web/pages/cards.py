"""A run as its page shows it: a summary on top, and a card for each topic."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Prefetch, Q, Sum, prefetch_related_objects
from django.db.models.functions import Left
from django.template.loader import get_template
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from research.exceptions import BudgetSpent
from research.runs import engines, findings
from research.runs.models import (
    AT_WORK,
    OPEN,
    RETRIABLE,
    Event,
    Finding,
    Run,
    Source,
    Status,
    Topic,
)
from research.runs.models.functions import crew_seconds, speed_up
from research.web.pages.rendering import render_markdown

BUDGET_SPENT = BudgetSpent(spent="").code
LARGER = 2  # times the budget that was too small
EXCERPT = 1200  # characters that a card shows of a source; the admin shows all of it


@dataclass(frozen=True)
class Summary:
    """The run in numbers."""

    run: Run
    counts: dict[str, int]  # topics by status, in the order of Status; none without a topic
    prompt_tokens: int
    completion_tokens: int
    over_budget: int  # topics that failed because the budget was spent
    crew_seconds: float
    nothing_found: int  # topics that succeeded, and rest on nothing
    uncited: int  # topics that succeeded, and cite none of the sources seen

    @property
    def shown_status(self) -> str:
        """The run's state, or `nothing_found` where that is what all its topics have to say."""
        is_all = self.run.status == Status.SUCCEEDED and self.nothing_found == self.total
        return Finding.NOTHING_FOUND.value if is_all else self.run.status

    @property
    def tokens(self) -> int:
        return self.prompt_tokens + self.completion_tokens

    @property
    def cost(self) -> Decimal | None:
        """USD; None: unknown."""
        return self.run.cost_of(self.prompt_tokens, self.completion_tokens)

    @property
    def larger_token_budget(self) -> int:
        """What to offer when the budget was too small."""
        return LARGER * max(self.run.token_budget or 0, self.tokens)

    @property
    def larger_money_budget(self) -> str:
        return f"{LARGER * max(self.run.money_budget or 0, self.cost or 0):.6f}".rstrip("0").rstrip(
            "."
        )

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def done(self) -> int:
        return sum(number for status, number in self.counts.items() if status not in OPEN)

    @property
    def retriable(self) -> int:
        return sum(self.counts.get(status, 0) for status in RETRIABLE)

    @property
    def at_work(self) -> int:
        return sum(self.counts.get(status, 0) for status in AT_WORK)

    @cached_property
    def waits_for(self) -> str:
        """Why no crew has started yet."""
        return engines.engine().lacks() or "waiting for a free crew"

    @property
    def speed_up(self) -> float | None:
        """Crew time over wall time; None before the run started."""
        return speed_up(self.crew_seconds, self.run.wall_seconds)


def summary_of(run: Run) -> Summary:
    rows = (
        run.topics.order_by()
        .values("status")
        .annotate(
            number=Count("pk"),
            prompt=Sum("prompt_tokens"),
            completion=Sum("completion_tokens"),
            worked=crew_seconds(),
            over_budget=Count("pk", filter=Q(error_kind=BUDGET_SPENT)),
            nothing_found=Count("pk", filter=Q(finding=Finding.NOTHING_FOUND)),
            uncited=Count("pk", filter=Q(finding=Finding.UNCITED)),
        )
    )
    by_status = {row["status"]: row for row in rows}
    return Summary(
        run,
        counts={s.value: by_status[s]["number"] for s in Status if s in by_status},
        prompt_tokens=sum(row["prompt"] for row in by_status.values()),
        completion_tokens=sum(row["completion"] for row in by_status.values()),
        over_budget=sum(row["over_budget"] for row in by_status.values()),
        nothing_found=sum(row["nothing_found"] for row in by_status.values()),
        uncited=sum(row["uncited"] for row in by_status.values()),
        crew_seconds=sum(row["worked"] for row in by_status.values()),
    )


@dataclass(frozen=True)
class Step:
    """The output of a task before the last one, whose output is the result."""

    name: str
    agent: str
    seconds: float
    output: SafeString


@dataclass(frozen=True)
class Card:
    """A topic with what `templates/jinja2/research/card.html` shows of it."""

    topic: Topic
    now: Event | None

    @property
    def anchor(self) -> str:
        return f"topic-{self.topic.position}"

    @property
    def busy_since(self) -> datetime | None:
        """When the crew began what it does now."""
        return self.now.at if self.now else self.topic.started_at

    @property
    def busy_seconds(self) -> float | None:
        return (timezone.now() - self.busy_since).total_seconds() if self.busy_since else None

    @property
    def tokens(self) -> int:
        return self.topic.prompt_tokens + self.topic.completion_tokens

    @property
    def state(self) -> str:
        """The topic's state, or `nothing_found` where it succeeded without finding anything."""
        is_nothing = self.topic.finding == Finding.NOTHING_FOUND
        return Finding.NOTHING_FOUND.value if is_nothing else self.topic.status

    @property
    def finding(self) -> str:
        return findings.label(self.topic)

    @property
    def advice(self) -> str:
        return findings.advice(self.topic)

    @cached_property
    def sources(self) -> dict[int, Source]:
        return {source.number: source for source in self.topic.sources.all()}

    @property
    def result(self) -> SafeString:
        return self._render(self.topic.result)

    @property
    def steps(self) -> list[Step]:
        return [
            Step(
                result.name,
                result.agent,
                (result.finished_at - result.started_at).total_seconds(),
                self._render(result.output),
            )
            for result in self.topic.task_results.all()
            if result.attempt == self.topic.attempt and result.output != self.topic.result
        ]

    def _render(self, text: str) -> SafeString:
        return render_markdown(text, self.sources, f"{self.anchor}-source-")


def cards_html(run: Run, topics: Sequence[Topic]) -> list[SafeString]:
    """The cards of some of a run's topics. A card is made again when what it shows has changed.

    How long a crew has been busy does not count: the page counts on by itself.
    """
    now = {event.position: event for event in run.events.telling()} if run.is_open else {}
    keys = {topic.pk: _key(topic, now.get(topic.position)) for topic in topics}
    kept = cache.get_many(keys.values())
    missing = [topic for topic in topics if keys[topic.pk] not in kept]
    made = {
        keys[card.topic.pk]: _render("research/card.html", card=card)
        for card in cards_of(missing, now)
    }
    cache.set_many(made)
    return [(kept | made)[keys[topic.pk]] for topic in topics]


def lanes_html(topics: Sequence[Topic]) -> SafeString:
    """The timeline's lanes, one for each topic."""
    return _render("research/lanes.html", topics=topics)


def _render(template: str, **context: Any) -> SafeString:
    """Jinja has escaped what stands in it."""
    return mark_safe(get_template(template, using="jinja2").render(context))  # noqa: S308


def _key(topic: Topic, now: Event | None) -> str:
    """What tells one state of a card from another."""
    seq = now.seq if now and topic.status in AT_WORK else 0
    return f"card-{topic.run_id}-{topic.position}-{topic.attempt}-{topic.status}-{seq}"


def cards_of(topics: Sequence[Topic], now: Mapping[int | None, Event]) -> list[Card]:
    """The cards of topics whose `result` may be deferred; a fixed number of queries."""
    excerpts = Source.objects.defer("text").annotate(excerpt=Left("text", EXCERPT + 1))
    prefetch_related_objects(topics, "task_results", Prefetch("sources", excerpts))
    ended = [topic.pk for topic in topics if not topic.is_open]
    results = dict(Topic.objects.filter(pk__in=ended).values_list("pk", "result"))
    for topic in topics:
        topic.result = results.get(topic.pk, "")
    return [
        Card(topic, now.get(topic.position) if topic.status in AT_WORK else None)
        for topic in topics
    ]
