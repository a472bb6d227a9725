"""A model's answer for a row, in whatever form it came, as raw values by column."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import json_repair

from research.tables.columns import Column, key_of

LONGEST = 400_000  # characters of an answer that are read
_FENCE = re.compile(r"```(?:json)?[^\n]*\n(.*?)(?:```|\Z)", re.DOTALL | re.IGNORECASE)
_WRAPPERS = {"values", "cells", "columns", "row", "rows", "table", "data", "result", "answer"}
_NAMES = ("column", "name", "field")  # how a list of cells says whose each is


@dataclass(frozen=True)
class Raw:
    """What a model said of one cell, unread."""

    value: Any
    quote: str = ""
    source: Any = None
    reason: str = ""


def read_answer(text: str, columns: Sequence[Column]) -> dict[str, Raw]:
    """Raw cells by column name; those that the answer does not have are left out.

    Takes an object with a member per column, a plain value in place of a cell, a list of cells,
    any of these inside another object, a fence or prose, and JSON that breaks off.
    """
    best: dict[str, Raw] = {}
    for piece in _pieces(text[:LONGEST]):
        found = _cells(piece, {column.key: column.name for column in columns})
        if len(found) > len(best):
            best = found
        if len(best) == len(columns):
            break
    return best


def _pieces(text: str) -> Iterator[Any]:
    """What may be the JSON in it: as it stands, fenced, from the first bracket, repaired."""
    fenced = [match[1] for match in _FENCE.finditer(text)]
    starts = [at for at in (text.find("{"), text.find("[")) if at >= 0]
    candidates = [text, *reversed(fenced), *(text[at:] for at in sorted(starts))]
    for candidate in candidates:
        try:
            yield json.loads(candidate)
        except (ValueError, RecursionError):
            continue
    for candidate in [*reversed(fenced), *(text[at:] for at in sorted(starts))]:
        try:
            yield json_repair.loads(candidate)
        except (ValueError, RecursionError):
            continue


def _cells(data: Any, names: Mapping[str, str], depth: int = 0) -> dict[str, Raw]:
    if depth > 4:
        return {}
    if isinstance(data, list):
        return _from_list(data, names, depth)
    if not isinstance(data, dict):
        return {}
    by_key = {key_of(str(key)).replace("_", " "): value for key, value in data.items()}
    found = {
        name: _raw(by_key[key.replace("_", " ")])
        for key, name in names.items()
        if key.replace("_", " ") in by_key
    }
    inner = [value for key, value in by_key.items() if key in _WRAPPERS and _is_nested(value)]
    for value in inner or ([] if found else filter(_is_nested, by_key.values())):
        deeper = _cells(value, names, depth + 1)
        if len(deeper) > len(found):
            found = deeper
    return found


def _from_list(items: list[Any], names: Mapping[str, str], depth: int) -> dict[str, Raw]:
    """A list of cells that name their columns, or a row in brackets."""
    found: dict[str, Raw] = {}
    for item in items[:1000]:
        if not isinstance(item, dict):
            continue
        said = next((item[name] for name in _NAMES if isinstance(item.get(name), str)), "")
        if (name := names.get(key_of(said))) and name not in found:
            found[name] = _raw(item)
    if found:
        return found
    rows = [_cells(item, names, depth + 1) for item in items[:10]]
    return max(rows, key=len, default={})


def _is_nested(value: Any) -> bool:
    return isinstance(value, (dict, list))


def _raw(said: Any) -> Raw:
    if not isinstance(said, dict):
        return Raw(said)
    data = {key_of(str(key)): value for key, value in said.items()}
    quote = _first(data, "quote", "quotation", "evidence", "passage")
    source = _first(data, "source", "source number", "source_number", "citation", "sources")
    reason = _first(data, "reason", "why", "note", "explanation")
    return Raw(_first(data, "value", "answer"), _text(quote), source, _text(reason))


def _first(data: Mapping[str, Any], *names: str) -> Any:
    return next((data[name] for name in names if data.get(name) is not None), None)


def _text(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(_text(item) for item in value)
    return value.strip() if isinstance(value, str) else ""


def source_number(said: Any) -> int | None:
    """The number in `2`, `"[2]"`, `"Source 2"` or `[2]`; None: it names none."""
    if isinstance(said, bool):
        return None
    if isinstance(said, (int, float)):
        return int(said)
    if isinstance(said, list):
        return next((n for item in said if (n := source_number(item)) is not None), None)
    digits = re.search(r"\d{1,6}", said) if isinstance(said, str) else None
    return int(digits[0]) if digits else None
