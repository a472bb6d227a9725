"""Adding documents: which files are taken, how they are read, and the one way they are written."""

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from bs4.dammit import UnicodeDammit
from django.db import transaction

from research.library.blocks import Reading, as_text, passages
from research.library.exceptions import (
    BinaryContent,
    FileMissing,
    FileTooLarge,
    FileUnreadable,
    NoText,
    UnknownKind,
)
from research.library.models import Document, Passage
from research.library.readers import html, markdown, pdf, plain, rst

MAX_BYTES = 10 * 1024 * 1024
KINDS = {
    ".txt": Document.Kind.TEXT,
    ".text": Document.Kind.TEXT,
    ".md": Document.Kind.MARKDOWN,
    ".markdown": Document.Kind.MARKDOWN,
    ".html": Document.Kind.HTML,
    ".htm": Document.Kind.HTML,
    ".xhtml": Document.Kind.HTML,
    ".rst": Document.Kind.RST,
    ".pdf": Document.Kind.PDF,
}
TEXT_READERS = {
    Document.Kind.TEXT: plain.read,
    Document.Kind.MARKDOWN: markdown.read,
    Document.Kind.HTML: html.read,
    Document.Kind.RST: rst.read,
}
# Everything below space but tab, line feed, form feed and carriage return, and Unicode's own.
CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
MAX_CONTROL = 0.1  # of the characters; a file that holds more is not text


def files_under(path: Path) -> Iterator[Path]:
    """The path itself, or the readable files of a folder in order, without hidden ones."""
    if not path.is_dir():
        yield path
        return
    for folder, folders, names in os.walk(path):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith(".") and Path(name).suffix.lower() in KINDS:
                yield Path(folder, name)


def add_path(path: str | Path) -> Document:
    """Adds one file, or updates the document it was added as; raises RefusedFile."""
    path = Path(path)
    _kind(path.name)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise FileTooLarge(str(path), limit=MAX_BYTES // 1024**2)
        content = path.read_bytes()
    except FileNotFoundError:
        raise FileMissing(str(path)) from None
    except OSError as error:
        raise FileUnreadable(str(path), reason=error.strerror or "unreadable") from error
    return _add(path.name, content, key=f"file:{path.resolve()}")


def add_bytes(name: str, content: bytes) -> Document:
    """Adds an uploaded file, or updates the one uploaded by that name; raises RefusedFile."""
    return _add(name, content, key=f"upload:{name}")


def _add(name: str, content: bytes, key: str) -> Document:
    kind = _kind(name)
    if len(content) > MAX_BYTES:
        raise FileTooLarge(name, limit=MAX_BYTES // 1024**2)
    reading = _read(kind, content, name)
    document = Document(
        title=shortened(reading.title or Path(name).stem or name),
        kind=kind,
        key=key.encode("utf-8", "backslashreplace").decode(),  # a file's name may be no text
        text=as_text(reading.blocks),
    )
    write([(document, reading)])
    return document


def _kind(name: str) -> Document.Kind:
    kind = KINDS.get(Path(name).suffix.lower())
    if kind is None:
        raise UnknownKind(name, kinds=", ".join(KINDS))
    return kind


def _read(kind: Document.Kind, content: bytes, name: str) -> Reading:
    if kind == Document.Kind.PDF:
        reading = printable(pdf.read(content, name))
    else:
        reading = TEXT_READERS[kind](decode(content, name))
    if not any(block.text for block in reading.blocks):
        raise NoText(name)
    return reading


def decode(content: bytes, name: str) -> str:
    """The text of a file, without control characters; raises BinaryContent.

    UTF-8 and marked UTF-16 first, then what a page declares or its bytes look like.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
        if b"\0" in content and not marked:
            raise BinaryContent(name) from None
        text = UnicodeDammit(content).unicode_markup or ""
        if not text:
            raise BinaryContent(name) from None
    printable = CONTROL.sub("", text)
    if len(text) - len(printable) > MAX_CONTROL * len(text):
        raise BinaryContent(name)
    return re.sub(r"\r\n?|[\x0c\x85\u2028\u2029]", "\n", printable)


def printable(reading: Reading) -> Reading:
    """A reading whose text did not come through `decode`: PostgreSQL refuses a NUL."""
    blocks = [replace(block, text=CONTROL.sub("", block.text)) for block in reading.blocks]
    return Reading(CONTROL.sub("", reading.title), blocks)


def shortened(title: str) -> str:
    """A title that fits its column: it may come from a file's name, which holds any character."""
    title = CONTROL.sub("", title)
    return title if len(title) <= 200 else title[:199].rstrip() + "…"


@transaction.atomic
def write(readings: Sequence[tuple[Document, Reading]]) -> None:
    """Stores documents with their passages; one whose key is there already keeps its id."""
    documents = [document for document, _ in readings]
    Document.objects.bulk_create(
        documents,
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=["title", "kind", "origin", "text", "built_in", "added_at"],
    )
    Passage.objects.filter(document__in=documents).delete()
    Passage.objects.bulk_create(
        Passage(document=document, index=index, heading=piece.heading, text=piece.text)
        for document, reading in readings
        for index, piece in enumerate(passages(reading.blocks))
    )
