"""The index on SQLite: an FTS5 table beside the passages, kept in step by triggers.

A later migration that alters a table of the library calls `create` again: SQLite remakes the table
without its triggers.
"""

import json
import re
from collections.abc import Collection, Sequence
from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from research.library.index.contract import EXCERPT, HEADING, MARK_END, MARK_START, TEXT

SCHEMA = [
    """
    CREATE VIRTUAL TABLE IF NOT EXISTS library_index
        USING fts5(title, heading, text, tokenize = 'porter unicode61')
    """,
    """
    CREATE TRIGGER IF NOT EXISTS library_passage_added AFTER INSERT ON library_passage BEGIN
        INSERT INTO library_index (rowid, title, heading, text)
        SELECT new.id, title || ' ' || origin, new.heading, new.text
        FROM library_document WHERE id = new.document_id;
    END
    """,
    """
    CREATE TRIGGER IF NOT EXISTS library_passage_removed AFTER DELETE ON library_passage BEGIN
        DELETE FROM library_index WHERE rowid = old.id;
    END
    """,
    """
    CREATE TRIGGER IF NOT EXISTS library_passage_changed
        AFTER UPDATE OF heading, text ON library_passage BEGIN
        UPDATE library_index SET heading = new.heading, text = new.text WHERE rowid = new.id;
    END
    """,
    """
    CREATE TRIGGER IF NOT EXISTS library_document_renamed
        AFTER UPDATE OF title, origin ON library_document BEGIN
        UPDATE library_index SET title = new.title || ' ' || new.origin
        WHERE rowid IN (SELECT id FROM library_passage WHERE document_id = new.id);
    END
    """,
]
REMOVAL = [
    "DROP TRIGGER IF EXISTS library_document_renamed",
    "DROP TRIGGER IF EXISTS library_passage_changed",
    "DROP TRIGGER IF EXISTS library_passage_removed",
    "DROP TRIGGER IF EXISTS library_passage_added",
    "DROP TABLE IF EXISTS library_index",
]


def create(database: BaseDatabaseWrapper) -> None:
    """Makes the index and its triggers where they are missing."""
    _run(database, SCHEMA)


def remove(database: BaseDatabaseWrapper) -> None:
    _run(database, REMOVAL)


def _run(database: BaseDatabaseWrapper, statements: list[str]) -> None:
    with database.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def holders(term: str) -> dict[int, int]:
    """The passages that hold a word in any of its forms: {passage id: document id}."""
    return _pairs(
        "SELECT passage.id AS id, passage.document_id AS value FROM library_index "
        "JOIN library_passage AS passage ON passage.id = library_index.rowid "
        "WHERE library_index MATCH %s",
        [_match([term])],
    )


def scores(terms: Sequence[str], passages: Collection[int]) -> dict[int, float]:
    """How well each of the passages fits the words by BM25, more being better.

    Those that share the words with their document's title only are left out.
    """
    found = _pairs(
        "SELECT rowid AS id, -bm25(library_index, 0, %s, %s) AS value FROM library_index "
        "WHERE library_index MATCH %s",
        [HEADING, TEXT, f"{{heading text}} : ({_match(terms)})"],
    )
    return {passage: score for passage, score in found.items() if passage in passages}


def excerpts(terms: Sequence[str], passages: Collection[int]) -> dict[int, str]:
    """The best part of each passage, the words between MARK_START and MARK_END."""
    if not passages:
        return {}
    return _pairs(
        "SELECT rowid AS id, snippet(library_index, 2, %s, %s, '…', %s) AS value "
        "FROM library_index "
        "WHERE library_index MATCH %s AND rowid IN (SELECT value FROM json_each(%s))",
        [MARK_START, MARK_END, EXCERPT, _match(terms), json.dumps(list(passages))],
    )


def _match(terms: Sequence[str]) -> str:
    """The words as an FTS5 query: quoted, so that none is an operator."""
    return " OR ".join('"' + re.sub(r'["\x00]', " ", term) + '"' for term in terms)


def _pairs(sql: str, parameters: Sequence[str | int]) -> dict[int, Any]:
    """What a query gives as `id` and `value`, fetched as one row.

    Python's SQLite gives up the interpreter's lock at every row, and with many threads at work each
    one has to queue for it again: thousands of short rows would take seconds.
    """
    one_row = (
        f"WITH found AS MATERIALIZED ({sql}) "  # noqa: S608  (only this module's own statements)
        "SELECT json_group_object(id, value) FROM found"
    )
    with connection.cursor() as cursor:
        cursor.execute(one_row, parameters)
        pairs = json.loads(cursor.fetchone()[0])
    return {int(key): value for key, value in pairs.items()}
