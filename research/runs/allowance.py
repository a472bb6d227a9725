"""What a run may spend, as the form, the API and the command line give it."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Self

from django.conf import settings

from research.exceptions import BadMoneyBudget, BadTokenBudget
from research.text.money import SMALLEST

MAX_TOKENS = 10**12
MAX_USD = 10**6


@dataclass(frozen=True)
class Allowance:
    """Tokens, and money in USD; None: as much as it takes."""

    tokens: int | None = None
    usd: Decimal | None = None

    @classmethod
    def parse(cls, tokens: int | str | None = None, usd: Decimal | str | None = None) -> Self:
        """Raises BadTokenBudget or BadMoneyBudget; nothing and an empty text mean None."""
        return cls(
            None if tokens in (None, "") else _tokens(str(tokens)),
            None if usd in (None, "") else _usd(str(usd)),
        )

    def with_defaults(self) -> "Allowance":
        """What is left open is as the settings say."""
        return Allowance(
            self.tokens or settings.RESEARCH_TOKEN_BUDGET,
            self.usd or settings.RESEARCH_MONEY_BUDGET,
        )


def _tokens(text: str) -> int:
    try:
        tokens = int(text.replace(",", ""))
    except ValueError:
        raise BadTokenBudget(value=text[:40]) from None
    if not 0 < tokens <= MAX_TOKENS:
        raise BadTokenBudget(value=text[:40])
    return tokens


def _usd(text: str) -> Decimal:
    try:
        usd = Decimal(text.replace(",", "").strip().removeprefix("$"))
    except InvalidOperation:
        raise BadMoneyBudget(value=text[:40]) from None
    if not (usd.is_finite() and SMALLEST <= usd <= MAX_USD):
        raise BadMoneyBudget(value=text[:40])
    return usd.quantize(SMALLEST)
