"""Finding passages; and finding nothing, rather than something else, on what is not there."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from research.exceptions import NotFound
from research.library import index
from research.library.feedback import with_feedback
from research.library.index.contract import Readers
from research.library.models import Document, Passage
from research.library.query import Query, Term
from research.library.query import parse as parse_query
from research.library.ranking import FROM_TERMS, Ranked, Weighed, by_meaning, rank, weigh

PER_DOCUMENT = 2  # passages
CONSIDERED = 50  # passages that the index finds best; more are looked at where more are asked for
MAX_MATCHES = 20_000  # passages that the index scores; common words are left out beyond
REMEMBERED = 500  # answers, which crews that ask the same share


@dataclass(frozen=True)
class Hit:
    """A passage that is on the query's topic.

    `score` is BM25, more being better; `coverage` the share of the query's weight it holds, 0 to 1.
    """

    document_id: int
    passage_id: int
    title: str
    file: str
    url: str
    heading: str
    text: str
    score: float
    coverage: float
    added_at: datetime
    """When the document was read in, last."""


def search(
    query: str, limit: int = 5, built_in: bool | None = None, readers: Readers = None
) -> list[Hit]:
    """The passages that are on the query's topic, best first; none when the library has nothing.

    At most PER_DOCUMENT of a document; of built-in documents, of the others, or of both (None); of
    what the `readers` may see.
    """
    parsed = parse_query(query)
    if not parsed or limit < 1:
        return []
    return list(_answer(parsed, limit, built_in, readers, index.of().version()))


def read(document_id: int, start: int = 0, length: int = 6000) -> str:
    """That many characters of a document's text from `start`; raises NotFound."""
    text = Document.objects.filter(pk=document_id).values_list("text", flat=True).first()
    if text is None:
        raise NotFound(thing="document", name=document_id)
    start = max(start, 0)
    return text[start : start + max(length, 0)]


@lru_cache(REMEMBERED)
def _answer(
    query: Query, limit: int, built_in: bool | None, readers: Readers, version: int
) -> tuple[Hit, ...]:
    terms = _weighed(query, version)
    wanted = max(CONSIDERED, 3 * PER_DOCUMENT * limit)
    ranked = rank(index.of().best(_affordable(terms), wanted, built_in, readers), terms)
    if len(terms) >= FROM_TERMS:
        ranked = by_meaning(with_feedback(ranked))
    return tuple(_hits(_first(ranked, limit)))


def _weighed(query: Query, version: int) -> list[Weighed]:
    """The query's terms; words that stand nowhere together are looked for apart."""
    size = _size(version)
    weighed = weigh(query, index.of().holding(query), size)
    whole = [each for each in weighed if each.holding or not each.term.separable]
    apart = [each.term for each in weighed if each not in whole]
    words = list(dict.fromkeys(word for term in apart for word in term.separate()))
    return whole + weigh(words, index.of().holding(words), size)


@lru_cache(1)
def _size(version: int) -> int:
    return index.of().size()


def _affordable(terms: Sequence[Weighed]) -> list[Term]:
    """The terms that the index looks for: the rarest, as long as they do not match too much."""
    chosen: list[Term] = []
    matches = 0
    for each in sorted(terms, key=lambda each: each.holding):
        matches += each.holding
        if chosen and matches > MAX_MATCHES:
            break
        chosen.append(each.term)
    return chosen


def _first(ranked: Sequence[Ranked], limit: int) -> list[Ranked]:
    """The best passages, at most PER_DOCUMENT of a document, those that hold sentences first."""
    taken: Counter[int] = Counter()
    chosen = []
    for each in ranked:
        taken[each.candidate.document] += 1
        if taken[each.candidate.document] <= PER_DOCUMENT:
            chosen.append(each)
    return chosen[:limit]


def _hits(ranked: Sequence[Ranked]) -> list[Hit]:
    ids = [each.candidate.passage for each in ranked]
    found = Passage.objects.select_related("document").defer("document__text").in_bulk(ids)
    return [
        Hit(
            document_id=passage.document_id,
            passage_id=passage.pk,
            title=passage.document.title,
            file=passage.document.file,
            url=passage.document.get_absolute_url(),
            heading=passage.heading,
            text=passage.text,
            score=each.score,
            coverage=each.coverage,
            added_at=passage.document.added_at,
        )
        for each in ranked
        if (passage := found.get(each.candidate.passage))  # one may have been removed just now
    ]
