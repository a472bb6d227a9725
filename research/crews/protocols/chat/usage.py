"""The tokens that a server counted, wherever and however it tells them."""

from collections.abc import Iterator
from typing import Any

from research.crews.answers import Usage, whole_number

PROMPT_FIELDS = ("prompt_tokens", "input_tokens", "promptTokens", "inputTokens")
COMPLETION_FIELDS = ("completion_tokens", "output_tokens", "completionTokens", "outputTokens")
TOTAL_FIELDS = ("total_tokens", "totalTokens")
MOST = 1_000_000_000  # tokens; more is no count


def usages_in(chunk: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every usage that a chunk holds: its own, Groq's, and those in a choice (Kimi's)."""
    choices = chunk.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    for holder in (chunk, chunk.get("x_groq"), first):
        if isinstance(holder, dict) and isinstance(usage := holder.get("usage"), dict):
            yield usage


def count_in(usage: dict[str, Any], names: tuple[str, ...]) -> int | None:
    """A count of tokens, which may be a text or a fraction; None where none is told, or 0."""
    return next(filter(None, (as_count(usage.get(name)) for name in names)), None)


def as_count(value: Any) -> int | None:
    """A number of tokens; None for what is not one, and for 0."""
    count = whole_number(value)
    return count if count and count <= MOST else None


def usage_in(usage: dict[str, Any]) -> Usage:
    """What a usage says."""
    prompt, completion = count_in(usage, PROMPT_FIELDS), count_in(usage, COMPLETION_FIELDS)
    total = count_in(usage, TOTAL_FIELDS)
    if prompt and total and not completion:
        completion = max(0, total - prompt)
    return Usage(prompt, completion)
