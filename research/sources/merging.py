"""Several engines' results as one list, by reciprocal rank."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from research.sources.engines.contract import Result
from research.text.addresses import place

SMOOTHING = (
    60  # as in Cormack, Clarke and Büttcher (2009): how little the very first ranks stand out
)


def merged(rankings: Sequence[tuple[str, Sequence[Result]]], most: int) -> list[Result]:
    """The best results of engines, by name; an address stands once, as who was first told it.

    What several found comes before what one did, at about the same rank. What the first did not
    tell of a page is taken from the others: the longest snippet, a day, an author.
    """
    scores: defaultdict[str, float] = defaultdict(float)
    found: dict[str, Result] = {}
    for engine, results in rankings:
        seen = set()
        for rank, result in enumerate(results, start=1):
            key = place(result.url)
            if key in seen:
                continue
            seen.add(key)
            scores[key] += 1 / (SMOOTHING + rank)
            known = found.get(key)
            found[key] = _both(known, result, engine) if known else _by(result, engine)
    return sorted(found.values(), key=lambda each: -scores[place(each.url)])[:most]


def _by(result: Result, engine: str) -> Result:
    return replace(result, engines=(engine,))


def _both(known: Result, other: Result, engine: str) -> Result:
    return replace(
        known,
        title=known.title or other.title,
        snippet=max(known.snippet, other.snippet, key=len),
        published=known.published or other.published,
        author=known.author or other.author,
        engines=(*known.engines, engine),
    )
