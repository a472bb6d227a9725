"""Adding documents: which files are taken, how they are read, and the one way they are written."""

import os
import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Self

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
    ".docx": Document.Kind.DOCX,
    ".docm": Document.Kind.DOCX,
    ".pptx": Document.Kind.PPTX,
    ".pptm": Document.Kind.PPTX,
    ".xlsx": Document.Kind.XLSX,
    ".xlsm": Document.Kind.XLSX,
    ".odt": Document.Kind.ODT,
    ".epub": Document.Kind.EPUB,
    ".rtf": Document.Kind.RTF,
    ".csv": Document.Kind.CSV,
    ".tsv": Document.Kind.CSV,
    ".json": Document.Kind.JSON,
    ".ipynb": Document.Kind.NOTEBOOK,
    ".mdx": Document.Kind.MDX,
}

ARCHIVE = ".zip"
TAKEN = (*KINDS, ARCHIVE)  # endings

AT_ONCE = 1000  # passages written at once, and held in memory

NOT_REGULAR = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFLNK: "a link",
}


class Change(StrEnum):
    """What adding a file came to. BESIDE: another upload has the same name; both are kept."""

    ADDED = "added"
    BESIDE = "beside"
    REPLACED = "replaced"
    EQUAL = "equal"


@dataclass(frozen=True, slots=True)
class Added:
    """A document that was added, or was there already."""

    document: Document
    change: Change

    @property
    def is_new(self) -> bool:
        return self.change in (Change.ADDED, Change.BESIDE)


@dataclass(frozen=True, slots=True)
class Folder:
    """The files of a folder in order; hidden ones, and those of hidden folders, are left out."""

    files: list[Path]
    hidden: int  # files and folders

    @classmethod
    def of(cls, path: Path) -> Self:
        files, hidden = [], 0
        for folder, folders, names in os.walk(path):
            hidden += sum(name.startswith(".") for name in folders + names)
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            files += [Path(folder, name) for name in sorted(names) if not name.startswith(".")]
        return cls(files, hidden)


def add_path(path: str | Path, within: Path | None = None) -> Added:
    """Adds one file, or updates the document that was added from its path; raises RefusedFile.

    A link is followed, but not out of the folder `within`, if there is one.
    """
    path = Path(path)
    _kind(path.name)
    real, content = opened(path, within)
    document, pieces = read(path.name, content)
    document.key = keys.of_path(real)
    return stored(document, pieces)


def opened(path: Path, within: Path | None) -> tuple[Path, bytes]:
    """Where a path leads, and what the file there holds."""
    try:
        real = path.resolve(strict=True)
        if within and not real.is_relative_to(within.resolve()):
            raise LinkNotFollowed(str(path), folder=str(within))
        return real, _content(real, str(path))
    except FileNotFoundError:
        raise FileMissing(str(path)) from None
    except (OSError, RuntimeError) as error:  # links in a circle are a RuntimeError
        reason = getattr(error, "strerror", None) or "it leads nowhere"
        raise FileUnreadable(str(path), reason=reason) from error


def stored(document: Document, pieces: list[Piece]) -> Added:
    """Writes a document in the place of the one that has its key, if there is one."""
    before = Document.objects.filter(key=document.key).values_list("text", flat=True).first()
    write([(document, pieces)])
    if before is None:
        return Added(document, Change.ADDED)
    return Added(document, Change.EQUAL if before == document.text else Change.REPLACED)


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


def add_bytes(
    name: str, content: bytes, *, replaces: bool = False, team: int | None = None
) -> Added:
    """Adds an uploaded file, for a team or (None) the whole site; raises RefusedFile.

    `name` may hold the folders that it comes from.

    Two uploads are the same document when name and text are. One of the same name with another
    text is kept beside the first, or, if it `replaces`, takes its place.
    """
    name = keys.path_in_folder(name)
    document, pieces = read(name, content)
    document.team_id = team
    document.key = keys.of_upload(name, document.text, team)
    others = Document.objects.uploaded_as(name, team).exclude(key=document.key)
    is_alone = not others.exists()
    if is_alone or not replaces:
        if there := Document.objects.filter(key=document.key).first():
            return Added(there, Change.EQUAL)
        write([(document, pieces)])
        return Added(document, Change.ADDED if is_alone else Change.BESIDE)
    with transaction.atomic():
        others.delete()
        write([(document, pieces)])
    return Added(document, Change.REPLACED)


def is_archive(name: str) -> bool:
    return name.lower().endswith(ARCHIVE)


def check(name: str, size: int) -> None:
    """Whether a file of that name and size may be added at all; raises RefusedFile."""
    if not is_archive(name):
        _kind(name)
    if size > MAX_BYTES:
        raise FileTooLarge(name, limit=MAX_BYTES // 1024**2)


def read(name: str, content: bytes) -> tuple[Document, list[Piece]]:
    """A document that is not stored yet and has no key, and its passages."""
    kind = _kind(name)
    check(name, len(content))
    found = read_document(kind, name, content)
    title = found.title or shortened(Path(name).stem or name)
    return Document(title=title, kind=kind, text=found.text), found.passages


def _kind(name: str) -> Document.Kind:
    kind = KINDS.get(Path(name).suffix.lower())
    if kind is None:
        raise UnknownKind(name, kinds=", ".join(TAKEN))
    return kind


@transaction.atomic
def write(contents: Sequence[tuple[Document, Iterable[Piece]]]) -> None:
    """Stores documents with their passages; one whose key is there already keeps its id."""
    documents = [document for document, _ in contents]
    Document.objects.bulk_create(
        documents,
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=["title", "kind", "origin", "text", "built_in", "team", "added_at"],
    )
    Passage.objects.filter(document__in=documents).delete()
    passages = (
        Passage(document=document, index=index, heading=piece.heading, text=piece.text)
        for document, pieces in contents
        for index, piece in enumerate(pieces)
    )
    while some := list(islice(passages, AT_ONCE)):
        Passage.objects.bulk_create(some)
