"""A database that is away for a while, told apart from a mistake of ours, or of who asks."""

import sqlite3

from django.db import DataError, Error, InterfaceError, OperationalError

from research.exceptions import BadInput, DatabaseUnavailable, ResearchError

_PASSING = {  # what SQLite says when the trouble is not with the statement
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_READONLY,
}


def will_pass(error: BaseException) -> bool:
    """Whether the trouble is the database's, not the statement's: the same may work later."""
    if isinstance(error, InterfaceError):  # a connection that broke
        return True
    if not isinstance(error, OperationalError):
        return False
    code = getattr(error.__cause__, "sqlite_errorcode", None)
    return code is None or code & 0xFF in _PASSING  # the low byte: the rest says more precisely


def refusal_of(error: Error) -> ResearchError | None:
    """What to answer who has asked for it; None for a mistake of ours.

    PostgreSQL stores and looks for no NUL character, wherever in a request it stood.
    """
    if isinstance(error, DataError) and "NUL" in str(error):
        return BadInput(reason="it holds a NUL character, which no text has.")
    return DatabaseUnavailable() if will_pass(error) else None
