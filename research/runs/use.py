"""What a team has used day by day, counted from the runs that are stored."""

from dataclasses import dataclass
from datetime import UTC, date, timedelta
from decimal import Decimal

from django.db.models import Count
from django.db.models.functions import TruncDate
from django.utils import timezone

from research.people.models import Team
from research.runs.models import Topic
from research.runs.models.functions import USED

DAYS = 30


@dataclass(frozen=True)
class DayOfUse:
    """Topics by the day, UTC, on which they were last started, with what all attempts used."""

    day: date
    topics: int = 0
    token_count: int = 0
    usd: Decimal = Decimal(0)
    unpriced: int = 0
    """Tokens of models whose price is not known: not part of `usd`."""


def use_by_day(team: Team, days: int = DAYS) -> list[DayOfUse]:
    """The last `days`, today last; one query."""
    today = timezone.now().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    first = today - timedelta(days=days - 1)
    topics = Topic.objects.order_by().filter(run__team=team, started_at__gte=first)
    sums = topics.values(day=TruncDate("started_at", tzinfo=UTC)).annotate(
        topics=Count("pk"), **USED
    )
    found = {row["day"]: DayOfUse(**row) for row in sums}
    dates = (first.date() + timedelta(days=n) for n in range(days))
    return [found.get(day, DayOfUse(day)) for day in dates]
