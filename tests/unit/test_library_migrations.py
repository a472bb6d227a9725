"""What migrations make of the documents that were there before."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from research.library.documents import add_bytes
from research.library.models import Document

pytestmark = pytest.mark.django_db

upload_keys = import_module("research.library.migrations.0003_upload_keys")


def test_an_upload_from_before_is_known_again() -> None:
    """And goes back to what an upload of its name would have replaced."""
    added = add_bytes("a.txt", b"One.").document
    Document.objects.update(key="upload:a.txt")
    upload_keys.lengthen(apps, connection.schema_editor())
    assert add_bytes("a.txt", b"One.").document == added
    upload_keys.shorten(apps, connection.schema_editor())
    assert Document.objects.get().key == "upload:a.txt"
