"""From a zip archive to the files in it, within bounds. Runs in a reader's process only."""

import io
import stat
import zipfile
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath, PureWindowsPath

from research.confined.exceptions import FileTooLarge, RefusedFile
from research.library.exceptions import (
    ArchiveInArchive,
    BrokenFile,
    EncryptedFile,
    LinkInArchive,
    PathClimbsOut,
    UnpacksTooLarge,
)
from research.library.limits import MAX_BYTES, MAX_MEMBERS, MAX_UNPACKED
from research.library.readers.packed.package import DAMAGED

ENDING = ".zip"

Member = tuple[str, bytes | RefusedFile | None]
"""A file's path in the archive with its content; or why it is refused; None: of no kind read."""


def read(content: bytes, name: str, is_read: Callable[[str], bool]) -> Iterator[Member]:
    """The files of an archive but hidden ones, in its order, the archive as their folder.

    Raises BrokenFile and UnpacksTooLarge, before anything is unpacked. `is_read` tells by its
    path whether a file is of a kind that the library reads: others are not unpacked.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (*DAMAGED, NotImplementedError) as error:
        raise BrokenFile(name, reason="it cannot be unpacked") from error
    files = [each for each in archive.infolist() if not each.is_dir()]
    shown = [each for each in files if not is_hidden(each.filename)]
    size = sum(min(each.file_size, MAX_BYTES + 1) for each in shown if is_read(each.filename))
    if size > MAX_UNPACKED or len(files) > MAX_MEMBERS:
        raise UnpacksTooLarge(name, limit=MAX_UNPACKED // 1024**2, members=MAX_MEMBERS)
    for each in shown:
        path = f"{name}/{each.filename}"
        try:
            _check(each, path)
            yield path, _content(archive, each, path) if is_read(each.filename) else None
        except RefusedFile as error:
            yield path, error


def is_hidden(path: str) -> bool:
    """Whether it is a hidden file, or what macOS adds to an archive."""
    parts = PurePosixPath(path).parts
    return "__MACOSX" in parts or any(
        part.startswith(".") and part not in (".", "..") for part in parts
    )


def _check(member: zipfile.ZipInfo, path: str) -> None:
    name = member.filename
    parts = PureWindowsPath(name).parts  # which knows both slashes, and drives
    if PureWindowsPath(name).anchor or ".." in parts:
        raise PathClimbsOut(path)
    if stat.S_ISLNK(member.external_attr >> 16):
        raise LinkInArchive(path)
    if name.lower().endswith(ENDING):
        raise ArchiveInArchive(path)
    if member.flag_bits & 1:
        raise EncryptedFile(path)


def _content(archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: str) -> bytes:
    if member.file_size > MAX_BYTES:
        raise FileTooLarge(path, limit=MAX_BYTES // 1024**2)
    try:
        return archive.read(member)  # no more than the archive says of it
    except (*DAMAGED, RuntimeError, NotImplementedError) as error:
        raise BrokenFile(path, reason="it cannot be unpacked") from error
