"""The sample library: real text that is on every machine that runs this site.

It is made of the Python language reference that comes with Python, of the standard library's
docstrings, of what chosen packages say about themselves, and of the facts that each installed one
states.
"""

import gc
import hashlib
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import metadata

from django.db import connection, transaction

from research.library import documents
from research.library.blocks import Block, Kind, Piece, as_text, passages
from research.library.characters import printable, shortened
from research.library.models import Document, Sample
from research.library.sample import docstrings, facts, language, packages
from research.library.sample.texts import Text

FORMAT = 5  # one more when the same sources come to be read differently


def fill() -> bool:
    """Brings the sample up to date with this Python and its packages; False when it already is.

    Of several processes that start at once, one fills it and the others find it filled.
    """
    fingerprint = _fingerprint()
    current = Sample.objects.filter(fingerprint=fingerprint)
    if current.exists():
        return False
    with _no_collections():
        contents = [_read(text) for text in _texts()]
    with transaction.atomic():
        _wait_for_others()
        if current.exists():
            return False
        documents.write(contents)
        kept = [document.key for document, _ in contents]
        Document.objects.built_in().exclude(key__in=kept).delete()
        Sample.objects.all().delete()
        Sample.objects.create(fingerprint=fingerprint)
    return True


@contextmanager
def _no_collections() -> Iterator[None]:
    """Holds the garbage collector back: it would go through each syntax tree again and again."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _wait_for_others() -> None:
    """On PostgreSQL; a transaction on SQLite is the only one that writes, from its start."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE library_sample IN SHARE ROW EXCLUSIVE MODE")


def _texts() -> Iterator[Text]:
    yield from language.texts()
    yield from packages.texts()
    yield from facts.texts()
    yield from docstrings.texts()


def _read(text: Text) -> tuple[Document, Iterator[Piece]]:
    reading = printable(text.reading)
    document = Document(
        title=shortened(reading.title),
        kind=text.kind,
        origin=shortened(text.origin),
        key=f"sample:{text.name}",
        text=as_text(reading.blocks),
        built_in=True,
    )
    title = Block(Kind.HEADING, reading.title, 1)  # over what stands before the first heading
    return document, passages([title, *reading.blocks])


def _fingerprint() -> str:
    """Changes with Python, with any installed package, and with how they are read."""
    installed = sorted({(found.name, found.version) for found in metadata.distributions()})
    told = repr((FORMAT, platform.python_version(), installed))
    return hashlib.sha256(told.encode()).hexdigest()
