"""A run in numbers, and the failures that its topics share."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce

from research.crews.llms.catalog import OFFLINE
from research.exceptions import BudgetSpent
from research.runs import engines
from research.runs.estimate import Forecast, forecast_of
from research.runs.models import (
    AT_WORK,
    OPEN,
    RETRIABLE,
    Claim,
    Finding,
    Review,
    Run,
    Source,
    Status,
    Verdict,
)
from research.runs.models.functions import claims_with, crew_seconds, speed_up
from research.runs.models.status import in_words
from research.sources import engines as engines_of_search

BUDGET_SPENT = BudgetSpent(spent="").code
LARGER = 2  # times the budget that was too small

_FIGURES = re.compile(r"[0-9]+(?:[.,:][0-9]+)*")


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
    unchecked: int  # topics whose result could not be checked
    invented: int  # claims
    differs: int
    incomplete: int  # topics that rest on an answer which the provider cut
    estimated: int  # topics with tokens that the provider did not tell
    reviewed: int
    rejected: int

    @cached_property
    def forecast(self) -> Forecast | None:
        """What the rows that wait are going to take."""
        return forecast_of(self.run)

    @property
    def shown_status(self) -> str:
        """The run's state, or `nothing_found` where that is what all its topics have to say."""
        is_all = self.run.status == Status.SUCCEEDED and self.nothing_found == self.total
        return Finding.NOTHING_FOUND.value if is_all else self.run.status

    @property
    def doubts(self) -> str:
        """`2 invented, 1 differs`: the claims that do not hold at all; else empty."""
        return in_words({Verdict.INVENTED: self.invented, Verdict.DIFFERS: self.differs})

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
    def awaiting(self) -> int:
        """How many claims need a person."""
        return Claim.objects.of_run(self.run.pk).awaiting_review().count()

    @cached_property
    def waits_for(self) -> str:
        """Why no crew has started yet."""
        return engines.engine().lacks() or "waiting for a free crew"

    @cached_property
    def searches_library_only(self) -> bool:
        """Whether the run's model could search the web, if that were set up, and never has."""
        if self.run.model == OFFLINE or engines_of_search.ready():
            return False
        on_the_web = Source.objects.filter(topic__run=self.run, url__startswith="http")
        return not on_the_web.exists()

    @property
    def speed_up(self) -> float | None:
        """Crew time over wall time; None before the run started."""
        return speed_up(self.crew_seconds, self.run.wall_seconds)

    @property
    def mark(self) -> str:
        """What stands before the run's name in a browser's tab; run.js writes the same."""
        if self.run.is_open:
            return f"({self.done}/{self.total})"
        return "✓" if self.run.status in (Status.SUCCEEDED, Status.PARTIAL) else "✗"


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
            unchecked=Count("pk", filter=~Q(check_note="")),
            invented=Coalesce(claims_with(Verdict.INVENTED), 0),
            differs=Coalesce(claims_with(Verdict.DIFFERS), 0),
            incomplete=Count("pk", filter=Q(incomplete=True)),
            estimated=Count("pk", filter=Q(tokens_estimated=True)),
            reviewed=Count("pk", filter=~Q(review=Review.UNREVIEWED)),
            rejected=Count("pk", filter=Q(review=Review.REJECTED)),
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
        unchecked=sum(row["unchecked"] for row in by_status.values()),
        invented=sum(row["invented"] for row in by_status.values()),
        differs=sum(row["differs"] for row in by_status.values()),
        incomplete=sum(row["incomplete"] for row in by_status.values()),
        estimated=sum(row["estimated"] for row in by_status.values()),
        reviewed=sum(row["reviewed"] for row in by_status.values()),
        rejected=sum(row["rejected"] for row in by_status.values()),
        crew_seconds=sum(row["worked"] for row in by_status.values()),
    )


@dataclass(frozen=True)
class Cause:
    """Why several topics of a run failed."""

    kind: str
    message: str
    topics: list[tuple[int, str]]  # position and text

    @property
    def positions(self) -> str:
        """As the form that retries them sends it: `3,7,12`."""
        return ",".join(str(position) for position, _ in self.topics)


def shared_causes(run: Run) -> list[Cause]:
    """The failures that two topics or more have in common, the most frequent ones first.

    Messages that differ in their figures only (seconds to wait, tokens spent) are the same cause.
    """
    failed = run.topics.filter(status=Status.FAILED).values_list(
        "position", "text", "error_kind", "error_message"
    )
    causes: dict[tuple[str, str], Cause] = {}
    for position, text, kind, message in failed:
        key = kind, _FIGURES.sub("0", message)
        causes.setdefault(key, Cause(kind, message, [])).topics.append((position, text))
    return _most_frequent(causes.values())


def _most_frequent(causes: Iterable[Cause]) -> list[Cause]:
    shared = (cause for cause in causes if len(cause.topics) > 1)
    return sorted(shared, key=lambda cause: len(cause.topics), reverse=True)
