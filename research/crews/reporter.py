"""Who hears what a crew does."""

from dataclasses import dataclass
from typing import Any, Protocol

from research.claims.claim import Claim


@dataclass(frozen=True)
class FinishedTask:
    """What a task put out."""

    name: str
    agent: str
    output: str
    seconds: float
    reasoning: str = ""
    is_incomplete: bool = False
    """The provider cut the output."""
    first: str = ""
    """The text before it was mended, or claims were dropped."""
    dropped: tuple[Claim, ...] = ()


class Reporter(Protocol):
    """Who hears what a crew does; called in the thread in which it happens."""

    def event(self, kind: str, **data: Any) -> None:
        """Something happened."""

    def task_finished(self, finished: FinishedTask) -> None:
        """A task's output is there to keep."""

    async def kept(self) -> None:
        """Returns once the outputs of all finished tasks are stored."""

    def spent(self, prompt: int, completion: int, is_estimated: bool = False) -> None:
        """A model call used this many tokens; estimated where the provider did not say."""

    def writing(self, text: str) -> None:
        """More of what the model is writing just now."""
