"""What teams may use, and have used: counted from runs that are stored or were deleted."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum
from django.utils import timezone

from research.exceptions import NoPrice, QuotaSpent
from research.kinds import QUEUES
from research.people.models import Team
from research.runs.models import OPEN, DeletedUse, Event, Run, Topic
from research.runs.models.functions import USED
from research.text.money import usd


@dataclass(frozen=True)
class Use:
    """What a team uses: crews now, topics since midnight, tokens and USD since the month began.

    A topic counts with all its attempts in the month in which it was last started.
    """

    crews: int = 0
    topics: int = 0
    token_count: int = 0
    usd: Decimal = Decimal(0)
    unpriced: int = 0
    """Tokens of models whose price is not known: not part of `usd`."""

    def __add__(self, other: "Use") -> "Use":
        mine, its = vars(self), vars(other)
        return Use(**{name: mine[name] + its[name] for name in mine})


@dataclass(frozen=True)
class Quota:
    """One limit of a team, beside what is used of it."""

    what: str
    used: int | Decimal
    most: int | Decimal
    note: str = ""
    """Who has set it."""

    @property
    def words(self) -> str:
        """`120 of 1,000 topics today`."""
        if isinstance(self.most, Decimal):
            return f"{usd(Decimal(self.used))} of {usd(self.most)} {self.what}"
        return f"{self.used:,} of {self.most:,} {self.what}"


def uses_of(teams: Iterable[Team]) -> dict[int, Use]:
    """By the teams' keys; three queries for any number of them."""
    keys = [team.pk for team in teams]
    stored = _stored_uses(team__in=keys)
    deleted = DeletedUse.objects.filter(team__in=keys, deleted_at__gte=_month()).values("team")
    sums = deleted.annotate(
        today=Sum("topics", filter=Q(deleted_at__gte=_midnight()), default=0),
        spent=Sum("token_count"),
        money=Sum("usd"),
        unknown=Sum("unpriced"),
    )
    gone = {
        row["team"]: Use(0, row["today"], row["spent"], row["money"], row["unknown"])
        for row in sums
    }
    return {key: stored.get(key, Use()) + gone.get(key, Use()) for key in keys}


def keep_use(runs: Iterable[uuid.UUID]) -> None:
    """Before runs are deleted: what they used of their teams' quotas counts on."""
    DeletedUse.objects.filter(deleted_at__lt=_month()).delete()  # counts no more
    DeletedUse.objects.bulk_create(
        DeletedUse(
            team_id=team,
            topics=use.topics,
            token_count=use.token_count,
            usd=use.usd,
            unpriced=use.unpriced,
        )
        for team, use in _stored_uses(pk__in=list(runs), team__isnull=False).items()
        if use != Use()
    )


def _stored_uses(**of: Any) -> dict[int, Use]:
    """By team, of runs that are stored; two queries."""
    day, month = _midnight(), _month()
    topics = Topic.objects.order_by().filter(**{f"run__{name}": of[name] for name in of})
    unstarted = Q(started_at=None, finished_at__gte=month)  # asked for again, and cancelled in line
    counted = Q(status__in=OPEN) | Q(started_at__gte=month) | unstarted
    spent = topics.filter(counted).values("run__team")
    sums = spent.annotate(crews=Count("pk", filter=Q(status__in=OPEN)), **USED)
    runs = Run.objects.filter(Q(finished_at=None) | Q(finished_at__gte=day), **of)
    started = Event.objects.order_by().filter(run__in=runs, kind__in=QUEUES, at__gte=day)
    today = dict(started.values_list("run__team").annotate(Count("pk")))
    found = {row.pop("run__team"): row for row in sums}
    keys = found.keys() | today.keys()
    return {key: Use(topics=today.get(key, 0), **found.get(key, {})) for key in keys}


def quotas_of(team: Team, use: Use) -> list[Quota]:
    """The team's limits; empty where it has none."""
    uses: tuple[tuple[str, int | Decimal], ...] = (
        ("crews at work or in line", use.crews),
        ("topics today", use.topics),
        ("tokens this month", use.token_count),
        (f"this month{_beside(use)}", use.usd),
    )
    limits = zip(*(vars(each).values() for each in (team.limits, team.most)), strict=True)
    return [
        Quota(what, used, limit, _note(limit, most))
        for (what, used), (limit, most) in zip(uses, limits, strict=True)
        if limit is not None
    ]


def _note(limit: int | Decimal, most: int | Decimal | None) -> str:
    if limit == most:
        return "set by administrators"
    allowed = f"; administrators allow {amount(most)}" if most is not None else ""
    return f"set by the team's managers{allowed}"


def amount(quota: int | Decimal) -> str:
    """`$2.50`, `1,000`."""
    return usd(quota) if isinstance(quota, Decimal) else f"{quota:,}"


def _beside(use: Use) -> str:
    """Unknown is not zero."""
    return f", and {use.unpriced:,} tokens whose price is not known" if use.unpriced else ""


def refuse_over_quota(team: Team, run: Run, asked: int) -> None:
    """For topics that this transaction has queued, and whose events are not stored yet.

    `team` is the run's, as its row is now, which the caller holds. Raises QuotaSpent, and NoPrice
    where the team's USD are limited and the model's price is not known.
    """
    if not team.limits:
        return
    limits, use = team.limits, uses_of([team])[team.pk]
    if limits.usd_a_month is not None and run.price is None:
        raise NoPrice(name=run.model)
    if limits.crews_at_once is not None and (over := use.crews - limits.crews_at_once) > 0:
        told = f"{_of(use.crews - asked, limits.crews_at_once)} crews at work or in line"
        when = f"when {over:,} of them have ended"
        if asked > limits.crews_at_once:
            when = f"for {limits.crews_at_once:,} at most, when the others have ended"
        raise QuotaSpent(team=team, used=told, asked=f" and this asks for {asked:,}", when=when)
    if limits.topics_a_day is not None and use.topics + asked > limits.topics_a_day:
        told = f"{_of(use.topics, limits.topics_a_day)} topics of a day"
        when = f"on {_told(_midnight() + timedelta(days=1))}"
        if asked > limits.topics_a_day:
            when += f", for {limits.topics_a_day:,} at most"
        raise QuotaSpent(team=team, used=told, asked=f" and this asks for {asked:,}", when=when)
    spent = ""
    if limits.tokens_a_month is not None and use.token_count >= limits.tokens_a_month:
        spent = f"{_of(use.token_count, limits.tokens_a_month)} tokens of a month"
    elif limits.usd_a_month is not None and use.usd >= limits.usd_a_month:
        spent = f"{usd(use.usd)} of its {usd(limits.usd_a_month)} of a month"
    if spent:
        following = (_midnight().replace(day=1) + timedelta(days=32)).replace(day=1)
        raise QuotaSpent(team=team, used=spent, asked="", when=f"on {_told(following)}")


def _of(used: int, most: int) -> str:
    return f"{used:,} of its {most:,}"


def _told(moment: datetime) -> str:
    return f"{moment.day} {moment:%B %Y, %H:%M} UTC"


def _month() -> datetime:
    return _midnight().replace(day=1)


def _midnight() -> datetime:
    return timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
