"""A cell: the value that was found for a column, or why there is none, and its proof."""

from dataclasses import dataclass
from typing import Any

from research.claims.claim import Verdict

Value = str | float | int | bool | list[str] | None
"""A date is `2024`, `2024-05` or `2024-05-01`; None: nothing was found."""


@dataclass(frozen=True)
class Cell:
    """A value and where it stands: `quote` are the characters from `start` of source `source`.

    `reason` says why there is no value, or what is doubtful about it.
    """

    column: str
    value: Value = None
    verdict: Verdict | None = None
    quote: str = ""
    source: int | None = None
    start: int | None = None
    reason: str = ""
    is_refused: bool = False
    """The model did give a value, which cannot be taken; it may be asked again."""

    @property
    def is_found(self) -> bool:
        return self.value is not None

    @property
    def holds(self) -> bool:
        """Whether nothing is to be mended: its source carries it, or there is nothing to find."""
        if self.value is None:
            return not self.is_refused
        return self.verdict in (Verdict.QUOTED, Verdict.SUPPORTED)

    @property
    def end(self) -> int | None:
        return None if self.start is None else self.start + len(self.quote)

    def as_data(self) -> dict[str, Any]:
        """As the API and the events have it, without its column."""
        return {
            "value": self.value,
            "verdict": self.verdict.value if self.verdict else None,
            "quote": self.quote,
            "source": self.source,
            "start": self.start,
            "reason": self.reason,
        }


def written(value: Value, unit: str = "") -> str:
    """A value in words, as reports and plain exports show it; empty for none."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case list():
            return ", ".join(value)
        case float() if value.is_integer() and abs(value) < 1e15:
            return f"{int(value)} {unit}".strip()
        case int() | float():
            return f"{value} {unit}".strip()
        case _:
            return value
