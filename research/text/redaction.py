"""Keeps secrets out of everything that is written: events, errors, logs, exports."""

import functools
import os
import re

_SECRET_NAME = re.compile(r"(KEY|TOKEN|SECRET|PASSWORD|CREDENTIALS?)(_ID)?$")
_SHORTEST = 8  # a shorter value would black out ordinary words
_MASK = "•••"


@functools.cache
def secrets() -> re.Pattern[str] | None:
    """What to look for; the environment is as it was when this was first asked."""
    values = {v for k, v in os.environ.items() if _SECRET_NAME.search(k) and len(v) >= _SHORTEST}
    longest_first = sorted(values, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first))) if values else None


def redact(text: str) -> str:
    """`text` without any value that the environment holds under a secret's name."""
    pattern = secrets()
    return pattern.sub(_MASK, text) if pattern else text
