"""What tokens cost, and how many a run has used."""

from dataclasses import dataclass
from decimal import Decimal

PRICED_TOKENS = 1_000_000  # a price is for this many


@dataclass(frozen=True)
class Price:
    """USD per million tokens."""

    prompt: Decimal
    completion: Decimal

    def of(self, prompt_tokens: int, completion_tokens: int) -> Decimal:
        """USD for so many tokens."""
        return (self.prompt * prompt_tokens + self.completion * completion_tokens) / PRICED_TOKENS


@dataclass(frozen=True)
class Spending:
    """A run's tokens: used by its model calls, and reserved for those that are open."""

    prompt: int
    completion: int
    calls: int
    prompt_reserved: int
    completion_reserved: int

    @property
    def mean_completion(self) -> int | None:
        """Tokens of an answer; None before the first one."""
        return round(self.completion / self.calls) if self.calls else None

    @property
    def has_open_calls(self) -> bool:
        return self.prompt_reserved + self.completion_reserved > 0


def usd(amount: Decimal) -> str:
    """`$12.30`, `$0.50`; below ten cents to two digits, as in `$0.0042`."""
    if amount == 0:
        return "$0"
    if amount >= Decimal("0.0995"):
        return f"${amount:,.2f}"
    digits = amount.quantize(Decimal(1).scaleb(amount.adjusted() - 1))
    return f"${digits.normalize():f}"


def plain(amount: Decimal) -> str:
    """`0.5` for `0.500000`."""
    return f"{amount.normalize():f}"
