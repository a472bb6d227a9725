"""A model's answer for a row, in whatever form it came, as raw values by column."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import json_repair

from research.tables.columns import Column, key_of

LONGEST = 400_000  # characters of an answer that are read
_MOST_TRIED = 300  # brackets that may begin something
_LINE = (  # what stands behind a column's name: the value, its quote, its source
    r"[*_ \t]*(?P<value>[^\n]*?)[ \t]*(?:[(“\"][ \t]*[“\"]?(?P<quote>[^\n”\"]{3,1000})[”\"][)]?)?"
    r"[ \t]*(?:\[(?:[Ss]ource )?(?P<source>\d{1,6})\])?[ \t|.]*$"
)
_FENCE = re.compile(r"```(?:json)?[^\n]*\n(.*?)(?:```|\Z)", re.DOTALL | re.IGNORECASE)
_NUMBERED = re.compile(r"\W*(?:[^\W\d]{0,20}\W*)?(\d{1,6})\b(?![.\d/-])[^\d/]{0,60}")
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
    any of these inside another object, a fence or prose, several of them one behind the other, of
    which the last counts, JSON that breaks off or has comments, and lines of `name: value`.
    """
    text, names = text[:LONGEST], _Names(columns)
    best: dict[str, Raw] = {}
    for pieces in (_whole(text), _one_by_one(text), _repaired(text)):
        for piece in pieces:
            best |= _cells(piece, names)
        if best:
            return best
    return _from_lines(text, columns)


class _Names:
    """The columns by their names as models write them: `Home page`, `home_page`, `homePage`."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self._by_key = {column.key: column.name for column in columns}
        squeezed = [_squeezed(column.name) for column in columns]
        self._by_letters = {
            letters: column.name
            for letters, column in zip(squeezed, columns, strict=True)
            if letters and squeezed.count(letters) == 1
        }

    def get(self, said: str) -> str | None:
        return self._by_key.get(key_of(said)) or self._by_letters.get(_squeezed(said))


def _squeezed(name: str) -> str:
    return "".join(sign for sign in key_of(name) if sign.isalnum())


def _whole(text: str) -> Iterator[Any]:
    with suppress(ValueError, RecursionError):
        yield json.loads(text)


def _one_by_one(text: str) -> Iterator[Any]:
    """Each object or list that stands in the text as it is to be."""
    decoder, at = json.JSONDecoder(), 0
    for _ in range(_MOST_TRIED):
        starts = [start for sign in "{[" if (start := text.find(sign, at)) >= 0]
        if not starts:
            return
        try:
            piece, at = decoder.raw_decode(text, min(starts))
        except (ValueError, RecursionError):
            at = min(starts) + 1
        else:
            yield piece


def _repaired(text: str) -> Iterator[Any]:
    """What is fenced, and what begins at the first bracket, mended."""
    fenced = [match[1] for match in _FENCE.finditer(text)]
    starts = [at for at in (text.find("{"), text.find("[")) if at >= 0]
    for candidate in fenced or [text[at:] for at in sorted(starts)]:
        with suppress(ValueError, RecursionError):
            yield json_repair.loads(candidate)


def _from_lines(text: str, columns: Sequence[Column]) -> dict[str, Raw]:
    """Cells of an answer that is no JSON: `- **Licence:** MIT (“under the MIT licence”) [2]`."""
    found: dict[str, Raw] = {}
    for column in columns:
        name = re.escape(column.name).replace(r"\ ", r"[\s_]+")
        line = re.search(rf"^\W*{name}\W{{0,4}}[:|=]{_LINE}", text, re.IGNORECASE | re.MULTILINE)
        if line and line["value"].strip():
            quote = line["quote"] or ""
            found[column.name] = Raw(line["value"].strip(" *|"), quote, line["source"])
    return found


def _cells(data: Any, names: _Names, depth: int = 0) -> dict[str, Raw]:
    if depth > 4:
        return {}
    if isinstance(data, list):
        return _from_list(data, names, depth)
    if not isinstance(data, dict):
        return {}
    found = {name: _raw(value) for key, value in data.items() if (name := names.get(str(key)))}
    by_key = {key_of(str(key)): value for key, value in data.items()}
    inner = [value for key, value in by_key.items() if key in _WRAPPERS and _is_nested(value)]
    for value in inner or ([] if found else filter(_is_nested, by_key.values())):
        deeper = _cells(value, names, depth + 1)
        if len(deeper) > len(found):
            found = deeper
    return found


def _from_list(items: list[Any], names: _Names, depth: int) -> dict[str, Raw]:
    """A list of cells that name their columns, or of rows in brackets, or of parts of one."""
    found: dict[str, Raw] = {}
    for item in items[:1000]:
        if not isinstance(item, dict):
            continue
        said = next((item[name] for name in _NAMES if isinstance(item.get(name), str)), "")
        if (name := names.get(said)) and name not in found:
            found[name] = _raw(item)
    if found:
        return found
    for item in items[:100]:
        found |= _cells(item, names, depth + 1)
    return found


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
        return int(said) if abs(said) < 1e6 else None
    if isinstance(said, list):
        return next((n for item in said if (n := source_number(item)) is not None), None)
    named = _NUMBERED.fullmatch(said) if isinstance(said, str) else None
    return int(named[1]) if named else None
