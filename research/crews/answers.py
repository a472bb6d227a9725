"""What a provider's answer says beside its text, whatever protocol it came in."""

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum


class End(StrEnum):
    """Why an answer ended."""

    DONE = "done"
    TOOLS = "tools"
    """It asks for tools."""
    CUT = "cut"
    """It reached the limit of its length, or the connection ended before it did."""
    REFUSED = "refused"
    """The model, or a filter around it, would not say it."""
    FAILED = "failed"
    """The provider had an error while it wrote."""


@dataclass(frozen=True)
class Usage:
    """The tokens that a provider counted."""

    prompt: int
    completion: int


@dataclass
class Answer:
    """The answer to one model call, filled in while it comes."""

    end: End | None = None
    """None: the provider did not say."""
    words: str = ""
    """The provider's own, about an end that is not the usual one."""
    reasoning: str = ""
    usage: Usage | None = None
    """None: the provider did not say."""


_coming: ContextVar[Answer | None] = ContextVar("answer", default=None)


@contextlib.contextmanager
def listening_for_answer() -> Iterator[Answer]:
    """Yields what becomes of the answer to the model call that is made inside."""
    answer = Answer()
    token = _coming.set(answer)
    try:
        yield answer
    finally:
        _coming.reset(token)


def coming() -> Answer:
    """The answer to the call that is being made; one that nobody looks at outside of any."""
    return _coming.get() or Answer()
