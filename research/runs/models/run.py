"""A run: many topics, one blueprint, one model."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Self

from django.db import connection, models
from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from research.crews.llms.price_list import Price
from research.exceptions import NoPrice
from research.kinds import Kind
from research.people.models import Team
from research.people.visible import OfTeam
from research.runs.allowance import Allowance
from research.runs.models.event import NewEvent
from research.runs.models.fields import OrderedJSONField
from research.runs.models.functions import claims_with, crew_seconds
from research.runs.models.spending import Spending
from research.runs.models.status import (
    CANCELLABLE,
    OPEN,
    Finding,
    Priority,
    Review,
    Status,
    Verdict,
    in_words,
)
from research.runs.models.topic import Topic, span
from research.runs.models.topic_queries import words_of
from research.sources.where import Where
from research.tables.columns import Column, key_of
from research.tables.exceptions import UnknownColumn
from research.text.money import usd

# By hand, as it is asked at every topic's end: Django takes 1 ms to put it together.
ANY_OPEN = "SELECT 1 FROM research_topic WHERE run_id = %s AND status IN (%s, %s, %s) LIMIT 1"
LOCAL = "local"  # the caller where nobody signs in: the person at this machine


class RunQuerySet(OfTeam, models.QuerySet["Run"]):
    def newest_first(self) -> Self:
        return self.order_by("-created_at", "-id")

    def before(self, created_at: datetime, pk: uuid.UUID) -> Self:
        """The runs that stand after this one in `newest_first`, for paging without an offset."""
        return self.filter(Q(created_at__lt=created_at) | Q(created_at=created_at, id__lt=pk))

    def after(self, created_at: datetime, pk: uuid.UUID) -> Self:
        """The runs that stand before this one in `newest_first`."""
        return self.filter(Q(created_at__gt=created_at) | Q(created_at=created_at, id__gt=pk))

    def matching(self, words: str) -> Self:
        """Runs that hold all the words, in their name or in topics' texts and results."""
        runs = self
        for word in words_of(words):
            topics = Topic.objects.holding(word).filter(run=models.OuterRef("pk"))
            runs = runs.filter(Q(name__icontains=word) | models.Exists(topics))
        return runs

    def with_counts(self) -> Self:
        """Adds `topic_count`, `succeeded_count`, `failed_count`, `approved_count`,
        `rejected_count`, `token_count`, of these `prompt_count`, and `crew_seconds`; of those that
        succeeded, `nothing_count` found nothing, `uncited_count` cite no source and
        `unchecked_count` could not be checked. Of claims, `invented_count` are invented and
        `differs_count` differ, None: no result was checked; `awaiting_count` need a person, None:
        not one.
        """
        awaiting = _per_run(Count("claims"), claims__awaiting=True)
        counts = {name: _per_run(counted, kind) for name, (counted, kind) in COUNTS.items()}
        return self.annotate(**counts, awaiting_count=awaiting)


COUNTS: "dict[str, tuple[models.Aggregate, models.Field[Any, Any] | None]]" = {
    "topic_count": (Count("pk"), None),
    "succeeded_count": (Count("pk", filter=Q(status=Status.SUCCEEDED)), None),
    "failed_count": (Count("pk", filter=Q(status=Status.FAILED)), None),
    "nothing_count": (Count("pk", filter=Q(finding=Finding.NOTHING_FOUND)), None),
    "uncited_count": (Count("pk", filter=Q(finding=Finding.UNCITED)), None),
    "unchecked_count": (Count("pk", filter=~Q(check_note="")), None),
    "invented_count": (claims_with(Verdict.INVENTED), None),
    "differs_count": (claims_with(Verdict.DIFFERS), None),
    "approved_count": (Count("pk", filter=Q(review=Review.APPROVED)), None),
    "rejected_count": (Count("pk", filter=Q(review=Review.REJECTED)), None),
    "prompt_count": (Sum("prompt_tokens"), None),
    "token_count": (Sum(F("prompt_tokens") + F("completion_tokens")), None),
    "crew_seconds": (crew_seconds(), models.FloatField()),
}
"""Of a run's topics, by the name that a run has them under; of another type than integers."""


def count_topics(runs: Sequence["Run"]) -> None:
    """Gives the runs of a page what `with_counts` adds, in two queries.

    Thirteen subqueries in the page's own took 12 ms of work, most of it to write them.
    """
    keys = [run.pk for run in runs]
    topics = Topic.objects.filter(run__in=keys).order_by().values("run")
    found = topics.annotate(**{name: counted for name, (counted, _) in COUNTS.items()})
    by_run = {row.pop("run"): row for row in found}
    claims = Topic.objects.filter(run__in=keys, claims__awaiting=True).order_by()
    awaiting = dict(claims.values_list("run").annotate(Count("claims")))
    nothing = dict.fromkeys(COUNTS)
    for run in runs:
        vars(run).update(by_run.get(run.pk, nothing), awaiting_count=awaiting.get(run.pk))


def _per_run(
    aggregate: models.Aggregate,
    output_field: "models.Field[Any, Any] | None" = None,
    **wanted: Any,
) -> models.Subquery:
    """An aggregate over a run's topics as a subquery, so that it is worked out for a page only."""
    topics = Topic.objects.filter(run=models.OuterRef("pk"), **wanted).order_by().values("run")
    return models.Subquery(
        topics.annotate(value=aggregate).values("value"),
        output_field=output_field or models.IntegerField(),
    )


def _usd(help_text: str = "") -> "models.DecimalField[Decimal | None, Decimal | None]":
    return models.DecimalField(null=True, max_digits=14, decimal_places=6, help_text=help_text)


class Run(models.Model):
    """One submission: many topics, one blueprint as it was then, one model."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200, blank=True, db_default="")
    starred = models.BooleanField(default=False, db_default=False)
    blueprint = models.CharField(max_length=50)
    definition = OrderedJSONField(help_text="The blueprint as it was when the run was submitted.")
    columns = OrderedJSONField(
        default=list,
        db_default=models.Value([], OrderedJSONField()),
        help_text="What is asked of every row: name, type, unit, choices, ask.",
    )
    waiting = OrderedJSONField(
        default=list,
        db_default=models.Value([], OrderedJSONField()),
        help_text="Rows behind a pilot, not started: topic and inputs of each.",
    )
    model = models.CharField(max_length=200)
    where = models.JSONField(
        default=dict, db_default={}, help_text="Where its crews look, as the API takes it."
    )
    status = models.CharField(max_length=10, choices=Status, default=Status.QUEUED)
    priority = models.SmallIntegerField(
        choices=Priority, default=Priority.NORMAL, db_default=Priority.NORMAL
    )
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    last_seq = models.PositiveIntegerField(default=0)
    compares = models.ForeignKey(
        "self", models.SET_NULL, null=True, related_name="comparisons", help_text="A table."
    )
    team = models.ForeignKey(
        Team, models.PROTECT, null=True, related_name="runs", help_text="None: nobody signed in."
    )
    caller = models.CharField(
        max_length=150, default=LOCAL, db_default=LOCAL, help_text="The user who submitted it."
    )
    idempotency_key = models.CharField(
        max_length=200, null=True, help_text="The caller's own, in the team."
    )
    idempotency_digest = models.CharField(
        max_length=64, blank=True, db_default="", help_text="Of what the key's request asked for."
    )
    again_of = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        related_name="again",
        help_text="The run whose topics this one runs again.",
    )
    token_budget = models.PositiveBigIntegerField(null=True)
    money_budget = _usd(help_text="USD")
    prompt_price = _usd(help_text="USD per million tokens, as it was then; empty: unknown.")
    completion_price = _usd()

    objects = RunQuerySet.as_manager()

    class Meta:
        permissions = [("review", "Can decide on claims and results")]
        constraints = [
            models.UniqueConstraint(
                fields=["team", "caller", "idempotency_key"], name="one_run_per_teams_key"
            ),
            models.UniqueConstraint(
                fields=["caller", "idempotency_key"],
                condition=Q(team=None),
                name="one_run_per_callers_key",
            ),
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="run_newest"),  # history, API list
            models.Index(fields=["team", "-created_at", "-id"], name="run_of_team"),  # the same
            models.Index(fields=["status", "-created_at"], name="run_by_status"),  # their filter
            models.Index(fields=["model", "blueprint", "-created_at"], name="run_by_model"),
        ]

    def __str__(self) -> str:
        return f"{self.blueprint} {str(self.id)[:8]}"

    def get_absolute_url(self) -> str:
        return reverse("run", args=[self.id])

    @property
    def look(self) -> Where:
        """Where its crews look; anywhere, in runs that are older than the choice."""
        return Where.of(self.where)

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def is_table(self) -> bool:
        return bool(self.columns)

    @property
    def table_columns(self) -> tuple[Column, ...]:
        """The columns, as they were checked when they came."""
        return tuple(Column.model_validate(column) for column in self.columns)

    def column(self, name: str) -> Column:
        """The column that is called so, in any case. Raises UnknownColumn."""
        columns = self.table_columns
        for column in columns:
            if column.key == key_of(name):
                return column
        known = ", ".join(column.name for column in columns) or "none"
        raise UnknownColumn(name=name[:80], known=known)

    @property
    def wall_seconds(self) -> float | None:
        """From the first crew's start to the last one's end, or to now; None before the start."""
        return span(self.started_at, self.finished_at)

    @property
    def shown_status(self) -> str:
        """The state, or `nothing_found` where every topic succeeded and none found anything.

        Reads what `with_counts` adds.
        """
        nothing: int = getattr(self, "nothing_count", 0) or 0
        if self.status == Status.SUCCEEDED and nothing == getattr(self, "topic_count", None):
            return Finding.NOTHING_FOUND.value
        return self.status

    @property
    def doubts(self) -> str:
        """`2 invented, 1 differs`, from what `with_counts` adds; empty where no claim is worse."""
        counts: dict[str, int | None] = {
            Verdict.INVENTED: getattr(self, "invented_count", 0),
            Verdict.DIFFERS: getattr(self, "differs_count", 0),
        }
        return in_words(counts)

    @property
    def has_budget(self) -> bool:
        return self.token_budget is not None or self.money_budget is not None

    @property
    def price(self) -> Price | None:
        """The model's price as it was when the run was submitted; None: unknown."""
        if self.prompt_price is None or self.completion_price is None:
            return None
        return Price(self.prompt_price, self.completion_price)

    def cost_of(self, prompt: int, completion: int) -> Decimal | None:
        """USD for that many tokens; None: unknown."""
        return self.price.of(prompt, completion) if self.price else None

    def spending(self) -> Spending:
        """What the topics have used and hold now, in one query."""
        columns = {
            "prompt": "prompt_tokens",
            "completion": "completion_tokens",
            "calls": "model_calls",
            "prompt_reserved": "prompt_reserved",
            "completion_reserved": "completion_reserved",
        }
        sums = {name: Coalesce(Sum(column), 0) for name, column in columns.items()}
        return Spending(**self.topics.order_by().aggregate(**sums))

    @property
    def cost(self) -> Decimal | None:
        """USD so far, from what `with_counts` adds; None: unknown."""
        prompt: int = getattr(self, "prompt_count", 0) or 0
        return self.cost_of(prompt, (getattr(self, "token_count", 0) or 0) - prompt)

    @property
    def reviews(self) -> dict[str, int]:
        """How many topics have each state of review, from what `with_counts` adds."""
        topics, approved, rejected = (
            getattr(self, name, 0) or 0
            for name in ("topic_count", "approved_count", "rejected_count")
        )
        return {
            Review.UNREVIEWED: topics - approved - rejected,
            Review.APPROVED: approved,
            Review.REJECTED: rejected,
        }

    @property
    def reviewed_count(self) -> int:
        """Topics that a person has approved or rejected, from what `with_counts` adds."""
        reviews = self.reviews
        return reviews[Review.APPROVED] + reviews[Review.REJECTED]

    def has_room(self, prompt: int, completion: int) -> bool:
        """Whether that many tokens in all are within the budget."""
        tokens, cost = prompt + completion, self.cost_of(prompt, completion)
        if self.token_budget is not None and tokens > self.token_budget:
            return False
        return self.money_budget is None or cost is None or cost <= self.money_budget

    def overspent(self, prompt: int, completion: int) -> str:
        """What that many tokens have used up, as in `20,431 of its 20,000 tokens`; else nothing."""
        tokens, cost = prompt + completion, self.cost_of(prompt, completion)
        if self.token_budget is not None and tokens >= self.token_budget:
            return f"{tokens:,} of its {self.token_budget:,} tokens"
        if self.money_budget is not None and cost is not None and cost >= self.money_budget:
            return f"{usd(cost)} of its {usd(self.money_budget)}"
        return ""

    def begin(self) -> list[NewEvent]:
        """A topic has started: the run is running, which is told once."""
        if self.status != Status.QUEUED:
            return []
        self.status, self.started_at = Status.RUNNING, self.started_at or timezone.now()
        begun = Run.objects.filter(pk=self.pk, status=Status.QUEUED).update(
            status=Status.RUNNING, started_at=self.started_at
        )
        if not begun:
            return []
        return [NewEvent(self.pk, Kind.RUN_STARTED, data={"model": self.model})]

    def cancel(self) -> list[NewEvent]:
        """Says that the whole run is to end; its topics are cancelled one by one.

        A run that has ended stays as it is.
        """
        asked = Run.objects.filter(pk=self.pk, status__in=CANCELLABLE).update(
            status=Status.CANCELLING
        )
        if not asked:
            return []
        self.status = Status.CANCELLING
        return [NewEvent(self.pk, Kind.RUN_CANCELLING)]

    def allow(self, allowance: Allowance, price: Price | None) -> None:
        """Sets another budget; what the allowance leaves open stays.

        `price` is the model's as it is now, for a run that has none yet. Raises NoPrice.
        """
        if allowance == Allowance():
            return
        if allowance.usd is not None and self.price is None:
            if price is None:
                raise NoPrice(name=self.model)
            self.prompt_price, self.completion_price = price.prompt, price.completion
        self.token_budget = allowance.tokens or self.token_budget
        self.money_budget = allowance.usd or self.money_budget
        self.save(
            update_fields=["token_budget", "money_budget", "prompt_price", "completion_price"]
        )

    def reopen(self) -> None:
        """A topic is queued again: the run has not finished after all."""
        if (
            Run.objects.filter(pk=self.pk)
            .exclude(status__in=OPEN)
            .update(status=Status.QUEUED, finished_at=None)
        ):
            self.status, self.finished_at = Status.QUEUED, None

    def settle(self) -> list[NewEvent]:
        """Finishes the run when none of its topics is open any more; the caller holds its row.

        Needs no more of the run than its key.
        """
        if self._has_open_topics():
            return []
        counts = dict(self.topics.order_by().values_list("status").annotate(Count("pk")))
        status, now = _sum_up(counts), timezone.now()
        finished = Run.objects.filter(pk=self.pk, status__in=OPEN).update(
            status=status, finished_at=now
        )
        if not finished:
            return []
        self.status, self.finished_at = status, now
        return [
            NewEvent(self.pk, Kind.RUN_FINISHED, data={"status": status.value, "topics": counts})
        ]

    def _has_open_topics(self) -> bool:
        key = self._meta.pk.get_db_prep_value(self.pk, connection)
        with connection.cursor() as cursor:
            cursor.execute(ANY_OPEN, [key, *OPEN])
            return bool(cursor.fetchone())


def _sum_up(counts: dict[str, int]) -> Status:
    """A finished run's state from how many of its topics ended how."""
    ended = {status for status, number in counts.items() if number}
    if ended == {Status.SUCCEEDED}:
        return Status.SUCCEEDED
    if Status.SUCCEEDED in ended:
        return Status.PARTIAL
    return Status.FAILED if Status.FAILED in ended else Status.CANCELLED
