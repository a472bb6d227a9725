"""Sums in US dollars, written for people and for programs."""

from decimal import Decimal

SMALLEST = Decimal("0.000001")  # USD; sums and prices are kept to this


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
