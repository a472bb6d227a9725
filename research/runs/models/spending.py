"""How many tokens a run has used, and how many its open calls hold."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Spending:
    """A run's tokens: used by its model calls, and reserved for those that are open."""

    prompt: int
    completion: int
    calls: int
    prompt_reserved: int
    completion_reserved: int

    @property
    def total(self) -> int:
        return self.prompt + self.completion

    @property
    def mean_completion(self) -> int | None:
        """Tokens of an answer; None before the first one."""
        return round(self.completion / self.calls) if self.calls else None

    @property
    def has_open_calls(self) -> bool:
        return self.prompt_reserved + self.completion_reserved > 0
