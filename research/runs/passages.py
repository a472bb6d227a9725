"""The passages that a claim's verdict rests on, with what stands around them in their sources."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q

from research.runs.models import Claim, Source

MOST = 3  # passages of a claim
AROUND = 320  # characters of the source on either side

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


def passages_of(claims: Sequence[Claim]) -> dict[int, list[Passage]]:
    """By the claims' keys; one query."""
    sources = _sources(claims)
    found = defaultdict(list)
    for claim in claims:
        for evidence in claim.evidence[:MOST]:
            source = sources.get((claim.topic_id, evidence["source"]))
            found[claim.pk].append(_passage(claim, evidence, source))
    return found


def _sources(claims: Sequence[Claim]) -> dict[tuple[int, int], Source]:
    """The sources that the evidence names, by their topics' keys and their numbers."""
    keys = {(claim.topic_id, each["source"]) for claim in claims for each in claim.evidence[:MOST]}
    if not keys:
        return {}
    conditions = reduce(or_, (Q(topic=topic, number=number) for topic, number in sorted(keys)))
    rows = Source.objects.filter(conditions).order_by().defer("origin")
    return {(source.topic_id, source.number): source for source in rows}


def _passage(claim: Claim, evidence: dict[str, Any], source: Source | None) -> Passage:
    start, end, quote = evidence["start"], evidence["end"], evidence["quote"]
    told: dict[str, Any] = {"is_cited": evidence["source"] in claim.citations, "quote": quote}
    if source is None:
        told["remark"] = GONE
    else:
        told |= {"title": source.title, "url": source.url}
        if source.text[start:end] != quote:
            told["remark"] = ALTERED
        else:
            told |= {"before": _before(source.text, start), "after": _after(source.text, end)}
    return Passage(evidence["source"], **told)


def _before(text: str, start: int) -> str:
    """What stands in front of a place, from a word's beginning."""
    piece = text[max(0, start - AROUND) : start]
    return piece if start <= AROUND else f"…{piece[piece.find(' ') + 1 :]}"


def _after(text: str, end: int) -> str:
    """What stands behind a place, to a word's end."""
    piece = text[end : end + AROUND]
    if end + AROUND >= len(text):
        return piece
    return f"{piece[: piece.rfind(' ')] if ' ' in piece else piece}…"
