"""JSON: an outline of its names and values, further in the deeper they stand."""

import json
from collections.abc import Iterator
from typing import Any

from research.library.blocks import Block, Kind, Reading
from research.library.exceptions import BrokenFile

TITLES = ("title", "name")
INDENT = "  "
Pairs = tuple[tuple[str, Any], ...]
"""An object: a name may stand in it twice."""


def read(content: str, name: str) -> Reading:
    """The title is what the outermost object calls `title` or `name`; raises BrokenFile."""
    try:
        value = load(content)
        return Reading(_title(value), _blocks(value))
    except json.JSONDecodeError as error:
        reason = f"it is not JSON from line {error.lineno} on"
        raise BrokenFile(name, reason=reason) from error
    except RecursionError as error:
        raise BrokenFile(name, reason="it nests too deep") from error


def load(content: str) -> Any:
    """Numbers stay as they are written."""
    return json.loads(
        content, object_pairs_hook=tuple, parse_int=str, parse_float=str, parse_constant=str
    )


def _title(value: Any) -> str:
    named = dict(value) if isinstance(value, tuple) else {}
    found = (named.get(title) for title in TITLES)
    return next((" ".join(each.split()) for each in found if isinstance(each, str)), "")


def _blocks(value: Any) -> list[Block]:
    text = "\n".join(_lines(value, ""))
    return [Block(Kind.CODE, text)] if text.strip() else []


def _lines(value: Any, indent: str) -> Iterator[str]:
    if isinstance(value, tuple):
        for name, held in value:
            yield from _entry(f"{name}:", held, indent)
    elif isinstance(value, list):
        for held in value:
            yield from _entry("-", held, indent)
    else:
        yield indent + _shown(value)


def _entry(mark: str, held: Any, indent: str) -> Iterator[str]:
    """What stands under a name or in a list: beside its mark when it is a single value."""
    if isinstance(held, tuple | list):
        yield indent + mark
        yield from _lines(held, indent + INDENT)
    else:
        yield f"{indent}{mark} {_shown(held)}"


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return value
    return {None: "null", True: "true", False: "false"}[value]
