"""New rows, stored by a statement that is put together once: for what happens at every step.

Django's `save` and `bulk_create` take most of their time to put the statements together. Without
them, and with the numbers of events taken by hand, the thread that stores needs 8 ms of processor
time for a `quick` topic in place of 14.
"""

import functools
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection, models
from django.db.models.expressions import DatabaseDefault

MAX_PARAMETERS = 900  # of a statement; the least that a build of SQLite takes is 999

Row = Mapping[str, Any]
"""Values by the names of a model's attributes."""


def insert(model: type[models.Model], rows: Sequence[Row]) -> None:
    """Stores rows that all have the same attributes: every one but a key that counts by itself."""
    if not rows:
        return
    names = tuple(rows[0])
    fields = _fields(model, names)
    most = MAX_PARAMETERS // len(names)
    for start in range(0, len(rows), most):
        some = rows[start : start + most]
        values = [
            field.get_db_prep_save(row[name], connection)
            for row in some
            for name, field in zip(names, fields, strict=True)
        ]
        with connection.cursor() as cursor:
            cursor.execute(_statement(model, names, len(some)), values)


def row_of(new: models.Model) -> Row:
    """An object that is not stored yet as a row; what it leaves to the database is not in it."""
    values = {
        field.attname: getattr(new, field.attname)
        for field in new._meta.concrete_fields
        if not field.primary_key
    }
    return {name: value for name, value in values.items() if not isinstance(value, DatabaseDefault)}


@functools.cache
def _fields(model: type[models.Model], names: tuple[str, ...]) -> "list[models.Field[Any, Any]]":
    by_name = {field.attname: field for field in model._meta.concrete_fields}
    return [by_name[name] for name in names]


@functools.lru_cache(maxsize=1024)
def _statement(model: type[models.Model], names: tuple[str, ...], rows: int) -> str:
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column or "") for field in _fields(model, names))
    row = f"({', '.join(['%s'] * len(names))})"
    table = quote(model._meta.db_table)
    return f"INSERT INTO {table} ({columns}) VALUES {', '.join([row] * rows)}"  # noqa: S608
