"""A run as CSV, a row for each topic, with nothing that a spreadsheet takes for a formula."""

import csv
import io
from collections.abc import Iterator
from decimal import Decimal

from research.runs import findings
from research.runs.models import Claim, Run, Topic, Verdict
from research.runs.verdicts import is_told, verdict_in_a_word

MARK = "\ufeff"  # tells a spreadsheet that it reads UTF-8
_ACTS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")  # also as wide signs
COLUMNS = (
    *("position", "topic", "status", "finding", "result", "error", "review", "review_note"),
    *("claims", *Verdict.values, "check_note", "marks", "corrections"),
    *("sources", "tokens", "usd", "started_at", "finished_at"),
)

Cell = str | int | Decimal | None


def as_csv(run: Run) -> Iterator[str]:
    """In pieces; reads the run's topics with their claims and sources."""
    yield MARK + _line(COLUMNS)
    for topic in run.topics.all():
        row = dict(_row(run, topic))
        yield _line([_safe(row[column]) for column in COLUMNS])


def _row(run: Run, topic: Topic) -> Iterator[tuple[str, Cell]]:
    yield from (("position", topic.position), ("topic", topic.text), ("status", topic.status))
    yield from (("finding", findings.label(topic) or topic.finding), ("result", topic.result))
    yield "error", topic.error_message
    yield from (("review", topic.review), ("review_note", topic.review_note))
    checked = topic.checked or {}
    yield from ((name, checked.get(name)) for name in ("claims", *Verdict.values))
    claims = list(topic.claims.all())
    yield "check_note", topic.check_note
    yield "marks", "\n".join(map(_mark, filter(is_told, claims)))
    yield "corrections", "\n".join(_correction(claim) for claim in claims if claim.correction)
    sources = (f"[{s.number}] {s.title} {s.url}".rstrip() for s in topic.sources.all())
    yield "sources", "\n".join(sources)
    yield "tokens", topic.tokens
    yield "usd", run.cost_of(topic.prompt_tokens, topic.completion_tokens)
    yield "started_at", topic.started_at.isoformat() if topic.started_at else None
    yield "finished_at", topic.finished_at.isoformat() if topic.finished_at else None


def _mark(claim: Claim) -> str:
    reason = f" ({claim.reason})" if claim.reason else ""
    return f"{verdict_in_a_word(claim)}{reason}: {_short(claim.text)}"


def _correction(claim: Claim) -> str:
    by = claim.decided_by.get_username() if claim.decided_by else "somebody"
    when = f", {claim.decided_at:%Y-%m-%d %H:%M}" if claim.decided_at else ""
    return f"{_short(claim.text)} → {_short(claim.correction)} ({by}{when})"


def _short(text: str) -> str:
    return " ".join(text.split())


def _safe(cell: Cell) -> Cell:
    """A text that a spreadsheet shows and does not work out; a number as it is."""
    if not isinstance(cell, str):
        return cell
    is_formula = cell.lstrip().startswith(_ACTS) or cell.startswith(("\t", "\r", "\n"))
    return f"'{cell}" if is_formula else cell


def _line(cells: object) -> str:
    line = io.StringIO()
    csv.writer(line, quoting=csv.QUOTE_NONNUMERIC).writerow(cells)  # type: ignore[arg-type]
    return line.getvalue()
