"""Zip archives: each of their files is added as if it came from a folder of the archive's name."""

from collections.abc import Callable, Iterator
from pathlib import Path

from research.confined.exceptions import RefusedFile
from research.library import documents, keys
from research.library.documents import KINDS, Added
from research.library.outcomes import Outcome
from research.library.reading import Member, read_archive


def add_upload(
    name: str, content: bytes, *, replaces: bool = False, team: int | None = None
) -> Iterator[Outcome]:
    """Adds the files of an uploaded archive; raises RefusedFile for one that cannot be unpacked."""

    def add(member: Member) -> Added:
        return documents.add_bytes(member.path, member.content, replaces=replaces, team=team)

    yield from _outcomes(name, content, add)


def add_path(path: Path, within: Path | None = None) -> Iterator[Outcome]:
    """Adds an archive's files, or updates what was added from it; raises RefusedFile."""
    real, content = documents.opened(path, within)

    def add(member: Member) -> Added:
        document, pieces = documents.read(member.path, member.content)
        document.key = keys.of_path(real / member.path.removeprefix(f"{path}/"))
        return documents.stored(document, pieces)

    yield from _outcomes(str(path), content, add)


def _outcomes(name: str, content: bytes, add: Callable[[Member], Added]) -> Iterator[Outcome]:
    for member in read_archive(name, content, KINDS):
        try:
            if member.refused:
                raise member.refused
            yield Outcome.taken(member.path, add(member))
        except RefusedFile as error:
            yield Outcome.refused(member.path, error)
