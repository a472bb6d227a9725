"""What a person says of a provider or a model: its plan's limits, and its price."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from research.crews.llms import catalog
from research.crews.llms.price_list import Price, listed_price
from research.exceptions import UnknownModel

CACHE_KEY = "plans"
CACHE_SECONDS = 3  # another process's change is seen after this long


@dataclass(frozen=True)
class Limit:
    """At most `amount` requests or tokens a minute, over all calls under `scope`."""

    what: Literal["requests", "tokens"]
    scope: str
    """A model that has the limit for itself, or a provider whose models share it."""
    amount: int


class PlanManager(models.Manager["Plan"]):
    def covering(self, model: str) -> "list[Plan]":
        """The plans that hold for a model, the most specific first: its own, its provider's.

        No query for CACHE_SECONDS after the last one.
        """
        plans: dict[str, Plan] | None = cache.get(CACHE_KEY)
        if plans is None:
            plans = {plan.name: plan for plan in self.all()}
            cache.set(CACHE_KEY, plans, CACHE_SECONDS)
        if not plans:
            return []
        name = catalog.full_name(model)
        return [plans[key] for key in (name, name.partition("/")[0]) if key in plans]

    def price_of(self, model: str) -> Price | None:
        """A model's price: its own plan's, its provider's, else the price list's; None: unknown.

        Raises UnknownModel.
        """
        for plan in self.covering(model):
            if plan.price:
                return plan.price
        return listed_price(model)

    def limits(self, model: str) -> list[Limit]:
        """A model's limits: each from the most specific plan that has it, else from the settings.

        What the settings say holds for each provider.
        """
        if model == catalog.OFFLINE:
            return []
        plans = self.covering(model)
        provider = catalog.full_name(model).partition("/")[0]
        requests = [(plan.name, plan.requests_per_minute) for plan in plans]
        tokens = [(plan.name, plan.tokens_per_minute) for plan in plans]
        requests.append((provider, settings.RESEARCH_REQUESTS_PER_MINUTE))
        tokens.append((provider, settings.RESEARCH_TOKENS_PER_MINUTE))
        return [*_first("requests", requests), *_first("tokens", tokens)]


def _first(
    what: Literal["requests", "tokens"], amounts: list[tuple[str, int | None]]
) -> Iterator[Limit]:
    """The first limit that there is, of scopes and their amounts."""
    for scope, amount in amounts:
        if amount:
            yield Limit(what, scope, amount)
            return


def _limit(help_text: str) -> "models.PositiveIntegerField[int | None, int | None]":
    return models.PositiveIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1)], help_text=help_text
    )


def _price(help_text: str) -> "models.DecimalField[Decimal | None, Decimal | None]":
    return models.DecimalField(
        null=True,
        blank=True,
        max_digits=14,
        decimal_places=6,
        validators=[MinValueValidator(Decimal(0))],
        help_text=help_text,
    )


class Plan(models.Model):
    """Limits and prices of a model, or of all models of a provider."""

    name = models.CharField(
        max_length=200,
        unique=True,
        help_text="A model (openai/gpt-4o-mini) or a whole provider (openai).",
    )
    requests_per_minute = _limit("Over all crews. Empty: the provider's, else the setting.")
    tokens_per_minute = _limit("Over all crews. Empty: the provider's, else the setting.")
    prompt_price = _price("USD per million tokens. Empty: the price list's, if it knows the model.")
    completion_price = _price("USD per million tokens.")

    objects = PlanManager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def price(self) -> Price | None:
        if self.prompt_price is None or self.completion_price is None:
            return None
        return Price(self.prompt_price, self.completion_price)

    def clean(self) -> None:
        try:
            self.name = catalog.full_name(self.name.strip())
        except UnknownModel as error:
            raise ValidationError({"name": str(error)}) from None
        if (self.prompt_price is None) != (self.completion_price is None):
            raise ValidationError("A price needs both: prompt and completion.")


@receiver((post_save, post_delete), sender=Plan)
def _forget(**kwargs: object) -> None:
    """What was changed here holds at once."""
    cache.delete(CACHE_KEY)
