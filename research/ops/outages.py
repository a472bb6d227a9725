"""A database that is away for a while, told apart from a mistake of ours."""

import sqlite3

from django.db import InterfaceError, OperationalError

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
