"""The index on PostgreSQL: generated columns of stems and their places, which GIN indexes search.

Words are cut and stemmed as on SQLite (`research.library.words`), so that the same queries find the
same. PostgreSQL's parser would take `asyncio.run` for a host and `<b>` for a tag, so it sees no
punctuation. Its own ranks do not tell rare words from common ones; BM25 does. The models do not
know the columns.
"""

from collections.abc import Collection, Sequence
from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from research.library.index import bm25
from research.library.index.contract import TITLE, Candidate, Readers
from research.library.query import Term
from research.library.words import DROPPED, PLUS_PLUS, SHARP, UNIT

CONSIDERED = 200  # passages that BM25 is worked out for
VOCABULARY_OF = 5000  # passages: PostgreSQL keeps no list of an index's words


def _plain(text: str) -> str:
    """SQL for the normalised text that an SQL expression gives, without ASCII punctuation."""
    plain = f"lower(normalize(regexp_replace(normalize({text}, NFKD), '{DROPPED}', '', 'g'), NFKC))"
    for pattern, replacement in (
        (PLUS_PLUS, r"\1plusplus "),
        (SHARP, r"\1\2sharp "),
        (UNIT, r" \& "),
        (r"[!-/:-@\[-`{-~]+", " "),
    ):
        plain = f"regexp_replace({plain}, '{pattern}', '{replacement}', 'g')"
    return plain


def _words(text: str) -> str:
    """SQL for the stems and their places in the text that an SQL expression gives."""
    return f"to_tsvector('library'::regconfig, {_plain(text)})"


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
    "CREATE TABLE library_version (number bigint NOT NULL)",
    "INSERT INTO library_version VALUES (0)",
    """
    CREATE FUNCTION library_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN UPDATE library_version SET number = random() * 1e18; RETURN NULL; END $$
    """,
    "CREATE TRIGGER library_changed AFTER INSERT OR UPDATE OR DELETE ON library_document "
    "FOR EACH STATEMENT EXECUTE FUNCTION library_changed()",
    "CREATE TRIGGER library_changed AFTER INSERT OR UPDATE OR DELETE ON library_passage "
    "FOR EACH STATEMENT EXECUTE FUNCTION library_changed()",
]
REMOVAL = [
    "DROP TRIGGER IF EXISTS library_changed ON library_passage",
    "DROP TRIGGER IF EXISTS library_changed ON library_document",
    "DROP FUNCTION IF EXISTS library_changed",
    "DROP TABLE IF EXISTS library_version",
    "ALTER TABLE library_passage DROP COLUMN IF EXISTS words",
    "ALTER TABLE library_document DROP COLUMN IF EXISTS words",
    "DROP TEXT SEARCH CONFIGURATION IF EXISTS library",
    "DROP TEXT SEARCH DICTIONARY IF EXISTS library_porter",
]

_HOLDING = f"""
SELECT term, count(DISTINCT passage) FROM (
    SELECT term, phraseto_tsquery('library', {_plain("term")}) AS query
    FROM unnest(%s::text[]) AS given(term)
) AS sought CROSS JOIN LATERAL (
    SELECT id AS passage FROM library_passage WHERE words @@ query
    UNION
    SELECT passage.id FROM library_document AS document
    JOIN library_passage AS passage ON passage.document_id = document.id
    WHERE document.words @@ query
) AS holders GROUP BY term
"""

# Takes terms with their weights. `ts_rank` tells how often a passage
# holds a term, for its length; that is enough to choose those that BM25 is worked out for.
_CONSIDERED = f"""
WITH sought AS MATERIALIZED (
    SELECT phraseto_tsquery('library', {_plain("term")}) AS query, weight
    FROM unnest(%(terms)s::text[], %(weights)s::float[]) AS given(term, weight)
), holders AS (
    SELECT id, weight * (1 + ts_rank(words, query, 1)) AS worth
    FROM sought JOIN library_passage ON words @@ query
    UNION ALL
    SELECT passage.id, weight * {TITLE}
    FROM sought JOIN library_document AS document ON document.words @@ query
    JOIN library_passage AS passage ON passage.document_id = document.id
), considered AS (
    SELECT holders.id, sum(worth) AS worth
    FROM holders JOIN library_passage AS passage USING (id)
    JOIN library_document AS document ON document.id = passage.document_id
    WHERE (%(built_in)s::bool IS NULL OR document.built_in = %(built_in)s)
        AND (%(teams)s::bigint[] IS NULL OR document.team_id IS NULL
            OR document.team_id = ANY(%(teams)s::bigint[]))
    GROUP BY holders.id
    ORDER BY worth DESC, holders.id LIMIT {CONSIDERED}
)
SELECT passage.id, document.id, document.title || ' ' || document.origin,
    passage.heading, passage.text
FROM considered JOIN library_passage AS passage USING (id)
JOIN library_document AS document ON document.id = passage.document_id
"""

_VOCABULARY = f"""
SELECT word FROM ts_stat($$
    SELECT words FROM library_passage ORDER BY id DESC LIMIT {VOCABULARY_OF}
$$) WHERE left(word, 1) = ANY(%s)
"""


def connect(database: BaseDatabaseWrapper) -> None:
    """A new connection needs nothing."""


def create(database: BaseDatabaseWrapper) -> None:
    """Makes the columns and their indexes, anew where they are there already."""
    _run(database, REMOVAL + SCHEMA)


def remove(database: BaseDatabaseWrapper) -> None:
    _run(database, REMOVAL)


def _run(database: BaseDatabaseWrapper, statements: list[str]) -> None:
    with database.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def version() -> int:
    """A number that is another after every change of the library."""
    return int(_rows("SELECT number FROM library_version")[0][0])


def size() -> int:
    """How many passages there are."""
    return int(_rows("SELECT count(*) FROM library_passage")[0][0])


def holding(terms: Sequence[Term]) -> list[int]:
    """How many passages hold each term, in any form of its words."""
    texts = [" ".join(term.words) for term in terms]
    counts = dict(_rows(_HOLDING, [texts]))
    return [counts.get(text, 0) for text in texts]


def best(
    terms: Sequence[Term], limit: int, built_in: bool | None, readers: Readers = None
) -> list[Candidate]:
    """The passages that hold any of the terms, the best by BM25 first."""
    weights = bm25.weights(holding(terms), size())
    found = _rows(
        _CONSIDERED,
        {
            "terms": [" ".join(term.words) for term in terms],
            "weights": weights,
            "built_in": built_in,
            "teams": None if readers is None else sorted(readers),
        },
    )
    return bm25.ranked(found, terms, weights)[:limit]


def vocabulary(like: Collection[str]) -> list[str]:
    """Stems that the newest passages hold and that begin as one of those does."""
    return [word for (word,) in _rows(_VOCABULARY, [sorted({word[:1] for word in like})])]


def _rows(sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())
