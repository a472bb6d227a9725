"""The passages that a claim's verdict rests on, with what stands around them in their sources."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from research.runs.models import Claim, Source

MOST = 3  # passages of a claim
AROUND = 320  # characters of the source on either side
MOST_TEXT = 5_000_000  # characters of sources that are read

GONE = "This source is not among those that are kept; the quote is what was checked."
ALTERED = "The source's text is no longer the one that was checked; the quote is from then."


@dataclass(frozen=True)
class Passage:
    """A piece of a source's text: the quote that was found, and what stands beside it."""

    number: int
    """The source's."""
    quote: str
    title: str = ""
    url: str = ""
    before: str = ""
    after: str = ""
    is_cited: bool = True
    remark: str = ""
    """Why there is nothing around the quote; else empty."""


def passages_of(claims: Sequence[Claim], around: int = AROUND) -> dict[int, list[Passage]]:
    """By the claims' keys, with so many characters on either side; one query."""
    sources = _sources(claims)
    found = defaultdict(list)
    for claim in claims:
        for evidence in claim.evidence[:MOST]:
            source = sources.get((claim.topic_id, evidence["source"]))
            is_cited = evidence["source"] in claim.citations
            found[claim.pk].append(passage_of(evidence, source, around, is_cited))
    return found


def _sources(claims: Sequence[Claim]) -> dict[tuple[int, int], Source]:
    """The sources that the evidence names, by their topics' keys and their numbers."""
    keys = {(claim.topic_id, each["source"]) for claim in claims for each in claim.evidence[:MOST]}
    if not keys:
        return {}
    topics, numbers = ({key[at] for key in keys} for at in (0, 1))
    rows = Source.objects.filter(topic__in=topics, number__in=numbers).order_by().defer("origin")
    found, left = {}, MOST_TEXT
    for source in rows.iterator(chunk_size=20):
        key = source.topic_id, source.number
        if key in keys:
            left -= len(source.text)
            found[key] = source
            source.text = source.text if left >= 0 else ""
    return found


def passage_of(
    evidence: Mapping[str, Any], source: Source | None, around: int = AROUND, is_cited: bool = True
) -> Passage:
    """`evidence` has `source`, `start`, `end` and `quote`; None: the source is not kept."""
    start, end, quote = evidence["start"], evidence["end"], evidence["quote"]
    told: dict[str, Any] = {"is_cited": is_cited, "quote": quote}
    if source is None:
        told["remark"] = GONE
    else:
        told |= {"title": source.title, "url": source.url}
        if source.text[start:end] == quote:
            before, after = _before(source.text, start, around), _after(source.text, end, around)
            told |= {"before": before, "after": after}
        elif source.text:
            told["remark"] = ALTERED
    return Passage(evidence["source"], **told)


def _before(text: str, start: int, around: int) -> str:
    """What stands in front of a place, from a word's beginning."""
    piece = text[max(0, start - around) : start]
    return piece if start <= around else f"…{piece[piece.find(' ') + 1 :]}"


def _after(text: str, end: int, around: int) -> str:
    """What stands behind a place, to a word's end."""
    piece = text[end : end + around]
    if end + around >= len(text):
        return piece
    return f"{piece[: piece.rfind(' ')] if ' ' in piece else piece}…"
