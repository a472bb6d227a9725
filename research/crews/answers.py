"""What a provider's answer says beside its text, whatever protocol it came in."""

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

CHARACTERS_PER_TOKEN = 4  # about, in any language that is written with letters


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


_WORDS = {  # of the protocols' fields for it, in small letters
    End.DONE: ("stop", "end_turn", "eos", "eos_token", "stop_sequence", "complete", "completed"),
    End.TOOLS: ("tool_calls", "tool_call", "tool_use", "function_call"),
    End.CUT: (
        *("length", "max_tokens", "max_output_tokens", "max_length", "model_length"),
        *("token_limit", "model_context_window_exceeded", "context_length_exceeded"),
        *("pause_turn", "incomplete", "abort", "insufficient_system_resource"),
    ),
    End.REFUSED: (
        *("content_filter", "content_filtered", "refusal", "safety", "recitation", "blocklist"),
        *("prohibited_content", "spii", "image_safety", "language", "sensitive"),
        *("guardrail_intervened", "blocked"),
    ),
    End.FAILED: (
        *("error", "network_error", "malformed_function_call", "unexpected_tool_call"),
        *("malformed_response", "too_many_tool_calls", "missing_thought_signature"),
        *("other", "failed", "cancelled", "timeout"),
    ),
}
_END_OF = {word: end for end, words in _WORDS.items() for word in words}


def end_of(word: object) -> End | None:
    """The end that a protocol's `finish_reason`, `stop_reason` or the like stands for.

    In any case of letters, as a text or an enum's member. An unknown word is a usual end; none at
    all says nothing.
    """
    if not word:
        return None
    name = str(getattr(word, "value", word)).strip().rpartition(".")[2].lower()
    return _END_OF.get(name.replace("-", "_").removeprefix("finish_reason_"), End.DONE)


def whole_number(value: object) -> int | None:
    """A count of tokens, however a provider writes it; None for what is not one."""
    try:
        return max(0, int(float(str(value))))
    except (ValueError, OverflowError):
        return None


@dataclass(frozen=True)
class Usage:
    """The tokens that a provider counted; None where it does not say."""

    prompt: int | None
    completion: int | None


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
    thoughts: list[Any] = field(default_factory=list)
    """The reasoning in the protocol's own form, where it wants it back with the tools' results."""
    asked: int = 0
    """An estimate of the prompt's tokens."""
    written: int = 0
    """Characters that have come, of text, reasoning and calls of tools."""

    def tokens(self) -> tuple[int, int, bool]:
        """Tokens of the prompt and of the answer, and whether one of them is an estimate.

        A provider that tells 0 tokens of what it was sent, or has written, has not counted them.
        """
        told = self.usage or Usage(None, None)
        written = -(-self.written // CHARACTERS_PER_TOKEN)
        is_told = bool(told.prompt) and (told.completion or told.completion == written)
        return told.prompt or self.asked, told.completion or written, not is_told


_coming: ContextVar[Answer | None] = ContextVar("answer", default=None)


@contextlib.contextmanager
def listening_for_answer(asked: int = 0) -> Iterator[Answer]:
    """Yields what becomes of the answer to the model call that is made inside.

    `asked` is an estimate of its prompt's tokens.
    """
    answer = Answer(asked=asked)
    token = _coming.set(answer)
    try:
        yield answer
    finally:
        _coming.reset(token)


def coming() -> Answer:
    """The answer to the call that is being made; one that nobody looks at outside of any."""
    return _coming.get() or Answer()
