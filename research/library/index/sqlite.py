"""The index on SQLite: an FTS5 table beside the passages, kept in step by triggers.

The triggers call `library_words`, a function that `connect` gives to each connection.
A later migration that alters a table of the library calls `create` again: SQLite remakes the table
without its triggers.
"""

import json
import re
from collections.abc import Collection, Sequence
from operator import attrgetter
from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from research.library.index.contract import HEADING, TEXT, TITLE, Candidate, Readers
from research.library.query import Term
from research.library.words import for_index, stems

_TITLE = "library_words(document.title || ' ' || document.origin)"
_CHANGED = "UPDATE library_version SET number = random();"
_ALL = f"""
    SELECT passage.id, {_TITLE}, library_words(passage.heading), library_words(passage.text)
    FROM library_passage AS passage
    JOIN library_document AS document ON document.id = passage.document_id
"""

SCHEMA = [
    # `library_words` has taken the accents off; combining marks are part of words, as in Hindi.
    """
    CREATE VIRTUAL TABLE library_index USING fts5(
        title, heading, text,
        tokenize = "porter unicode61 remove_diacritics 0 categories 'L* N* M* Co'"
    )
    """,
    # What `ORDER BY rank` sorts by: FTS5 then scores each match once.
    "INSERT INTO library_index (library_index, rank) "
    f"VALUES ('rank', 'bm25({TITLE}, {HEADING}, {TEXT})')",
    "CREATE VIRTUAL TABLE library_words USING fts5vocab(library_index, row)",
    "CREATE TABLE library_version (number integer NOT NULL)",
    "INSERT INTO library_version VALUES (0)",
    f"INSERT INTO library_index (rowid, title, heading, text) {_ALL}",
    f"""
    CREATE TRIGGER library_passage_added AFTER INSERT ON library_passage BEGIN
        INSERT INTO library_index (rowid, title, heading, text) {_ALL} WHERE passage.id = new.id;
        {_CHANGED}
    END
    """,
    f"""
    CREATE TRIGGER library_passage_removed AFTER DELETE ON library_passage BEGIN
        DELETE FROM library_index WHERE rowid = old.id;
        {_CHANGED}
    END
    """,
    f"""
    CREATE TRIGGER library_passage_changed
        AFTER UPDATE OF heading, text ON library_passage BEGIN
        UPDATE library_index
        SET heading = library_words(new.heading), text = library_words(new.text)
        WHERE rowid = new.id;
        {_CHANGED}
    END
    """,
    f"""
    CREATE TRIGGER library_document_renamed
        AFTER UPDATE OF title, origin ON library_document BEGIN
        UPDATE library_index SET title = library_words(new.title || ' ' || new.origin)
        WHERE rowid IN (SELECT id FROM library_passage WHERE document_id = new.id);
        {_CHANGED}
    END
    """,
]
REMOVAL = [
    "DROP TRIGGER IF EXISTS library_document_renamed",
    "DROP TRIGGER IF EXISTS library_passage_changed",
    "DROP TRIGGER IF EXISTS library_passage_removed",
    "DROP TRIGGER IF EXISTS library_passage_added",
    "DROP TABLE IF EXISTS library_version",
    "DROP TABLE IF EXISTS library_words",
    "DROP TABLE IF EXISTS library_index",
]

_BEST = """
    SELECT passage.id, passage.document_id, document.title || ' ' || document.origin,
        passage.heading, passage.text, -library_index.rank
    FROM library_index
    JOIN library_passage AS passage ON passage.id = library_index.rowid
    JOIN library_document AS document ON document.id = passage.document_id
    WHERE library_index MATCH %s AND (%s IS NULL OR document.built_in = %s)
        AND (%s IS NULL OR document.team_id IS NULL
            OR document.team_id IN (SELECT value FROM json_each(%s)))
    ORDER BY library_index.rank LIMIT %s
"""


def connect(database: BaseDatabaseWrapper) -> None:
    """Gives a new connection the function that the triggers call."""
    database.connection.create_function("library_words", 1, _words, deterministic=True)


def _words(text: str | None) -> str:
    return for_index(text or "")


def create(database: BaseDatabaseWrapper) -> None:
    """Makes the index and its triggers, anew where they are there already."""
    _run(database, REMOVAL + SCHEMA)


def remove(database: BaseDatabaseWrapper) -> None:
    _run(database, REMOVAL)


def _run(database: BaseDatabaseWrapper, statements: list[str]) -> None:
    with database.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def version() -> int:
    """A number that is another after every change of the library."""
    return int(_value("SELECT number FROM library_version"))


def size() -> int:
    """How many passages there are."""
    return int(_value("SELECT count(*) FROM library_passage"))


def holding(terms: Sequence[Term]) -> list[int]:
    """How many passages hold each term, in any form of its words."""
    words = [term.words[0] for term in terms if len(term.words) == 1]
    known = dict(
        _rows(
            "SELECT term, doc FROM library_words WHERE term IN (SELECT value FROM json_each(%s))",
            2,
            [json.dumps(stems(words))],
        )
    )
    return [known.get(term.stems[0]) or _matches(term) for term in terms]


def _matches(term: Term) -> int:
    return int(
        _value("SELECT count(*) FROM library_index WHERE library_index MATCH %s", [_phrase(term)])
    )


def best(
    terms: Sequence[Term], limit: int, built_in: bool | None, readers: Readers = None
) -> list[Candidate]:
    """The passages that hold any of the terms, the best by BM25 first."""
    teams = None if readers is None else json.dumps(sorted(readers))
    sought = " OR ".join(map(_phrase, terms))
    found = _rows(_BEST, 6, [sought, built_in, built_in, teams, teams, limit])
    return sorted((Candidate(*row) for row in found), key=attrgetter("score"), reverse=True)


def vocabulary(like: Collection[str]) -> list[str]:
    """Stems that passages hold and that begin as one of those does."""
    starts = sorted({word[:1] for word in like})
    within = " OR ".join(["term >= %s AND term < %s"] * len(starts))
    bounds = [bound for start in starts for bound in (start, start + "\U0010ffff")]
    found = _rows(f"SELECT term FROM library_words WHERE {within}", 1, bounds)
    return [term for (term,) in found]


def _phrase(term: Term) -> str:
    """Quoted, so that none of its words is an operator."""
    return '"' + re.sub(r'["\x00]', " ", " ".join(term.words)) + '"'


def _value(sql: str, parameters: Sequence[Any] = ()) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchone()[0]


def _rows(sql: str, columns: int, parameters: Sequence[Any]) -> list[list[Any]]:
    """What a query of that many columns gives, fetched as one row.

    Python's SQLite gives up the interpreter's lock at every row, and with many threads at work each
    one has to queue for it again.
    """
    names = ", ".join(f"c{number}" for number in range(columns))
    one_row = (
        f"WITH found({names}) AS MATERIALIZED ({sql}) "
        f"SELECT json_group_array(json_array({names})) FROM found"
    )
    return list(json.loads(_value(one_row, parameters)))
