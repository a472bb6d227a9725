"""Reading compose.yaml as Compose does."""

import re


def default_of(text: str) -> str:
    """What Compose makes of a value such as `${NAME:-default}` while NAME is unset."""
    match = re.fullmatch(r"\$\{\w+:-(.*)\}", text)
    return match[1] if match else text
