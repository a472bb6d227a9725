"""The full-text index over passages: all that depends on which database holds it."""

from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from research.library.index import postgres, sqlite
from research.library.index.contract import Index

_INDEXES: dict[str, Index] = {"postgresql": postgres, "sqlite": sqlite}


def of(database: BaseDatabaseWrapper = connection) -> Index:
    """The index of that database; raises ImproperlyConfigured where there is none."""
    if database.vendor not in _INDEXES:
        raise ImproperlyConfigured(f"The library does not search on {database.vendor}.")
    return _INDEXES[database.vendor]
