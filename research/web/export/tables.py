"""A run as tables: a row for each topic, for each claim with its evidence, for each source."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from research.web.export.snapshot import Cell as CellOfRow
from research.web.export.snapshot import Claim, Run, Topic

VERDICTS = ("quoted", "supported", "differs", "unsupported", "uncited", "invented")

Cell = str | int | float | bool | Decimal | date | datetime | None
Row = list[Cell]

OWN = (
    *("position", "topic", "status", "finding", "result", "error", "review", "review_note"),
    *("claims", *VERDICTS, "check_note", "marks", "corrections"),
    *("sources", "tokens", "usd", "started_at", "finished_at"),
)
"""The columns that every run has; inputs and a table's own columns stand behind the second."""

EVIDENCE = (
    *("position", "topic", "column", "value", "claim", "verdict", "by", "reason", "correction"),
    *("decided", "note", "source", "source_title", "source_url", "quote", "start", "end"),
)
SOURCES = (
    *("position", "topic", "source", "title", "url", "seen_at"),
    *("author", "published", "engine", "query", "digest"),
)


def topics(run: Run) -> Iterator[Row]:
    """The names of the columns, then a row for each topic; what is not known is None."""
    inputs = list(dict.fromkeys(name for topic in run.topics for name in topic.inputs))
    columns = [column.name for column in run.columns]
    own = _names(inputs, "input", OWN) | _names(columns, "column", (*OWN, *inputs))
    yield [*OWN[:2], *own.values(), *OWN[2:]]
    types = {column.name: column.type for column in run.columns}
    for topic in run.topics:
        row = list(_topic(topic))
        given: Row = [topic.inputs.get(name) for name in inputs]
        found = [_value(topic.cells.get(name), types[name]) for name in columns]
        yield [*row[:2], *given, *found, *row[2:]]


def _names(names: Sequence[str], kind: str, taken: Sequence[str]) -> dict[tuple[str, str], str]:
    """What a table calls inputs or columns: a name that it has already says what it is."""
    known = {name.casefold() for name in taken}
    return {
        (kind, name): f"{name} ({kind})" if name.casefold() in known else name for name in names
    }


def _value(cell: CellOfRow | None, type: str) -> Cell:
    """As the column's type has it: a day is a date, a month or a year a text."""
    value = cell.value if cell else None
    if isinstance(value, list):
        return ", ".join(value)
    if type == "date" and isinstance(value, str):
        with suppress(ValueError):
            return date.fromisoformat(value)
    return value


def _topic(topic: Topic) -> Iterator[Cell]:
    """In the order of OWN."""
    checked = topic.checked or {}
    told = [claim for claim in topic.claims if claim.is_told]
    yield from (topic.position, topic.text, topic.status, topic.finding, topic.result, topic.error)
    yield from (topic.review, topic.review_note)
    yield from (checked.get(name) for name in ("claims", *VERDICTS))
    yield topic.check_note
    yield "\n".join(map(_mark, told))
    yield "\n".join(_correction(claim) for claim in told if claim.correction)
    yield "\n".join(f"[{s.number}] {s.title} {s.url}".rstrip() for s in topic.sources)
    yield from (topic.tokens, topic.usd, topic.started_at, topic.finished_at)


def _mark(claim: Claim) -> str:
    reason = f" ({claim.reason})" if claim.reason else ""
    return f"{claim.word}{reason}: {_short(claim.text)}"


def _correction(claim: Claim) -> str:
    return f"{_short(claim.text)} → {_short(claim.correction)} ({claim.decided})"


def _short(text: str) -> str:
    return " ".join(text.split())


def evidence(run: Run) -> Iterator[Row]:
    """A row for each cell, for each passage that a claim rests on, and for claims without one."""
    yield list(EVIDENCE)
    for topic in run.topics:
        places = {source.number: (source.title, source.url) for source in topic.sources}
        for told in (*_cells(run, topic), *_claims(topic)):
            title, url = places.get(told.get("source") or 0, ("", ""))
            row = {"position": topic.position, "topic": topic.text, **told}
            row |= {"source_title": title, "source_url": url}
            yield [row.get(name) for name in EVIDENCE]


def _cells(run: Run, topic: Topic) -> Iterator[dict[str, Any]]:
    for column in run.columns:
        if cell := topic.cells.get(column.name):
            is_placed = cell.start is not None and cell.quote
            yield {
                "column": cell.column,
                "value": _value(cell, column.type),
                "verdict": cell.word,
                "reason": cell.reason,
                "correction": f"it said: {cell.found}" if cell.found is not None else None,
                "decided": cell.decided,
                "note": cell.note,
                "source": cell.source,
                "quote": cell.quote,
                "start": cell.start if is_placed else None,
                "end": (cell.start or 0) + len(cell.quote) if is_placed else None,
            }


def _claims(topic: Topic) -> Iterator[dict[str, Any]]:
    for claim in () if topic.cells else topic.claims:  # those of a table's row are its cells
        told = {
            "claim": claim.text,
            "verdict": claim.word,
            "by": claim.by,
            "reason": claim.reason,
            "correction": claim.correction,
            "decided": claim.decided,
        }
        for passage in claim.passages:
            place = {"quote": passage.quote, "start": passage.start, "end": passage.end}
            yield told | place | {"source": passage.source}
        if not claim.passages:
            yield told


def sources(run: Run) -> Iterator[Row]:
    yield list(SOURCES)
    for topic in run.topics:
        for source in topic.sources:
            origin = source.origin or {}
            told = (origin.get(name) for name in ("author", "published", "engine", "query"))
            row: Row = [topic.position, topic.text, source.number, source.title, source.url]
            row += [source.seen_at, *[_text(each) for each in told], source.digest]
            yield row


def _text(value: object) -> str:
    return "" if value is None else str(value)


_ACTS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")  # also as wide signs


def safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    acts = text.lstrip().startswith(_ACTS) or text.startswith(("\t", "\r", "\n"))
    return f"'{text}" if acts else text
