"""What the database works out by itself, without a call back into Python for every row."""

from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce, Now


class Epoch(models.Func):
    """A time as seconds since 1970."""

    output_field = models.FloatField()

    def as_sqlite(self, *args: Any, **context: Any) -> Any:
        context["template"] = "((julianday(%(expressions)s) - 2440587.5) * 86400.0)"
        return super().as_sql(*args, **context)

    def as_postgresql(self, *args: Any, **context: Any) -> Any:
        context["template"] = "EXTRACT(EPOCH FROM %(expressions)s)::float8"
        return super().as_sql(*args, **context)


class FrameTime(models.Func):
    """A time as frames carry it (`event.as_text`), to the millisecond."""

    output_field = models.CharField()

    def as_sqlite(self, *args: Any, **context: Any) -> Any:
        # Stored with six digits after the point or, on the second, with none.
        context["template"] = "substr(replace(%(expressions)s, ' ', 'T') || '.000', 1, 23) || 'Z'"
        return super().as_sql(*args, **context)

    def as_postgresql(self, *args: Any, **context: Any) -> Any:
        form = """'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'"""
        context["template"] = f"to_char(%(expressions)s AT TIME ZONE 'UTC', {form})"
        return super().as_sql(*args, **context)


def crew_seconds() -> models.Sum:
    """Of topics: the time that crews worked on them, added up; those at work count to now."""
    return models.Sum(Epoch(Coalesce("finished_at", Now())) - Epoch("started_at"), default=0.0)


def claims_with(verdict: str) -> models.Sum:
    """Of topics: how many of their claims have the verdict; None: no result was checked."""
    return models.Sum(Cast(KT(f"checked__{verdict}"), models.IntegerField()))


def speed_up(crew_seconds: float | None, wall_seconds: float | None) -> float | None:
    """How many times as long the crews' work would have taken one after another; None: no start."""
    return crew_seconds / wall_seconds if crew_seconds and wall_seconds else None


COST = models.ExpressionWrapper(
    (
        models.F("prompt_tokens") * models.F("run__prompt_price")
        + models.F("completion_tokens") * models.F("run__completion_price")
    )
    * Decimal("0.000001"),  # the prices are for a million tokens
    output_field=models.DecimalField(max_digits=20, decimal_places=6),
)
"""USD; null: unknown. As `Run.cost_of`, worked out by the database."""
_TOKENS = models.F("prompt_tokens") + models.F("completion_tokens")
_UNPRICED = models.Q(run__prompt_price=None) | models.Q(run__completion_price=None)
USED = {
    "token_count": models.Sum(_TOKENS, default=0),
    "usd": models.Sum(COST, default=Decimal(0)),
    "unpriced": models.Sum(_TOKENS, filter=_UNPRICED, default=0),
}
"""Of topics: what they used. `unpriced` are tokens whose price is not known, no part of `usd`."""
