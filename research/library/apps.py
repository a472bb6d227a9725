from typing import Any

from django.apps import AppConfig
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created


class LibraryConfig(AppConfig):
    name = "research.library"
    label = "library"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        connection_created.connect(_make_ready)


def _make_ready(connection: BaseDatabaseWrapper, **signal: Any) -> None:
    from research.library import index

    index.of(connection).connect(connection)
