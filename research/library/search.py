"""Finding passages; and finding nothing, rather than something else, on what is not there."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from research.exceptions import NotFound
from research.library import index
from research.library.blocks import parse
from research.library.models import Document, Passage
from research.library.stopwords import STOP_WORDS

MIN_COVERAGE = 0.65  # of the weight of the query's words
MIN_TELLING = 2  # of its words: one alone may mean another thing
MAX_TERMS = 24  # different words of a query; more are no better and each costs a look-up
PER_DOCUMENT = 2  # passages
CONSIDERED = 6  # times as many passages as are asked for, since a document may hold many


@dataclass(frozen=True)
class Hit:
    """A passage that is on the query's topic.

    `score` is BM25, more being better; `coverage` the share of the query's weight it holds, 0 to 1.
    """

    document_id: int
    passage_id: int
    title: str
    url: str
    heading: str
    text: str
    score: float
    coverage: float
    added_at: datetime
    """When the document was read in, last."""


def search(query: str, limit: int = 5) -> list[Hit]:
    """The passages that are on the query's topic, best first; none when the library has nothing."""
    terms = content_words(query)
    if not terms or limit < 1:
        return []
    words = _weigh(terms)
    coverage = _on_topic(words)
    if not coverage:
        return []
    telling = [word.term for word in words if word.is_telling]
    scores = index.of().scores(telling or terms, coverage)
    ranked = sorted(scores, key=lambda passage: (-scores[passage] * coverage[passage], passage))
    return [
        Hit(
            document_id=passage.document_id,
            passage_id=passage.pk,
            title=passage.document.title,
            url=passage.document.get_absolute_url(),
            heading=passage.heading,
            text=passage.text,
            score=scores[passage.pk],
            coverage=coverage[passage.pk],
            added_at=passage.document.added_at,
        )
        for passage in _first(ranked, limit)
    ]


def read(document_id: int, start: int = 0, length: int = 6000) -> str:
    """That many characters of a document's text from `start`; raises NotFound."""
    text = Document.objects.filter(pk=document_id).values_list("text", flat=True).first()
    if text is None:
        raise NotFound(thing="document", name=document_id)
    start = max(start, 0)
    return text[start : start + max(length, 0)]


def content_words(query: str) -> list[str]:
    """The different words of a query that say what it is about, in lower case."""
    words = re.findall(r"[^\W_]+", query.lower())
    return list(dict.fromkeys(word for word in words if word not in STOP_WORDS))[:MAX_TERMS]


@dataclass(frozen=True)
class _Word:
    """A word of a query with the passages that hold it.

    It weighs the more the fewer documents hold it, and most when none does: what the library knows
    nothing of may be just what the query is about. It is telling unless most documents hold it.
    """

    term: str
    passages: Collection[int]
    weight: float
    is_telling: bool


def _weigh(terms: list[str]) -> list[_Word]:
    documents = Document.objects.count()
    words = []
    for term in terms:
        holders = index.of().holders(term)
        holding = len(set(holders.values()))
        weight = math.log(1 + documents / (holding + 0.5))
        words.append(_Word(term, holders.keys(), weight, is_telling=holding <= documents / 2))
    return words


def _on_topic(words: list[_Word]) -> dict[int, float]:
    """The passages that hold enough of the query's weight, and more than one telling word of it."""
    held: dict[int, float] = defaultdict(float)
    telling: Counter[int] = Counter()
    for word in words:
        for passage in word.passages:
            held[passage] += word.weight
            telling[passage] += word.is_telling
    total = sum(word.weight for word in words)
    needed = min(MIN_TELLING, sum(word.is_telling for word in words))
    return {
        passage: weight / total
        for passage, weight in held.items()
        if weight >= MIN_COVERAGE * total and telling[passage] >= needed
    }


def _first(ranked: list[int], limit: int) -> list[Passage]:
    """The best passages, at most PER_DOCUMENT of a document, those that hold sentences first."""
    ids = ranked[: CONSIDERED * limit]
    found = Passage.objects.select_related("document").defer("document__text").in_bulk(ids)
    passages = [found[id_] for id_ in ids if id_ in found]  # one may have been removed just now
    passages.sort(key=lambda passage: not any(block.is_prose for block in parse(passage.text)))
    taken: Counter[int] = Counter()
    chosen = []
    for passage in passages:
        taken[passage.document_id] += 1
        if taken[passage.document_id] <= PER_DOCUMENT:
            chosen.append(passage)
    return chosen[:limit]
