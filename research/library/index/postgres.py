"""The index on PostgreSQL: generated columns of stems and their places, which GIN indexes search.

Words are cut and stemmed as FTS5 does it on SQLite, so that the same queries find the same: what is
no letter or digit ends a word, accents do not matter, no word is left out, and the stems are
Porter's. PostgreSQL's parser would take `asyncio.run` for a host and `<b>` for a tag, and its
headlines would drop the tag, so it sees no punctuation and the excerpts are made here. Its own
ranks do not tell rare words from common ones; BM25 does. The models do not know the columns.
"""

import re
from collections.abc import Collection, Sequence
from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from research.library.index.contract import EXCERPT, HEADING, MARK_END, MARK_START, TEXT

SATURATION, LENGTH_SHARE = 1.2, 0.75  # BM25's k1 and b as FTS5 has them
WORD = re.compile(r"[^\W_]+")
_SENTENCE_END = re.compile(r"[.!?]\s|\n")


def _plain(text: str) -> str:
    """SQL for the text that an SQL expression gives, without accents and ASCII punctuation."""
    no_accents = rf"regexp_replace(normalize({text}, NFD), '[\u0300-\u036f]+', '', 'g')"
    return rf"regexp_replace({no_accents}, '[!-/:-@\[-`{{-~]+', ' ', 'g')"


def _words(text: str) -> str:
    """SQL for the stems and their places in the text that an SQL expression gives."""
    return f"to_tsvector('library'::regconfig, {_plain(text)})"


_QUERY = f"phraseto_tsquery('library', {_plain('%s')})"

SCHEMA = [
    "CREATE TEXT SEARCH DICTIONARY library_porter (TEMPLATE = snowball, LANGUAGE = porter)",
    "CREATE TEXT SEARCH CONFIGURATION library (COPY = pg_catalog.simple)",
    "ALTER TEXT SEARCH CONFIGURATION library ALTER MAPPING FOR asciiword, word WITH library_porter",
    f"""
    ALTER TABLE library_document ADD COLUMN words tsvector
        GENERATED ALWAYS AS ({_words("title || ' ' || origin")}) STORED
    """,
    f"""
    ALTER TABLE library_passage ADD COLUMN words tsvector
        GENERATED ALWAYS AS (setweight({_words("heading")}, 'A') || {_words("text")}) STORED
    """,
    # Without a list of pending entries: every search would read through it after a fill.
    "CREATE INDEX library_document_words ON library_document USING gin (words) "
    "WITH (fastupdate = off)",
    "CREATE INDEX library_passage_words ON library_passage USING gin (words) "
    "WITH (fastupdate = off)",
]
REMOVAL = [
    "ALTER TABLE library_passage DROP COLUMN IF EXISTS words",
    "ALTER TABLE library_document DROP COLUMN IF EXISTS words",
    "DROP TEXT SEARCH CONFIGURATION IF EXISTS library",
    "DROP TEXT SEARCH DICTIONARY IF EXISTS library_porter",
]

# Takes the words as one text and the passages. A passage's length is told in relation to the
# average of those considered: the average of all would have to be counted at every search.
_SCORES = f"""
WITH sought AS MATERIALIZED (
    SELECT lexeme, count(*) AS holding
    FROM unnest(tsvector_to_array({_words("%s")})) AS lexeme
    JOIN library_passage AS passage ON passage.words @@ quote_literal(lexeme)::tsquery
    GROUP BY lexeme
), sized AS MATERIALIZED (
    SELECT id, words, (SELECT sum(cardinality(positions)) FROM unnest(words)) AS size
    FROM library_passage WHERE id = ANY(%s)
), considered AS MATERIALIZED (
    SELECT id, words, size / avg(size) OVER () AS size FROM sized
), held AS MATERIALIZED (
    SELECT id, size, holding, {TEXT} * cardinality(weights)
        + {HEADING - TEXT} * cardinality(array_positions(weights, 'A')) AS frequency
    FROM considered, unnest(words) AS word JOIN sought USING (lexeme)
), library AS MATERIALIZED (SELECT count(*) AS passages FROM library_passage)
SELECT id, sum(
    greatest(ln((passages - holding + 0.5) / (holding + 0.5)), 1e-6)
    * frequency * {SATURATION + 1}
    / (frequency + {SATURATION} * ({1 - LENGTH_SHARE} + {LENGTH_SHARE} * size))
)::float
FROM library, held GROUP BY id
"""  # noqa: S608  (only this module's own expressions)
_HOLDERS = f"""
SELECT id, document_id FROM library_passage WHERE words @@ {_QUERY}
UNION ALL
SELECT passage.id, document.id FROM library_document AS document
JOIN library_passage AS passage ON passage.document_id = document.id
WHERE document.words @@ {_QUERY}
"""  # noqa: S608  (only this module's own expressions)
# Takes two sets of words: gives those of the first that are a form of one of the second.
_SAME_STEMS = f"""
SELECT word FROM unnest(%s::text[]) AS word
WHERE tsvector_to_array({_words("word")}) && tsvector_to_array({_words("%s")})
"""  # noqa: S608  (only this module's own expressions)


def create(database: BaseDatabaseWrapper) -> None:
    """Makes the columns and their indexes, anew where they are there already."""
    _run(database, REMOVAL + SCHEMA)


def remove(database: BaseDatabaseWrapper) -> None:
    _run(database, REMOVAL)


def _run(database: BaseDatabaseWrapper, statements: list[str]) -> None:
    with database.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def holders(term: str) -> dict[int, int]:
    """The passages that hold a word in any of its forms: {passage id: document id}."""
    return dict(_rows(_HOLDERS, [term, term]))


def scores(terms: Sequence[str], passages: Collection[int]) -> dict[int, float]:
    """How well each of the passages fits the words by BM25, more being better.

    Those that share the words with their document's title only are left out.
    """
    return dict(_rows(_SCORES, [" ".join(terms), list(passages)]))


def excerpts(terms: Sequence[str], passages: Collection[int]) -> dict[int, str]:
    """The best part of each passage, the words between MARK_START and MARK_END."""
    texts = dict(_rows("SELECT id, text FROM library_passage WHERE id = ANY(%s)", [list(passages)]))
    words = {word for text in texts.values() for word in WORD.findall(text)}
    sought = {word for (word,) in _rows(_SAME_STEMS, [list(words), " ".join(terms)])}
    return {passage: _excerpt(text, sought) for passage, text in texts.items()}


def _excerpt(text: str, sought: Collection[str]) -> str:
    """The EXCERPT words that hold the most of the sought ones, from a sentence's start if any."""
    words = list(WORD.finditer(text))

    def worth(first: int) -> tuple[int, bool, int, int]:
        found = [word[0].lower() for word in words[first : first + EXCERPT] if word[0] in sought]
        gap = text[words[first - 1].end() : words[first].start()] if first else "\n"
        return len(set(found)), bool(_SENTENCE_END.search(gap)), len(found), -first

    first = max(range(max(len(words) - EXCERPT, 0) + 1), key=worth)
    last = first + EXCERPT
    start = words[first].start() if first else 0
    end = words[last - 1].end() if last < len(words) else len(text)
    marked = WORD.sub(
        lambda word: f"{MARK_START}{word[0]}{MARK_END}" if word[0] in sought else word[0],
        text[start:end],
    )
    return f"{'…' if first else ''}{marked}{'…' if last < len(words) else ''}"


def _rows(sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())
