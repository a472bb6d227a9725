"""Adding documents: which files are taken, how they are read, and the one way they are written."""

import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from django.db import transaction

from research.confined.exceptions import FileTooLarge
from research.library import keys
from research.library.blocks import Piece
from research.library.characters import shortened
from research.library.exceptions import FileMissing, FileUnreadable, LinkNotFollowed, UnknownKind
from research.library.limits import MAX_BYTES
from research.library.models import Document, Passage
from research.library.reading import read_document

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

AT_ONCE = 1000  # passages written at once, and held in memory

NOT_REGULAR = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFLNK: "a link",
}


@dataclass(frozen=True, slots=True)
class Added:
    """A document that was added, or was there already; `is_new` tells which.

    `has_namesake`: another upload has the same file name; both are kept.
    """

    document: Document
    is_new: bool
    has_namesake: bool = False


def files_under(path: Path) -> Iterator[Path]:
    """The path itself, or the readable files of a folder in order, without hidden ones."""
    if path.is_dir():
        yield from (file for file in _all_under(path) if file.suffix.lower() in KINDS)
    else:
        yield path


def passed_over(path: Path) -> list[Path]:
    """The files of a folder that are of no kind that the library reads."""
    return [file for file in _all_under(path) if file.suffix.lower() not in KINDS]


def _all_under(path: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(path):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(folder, name) for name in sorted(names) if not name.startswith("."))


def add_path(path: str | Path, within: Path | None = None) -> Added:
    """Adds one file, or updates the document that was added from its path; raises RefusedFile.

    A link is followed, but not out of the folder `within`, if there is one.
    """
    path = Path(path)
    _kind(path.name)
    try:
        real = path.resolve(strict=True)
        if within and not real.is_relative_to(within.resolve()):
            raise LinkNotFollowed(str(path), folder=str(within))
        document, pieces = _read(path.name, _content(real, str(path)))
    except FileNotFoundError:
        raise FileMissing(str(path)) from None
    except (OSError, RuntimeError) as error:  # links in a circle are a RuntimeError
        reason = getattr(error, "strerror", None) or "it leads nowhere"
        raise FileUnreadable(str(path), reason=reason) from error
    document.key = keys.of_path(real)
    is_new = not Document.objects.filter(key=document.key).exists()
    write([(document, pieces)])
    return Added(document, is_new)


def _content(path: Path, name: str) -> bytes:
    """What a regular file holds; anything else is not read, and a pipe is not waited for."""
    _check_regular(path.lstat(), name)  # before, since opening a device may set it to work
    with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:  # noqa: PTH123
        _check_regular(os.fstat(file.fileno()), name)
        content = file.read(MAX_BYTES + 1) or b""
    if len(content) > MAX_BYTES:
        raise FileTooLarge(name, limit=MAX_BYTES // 1024**2)
    return content


def _check_regular(status: os.stat_result, name: str) -> None:
    if not stat.S_ISREG(status.st_mode):
        what = NOT_REGULAR.get(stat.S_IFMT(status.st_mode), "something else")
        raise FileUnreadable(name, reason=f"it is {what}, not a regular file")


def add_bytes(name: str, content: bytes) -> Added:
    """Adds an uploaded file; raises RefusedFile.

    Two uploads are the same document when name and text are. One of the same name with another
    text, such as from another folder, is kept beside the first.
    """
    document, pieces = _read(name, content)
    document.key = keys.of_upload(name, document.text)
    if there := Document.objects.filter(key=document.key).first():
        return Added(there, is_new=False)
    has_namesake = Document.objects.uploaded_as(name).exists()
    write([(document, pieces)])
    return Added(document, is_new=True, has_namesake=has_namesake)


def _read(name: str, content: bytes) -> tuple[Document, list[Piece]]:
    """A document that is not stored yet and has no key, and its passages."""
    kind = _kind(name)
    if len(content) > MAX_BYTES:
        raise FileTooLarge(name, limit=MAX_BYTES // 1024**2)
    found = read_document(kind, name, content)
    title = found.title or shortened(Path(name).stem or name)
    return Document(title=title, kind=kind, text=found.text), found.passages


def _kind(name: str) -> Document.Kind:
    kind = KINDS.get(Path(name).suffix.lower())
    if kind is None:
        raise UnknownKind(name, kinds=", ".join(KINDS))
    return kind


@transaction.atomic
def write(contents: Sequence[tuple[Document, Iterable[Piece]]]) -> None:
    """Stores documents with their passages; one whose key is there already keeps its id."""
    documents = [document for document, _ in contents]
    Document.objects.bulk_create(
        documents,
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=["title", "kind", "origin", "text", "built_in", "added_at"],
    )
    Passage.objects.filter(document__in=documents).delete()
    passages = (
        Passage(document=document, index=index, heading=piece.heading, text=piece.text)
        for document, pieces in contents
        for index, piece in enumerate(pieces)
    )
    while some := list(islice(passages, AT_ONCE)):
        Passage.objects.bulk_create(some)
