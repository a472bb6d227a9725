"""What a message says: text, reasoning and refusal, in whatever shape a server puts them."""

from collections.abc import Iterator
from typing import Any

REASONING_FIELDS = ("reasoning_content", "reasoning", "thinking", "reasoning_text")
_THOUGHTS = ("thinking", "reasoning", "reasoning_content", "thought")

TEXT, REASONING, REFUSAL = "text", "reasoning", "refusal"


def parts_of(content: Any, kind: str = TEXT) -> Iterator[tuple[str, str]]:
    """Each piece of text in a `content`, with its kind: TEXT, REASONING or REFUSAL.

    A content is a text, a part such as `{"type": "text", "text": …}`, or a list of these.
    """
    if isinstance(content, str):
        yield kind, content
    elif isinstance(content, list):
        for part in content:
            yield from parts_of(part, kind)
    elif isinstance(content, dict):
        told = str(content.get("type") or "")
        if told.startswith(_THOUGHTS):
            kind = REASONING
        elif told == REFUSAL:
            kind = REFUSAL
        for name in ("text", "content", "summary", *REASONING_FIELDS, REFUSAL):
            if held := content.get(name):
                named = {REFUSAL: REFUSAL, "text": kind, "content": kind}.get(name, REASONING)
                yield from parts_of(held, named)
                return


def reasoning_in(message: dict[str, Any]) -> tuple[str, str]:
    """The field in which a message's reasoning stands, and its text; some servers fill several."""
    for name in REASONING_FIELDS:
        if text := "".join(text for _, text in parts_of(message.get(name), REASONING)):
            return name, text
    return "", ""
