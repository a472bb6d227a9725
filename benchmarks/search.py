"""How well and how fast the library finds: `python -m benchmarks.search [--sizes N…] [--json]`.

Quality is nDCG@10 on public test collections, where they are (COLLECTIONS, by default
`../shared/data`): Cranfield, CISI, CACM. A query asked of another collection should find nothing.
Beside it stands plain FTS5: the same words, `ORDER BY rank`. Times are of made-up passages whose
words are as common as in a language. On PostgreSQL with DATABASE_URL.
"""

import argparse
import gzip
import json
import math
import os
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.processes import PROJECT, Json

COLLECTIONS = Path(os.environ.get("COLLECTIONS", PROJECT.parent / "shared" / "data"))
NAMES = ("cranfield", "cisi", "cacm")
SIZES = (4_000, 100_000)  # passages
FOUND = 50  # passages asked for; several may be of one document
FOR_CREWS = 5  # passages that a crew's search asks for
WORDS = 30_000  # different ones in made-up passages
QUERIES = 20  # timed of each kind

Search = Callable[..., list[str]]


def measure(sizes: Iterable[int]) -> Json:
    """`{"quality": {collection: …}, "ms": {passages: {kind of query: {"ours", "fts5"}}}}`."""
    found = {path.name.split(".")[0]: path for path in COLLECTIONS.glob("*.json.gz")}
    collections = {
        name: json.loads(gzip.decompress(found[name].read_bytes()))
        for name in NAMES
        if name in found
    }
    quality = {name: _quality(name, collections) for name in collections}
    return {"quality": quality, "ms": {str(size): _times(size) for size in sizes}}


def _quality(name: str, collections: dict[str, Json]) -> Json:
    documents = collections[name]["documents"]
    texts = {key: (each["title"], each["text"]) for key, each in documents.items()}
    ours, plain = _ours(texts), _fts5(texts)
    others = [
        query for other, each in collections.items() if other != name for query, _ in _judged(each)
    ]
    return {
        "ours": _scores(ours, collections[name]),
        "fts5": _scores(plain, collections[name]),
        "answered_of_others": {"answered": sum(bool(ours(q)) for q in others), "of": len(others)},
    }


def _judged(collection: Json) -> Iterator[tuple[str, dict[str, int]]]:
    """The queries with their relevant documents and grades, of those that have any."""
    for key, relevant in collection["relevant"].items():
        if key in collection["queries"] and any(relevant.values()):
            yield collection["queries"][key], relevant


def _scores(search: Search, collection: Json) -> Json:
    ndcg, recall, nothing = [], [], 0
    for query, relevant in _judged(collection):
        best = list(dict.fromkeys(search(query)))[:10]
        nothing += not best
        ndcg.append(_gain(relevant.get(each, 0) for each in best) / _ideal(relevant))
        wanted = {key for key, grade in relevant.items() if grade}
        recall.append(len(wanted.intersection(best)) / len(wanted))
    return {
        "ndcg_10": sum(ndcg) / len(ndcg),
        "recall_10": sum(recall) / len(recall),
        "without_hit": nothing,
        "queries": len(ndcg),
    }


def _gain(grades: Iterable[int]) -> float:
    return sum(grade / math.log2(place + 2) for place, grade in enumerate(grades))


def _ideal(relevant: dict[str, int]) -> float:
    return _gain(sorted(relevant.values(), reverse=True)[:10])


def _ours(texts: dict[str, tuple[str, str]]) -> Search:
    """The library with those documents, and no others, read as text files."""
    from research.library.blocks import passages
    from research.library.documents import write
    from research.library.models import Document
    from research.library.readers import plain
    from research.library.search import search

    Document.objects.all().delete()
    added = []
    for key, (title, text) in texts.items():
        document = Document(title=title[:200] or key, kind=Document.Kind.TEXT, key=key, text=text)
        added.append((document, passages(plain.read(f"{title}\n\n{text}").blocks)))
    write(added)
    keys = {document.pk: document.key for document, _ in added}
    return lambda query, limit=FOUND: [keys[hit.document_id] for hit in search(query, limit)]


def _fts5(texts: dict[str, tuple[str, str]]) -> Search:
    """The obvious way: a table of FTS5, all words of a query but stop words, its own rank."""
    from research.library.stopwords import STOP_WORDS
    from research.library.words import cut

    database = sqlite3.connect(":memory:")
    database.execute(
        "CREATE VIRTUAL TABLE t USING fts5(title, text, tokenize = 'porter unicode61')"
    )
    database.executemany("INSERT INTO t VALUES (?, ?)", texts.values())
    keys = list(texts)

    def search(query: str, limit: int = FOUND) -> list[str]:
        words = dict.fromkeys(f'"{word}"' for word in cut(query) if word not in STOP_WORDS)
        rows = database.execute(
            "SELECT rowid FROM t WHERE t MATCH ? ORDER BY rank LIMIT ?", (" OR ".join(words), limit)
        )
        return [keys[row[0] - 1] for row in rows] if words else []

    return search


def _times(size: int) -> Json:
    """Median ms of a search by kind of query, in so many passages."""
    from research.library.models import Passage
    from research.library.search import _answer

    made = random.Random(1)
    words = [f"{made.choice('bcdfgklmnprst')}{number:x}ix" for number in range(WORDS)]
    weights = [1 / (place + 1) for place in range(WORDS)]
    texts = {
        str(number): (
            " ".join(made.choices(words, k=3)),
            " ".join(made.choices(words, weights, k=120)),
        )
        for number in range(size)
    }
    ours, plain = _ours(texts), _fts5(texts)
    assert Passage.objects.count() >= size
    kinds = {
        "three rare words": lambda: " ".join(made.sample(words[2_000:], 3)),
        "three words": lambda: " ".join(made.sample(words[100:2_000], 3)),
        "a common word": iter(words[:QUERIES]).__next__,
        "24 words": lambda: " ".join(made.choices(words, weights, k=24)),
    }
    times: Json = {}
    for kind, make in kinds.items():
        queries = [make() for _ in range(QUERIES)]
        _answer.cache_clear()
        times[kind] = {"ours": _median_ms(ours, queries), "fts5": _median_ms(plain, queries)}
    return times


def _median_ms(search: Search, queries: Iterable[str]) -> float:
    taken = []
    for query in queries:
        began = time.perf_counter()
        search(query, FOR_CREWS)
        taken.append((time.perf_counter() - began) * 1000)
    return median(taken)


def show(results: Json) -> None:
    for name, each in results["quality"].items():
        ours, plain, others = each["ours"], each["fts5"], each["answered_of_others"]
        print(
            f"{name:<10} nDCG@10 {ours['ndcg_10']:.3f} (FTS5 {plain['ndcg_10']:.3f}), "
            f"recall@10 {ours['recall_10']:.3f} ({plain['recall_10']:.3f}), "
            f"nothing found on {ours['without_hit']} of {ours['queries']}; "
            f"answered {others['answered']} of {others['of']} queries of others"
        )
    for size, kinds in results["ms"].items():
        for kind, ms in kinds.items():
            print(
                f"{int(size):>9,} passages, {kind:<17} {ms['ours']:7.1f} ms (FTS5 {ms['fts5']:.1f})"
            )


def main() -> None:
    parser = argparse.ArgumentParser("python -m benchmarks.search", description=__doc__)
    parser.add_argument("--sizes", nargs="*", type=int, default=SIZES, metavar="N", help="passages")
    parser.add_argument("--json", action="store_true", help="for a program")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{Path(folder, 'library.sqlite3')}")
        os.environ["DJANGO_SETTINGS_MODULE"] = "researchsite.settings"
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        results: dict[str, Any] = measure(options.sizes)
    if options.json:
        json.dump(results, sys.stdout)
    else:
        show(results)


if __name__ == "__main__":
    main()
