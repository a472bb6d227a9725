"""What a run is going to cost, as far as that can be told before."""

import math
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.db.models import Avg, Count, F

from research.crews.llms.catalog import OFFLINE
from research.crews.llms.price_list import FREE, Price
from research.people.models import Team
from research.runs.models import Blueprint, Plan, Run, Status, Topic
from research.runs.models.functions import crew_seconds

EARLIER_RUNS = 5  # that are looked at, the newest
PROMPT_GUESS, COMPLETION_GUESS = 4_000, 400  # tokens of a task, with its searches


@dataclass(frozen=True)
class Estimate:
    """A model's price, and the mean use of earlier topics with the same model and blueprint."""

    model: str
    price: Price | None
    topics: int
    prompt: int
    completion: int
    is_guess: bool = False
    """Whether no topic has used the model with the blueprint yet."""

    @property
    def tokens(self) -> int:
        """Per topic, rounded to two digits: it is not more certain than that."""
        total = self.prompt + self.completion
        return round(total, 2 - len(str(total)))

    @property
    def is_free(self) -> bool:
        return self.price == FREE

    @property
    def usd(self) -> Decimal | None:
        """Per topic."""
        return self.price.of(self.prompt, self.completion) if self.price else None


def estimate_of(model: str, blueprint: str, team: Team | None) -> Estimate:
    """By the team's own runs; one query, or two where there are none. Raises UnknownModel."""
    runs = Run.objects.filter(team=team, model=model, blueprint=blueprint)
    earlier = runs.newest_first()[:EARLIER_RUNS]
    topics = Topic.objects.filter(run__in=earlier.values("pk"), status=Status.SUCCEEDED)
    mean = topics.aggregate(number=Count("pk"), p=Avg("prompt_tokens"), c=Avg("completion_tokens"))
    if not mean["number"] and model != OFFLINE:
        return _guess(model, blueprint, team)
    return Estimate(
        model,
        Plan.objects.price_of(model),
        topics=mean["number"],
        prompt=round(mean["p"] or 0),
        completion=round(mean["c"] or 0),
    )


def _guess(model: str, blueprint: str, team: Team | None) -> Estimate:
    """What a topic may use of a model that none has used with the blueprint yet."""
    found = Blueprint.objects.usable_by(team).filter(name=blueprint).first()
    tasks = len(found.definition["tasks"]) if found else 1
    return Estimate(
        model,
        Plan.objects.price_of(model),
        topics=0,
        prompt=tasks * PROMPT_GUESS,
        completion=tasks * COMPLETION_GUESS,
        is_guess=True,
    )


@dataclass(frozen=True)
class Forecast:
    """What rows of a run are going to take, judged by those that are done."""

    rows: int
    done: int
    """Rows that the forecast goes by."""
    calls: int
    tokens: int
    usd: Decimal | None
    """None: the model's price is unknown."""
    minutes: float


def forecast_of(run: Run) -> Forecast | None:
    """For the rows that wait; one query. None where no row waits, or none is done."""
    return _forecast(run, len(run.waiting)) if run.waiting else None


def forecast_again(run: Run, rows: int) -> Forecast | None:
    """For rows that are asked for single cells again, which is one task of the blueprint's.

    One query; None where none is done.
    """
    return _forecast(run, rows, 1 / max(1, len(run.definition.get("tasks", ()))))


def _forecast(run: Run, rows: int, share: float = 1) -> Forecast | None:
    """`share`: how much of a whole row's work each one is."""
    done = run.topics.filter(status=Status.SUCCEEDED)
    mean = done.aggregate(
        number=Count("pk"),
        calls=Avg(F("model_calls") / F("attempt")),
        prompt=Avg(F("prompt_tokens") / F("attempt")),
        completion=Avg(F("completion_tokens") / F("attempt")),
        seconds=crew_seconds(),
    )
    if not mean["number"]:
        return None
    work = rows * share
    prompt, completion = round(work * mean["prompt"]), round(work * mean["completion"])
    rounds = math.ceil(rows / settings.RESEARCH_MAX_CREWS)  # all at once, as far as the site allows
    return Forecast(
        rows=rows,
        done=mean["number"],
        calls=round(work * mean["calls"]),
        tokens=prompt + completion,
        usd=run.cost_of(prompt, completion),
        minutes=round(rounds * share * mean["seconds"] / mean["number"] / 60, 1),
    )
