"""A run as tables: a row for each topic, for each claim with its evidence, for each source."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from research.web.export.snapshot import Claim, Run, Topic

VERDICTS = ("quoted", "supported", "differs", "unsupported", "uncited", "invented")

Cell = str | int | float | Decimal | datetime | None
Row = list[Cell]

EVIDENCE = (
    *("position", "topic", "claim", "verdict", "by", "reason", "correction", "decided"),
    *("source", "source_title", "source_url", "quote", "start", "end"),
)
SOURCES = (
    *("position", "topic", "source", "title", "url", "seen_at"),
    *("author", "published", "engine", "query", "digest"),
)


def topics(run: Run) -> Iterator[Row]:
    """The names of the columns, then a row for each topic; what is not known is None."""
    rows = [dict(_topic(topic)) for topic in run.topics]
    names = list(rows[0]) if rows else ["position", "topic", "status"]
    yield list(names)
    yield from ([row[name] for name in names] for row in rows)


def _topic(topic: Topic) -> Iterator[tuple[str, Cell]]:
    yield from (("position", topic.position), ("topic", topic.text), ("status", topic.status))
    yield from (("finding", topic.finding), ("result", topic.result))
    yield from (("error", topic.error), ("review", topic.review))
    yield "review_note", topic.review_note
    checked = topic.checked or {}
    yield from ((name, checked.get(name)) for name in ("claims", *VERDICTS))
    yield "check_note", topic.check_note
    told = [claim for claim in topic.claims if claim.is_told]
    yield "marks", "\n".join(map(_mark, told))
    corrected = [claim for claim in told if claim.correction]
    yield "corrections", "\n".join(map(_correction, corrected))
    sources = (f"[{s.number}] {s.title} {s.url}".rstrip() for s in topic.sources)
    yield "sources", "\n".join(sources)
    yield from (("tokens", topic.tokens), ("usd", topic.usd))
    yield from (("started_at", topic.started_at), ("finished_at", topic.finished_at))


def _mark(claim: Claim) -> str:
    reason = f" ({claim.reason})" if claim.reason else ""
    return f"{claim.word}{reason}: {_short(claim.text)}"


def _correction(claim: Claim) -> str:
    return f"{_short(claim.text)} → {_short(claim.correction)} ({claim.decided})"


def _short(text: str) -> str:
    return " ".join(text.split())


def evidence(run: Run) -> Iterator[Row]:
    """A row for each passage that a claim rests on, and one for a claim that rests on none."""
    yield list(EVIDENCE)
    for topic in run.topics:
        sources = {source.number: source for source in topic.sources}
        for claim in topic.claims:
            row: Row = [topic.position, topic.text, claim.text, claim.word, claim.by]
            row += [claim.reason, claim.correction, claim.decided]
            for passage in claim.passages:
                source = sources.get(passage.source)
                title, url = (source.title, source.url) if source else ("", "")
                place = passage.quote, passage.start, passage.end
                yield [*row, passage.source, title, url, *place]
            if not claim.passages:
                yield [*row, *[None] * (len(EVIDENCE) - len(row))]


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
