"""A database that takes nothing for a while: told from a mistake of ours, and answered with 503."""

import logging
import sqlite3

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from researchsite.middleware import OnTheLoop

_PASSING = {  # what SQLite says when the trouble is not with the statement
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_READONLY,
}

logger = logging.getLogger(__name__)


def will_pass(error: BaseException) -> bool:
    """Whether the trouble is the database's, not the statement's: the same may work later."""
    if isinstance(error, InterfaceError):  # a connection that broke
        return True
    if not isinstance(error, OperationalError):
        return False
    code = getattr(error.__cause__, "sqlite_errorcode", None)
    return code is None or code & 0xFF in _PASSING  # the low byte: the rest says more precisely


class TellOutage(OnTheLoop):
    """A page that met an outage says so; nothing that it needs can be what broke."""

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not will_pass(error):
            return None
        logger.error("The database could not serve %s %s: %s", request.method, request.path, error)
        return HttpResponse(render_to_string("503.html"), status=503, headers={"Retry-After": "5"})
