"""Uploads, in one request or several: what became of their files is told once all are there."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest

from research.confined.exceptions import RefusedFile
from research.library import archives, documents
from research.library.outcomes import Group, Outcome, groups, headline

KEPT = "library-upload"  # in the session, until the page has shown it


def add(data: dict[str, Any], team: int | None = None) -> list[Outcome]:
    """Adds the files of a cleaned UploadForm one by one; a refused one stops no other."""
    replaces = data["replaces"]
    added = [
        outcome
        for path, file in data["named"]
        for outcome in _added(path, file, replaces=replaces, team=team)
    ]
    return added + [_left(path, size) for path, size in data["left"] or []]


def _added(path: str, file: UploadedFile, *, replaces: bool, team: int | None) -> Iterator[Outcome]:
    """What became of a file, or of each of those in an archive."""
    try:
        documents.check(path, file.size or 0)
        content = file.read()
        if documents.is_archive(path):
            yield from archives.add_upload(path, content, replaces=replaces, team=team)
        else:
            added = documents.add_bytes(path, content, replaces=replaces, team=team)
            yield Outcome.taken(path, added)
    except RefusedFile as error:
        yield Outcome.refused(path, error)


def _left(path: str, size: int) -> Outcome:
    """A file that was not sent, for a reason that its name and size give."""
    try:
        documents.check(path, size)
    except RefusedFile as error:
        return Outcome.refused(path, error)
    return Outcome(path, "", "It was not sent.", why="not sent")


def keep(request: HttpRequest, outcomes: list[Outcome], upload: str, hidden: int) -> None:
    """Keeps what became of the files beside that of earlier requests of the same upload."""
    before = request.session.get(KEPT) or {}
    if not upload or before.get("upload") != upload:
        before = {"outcomes": [], "hidden": 0}
    request.session[KEPT] = {
        "upload": upload,
        "outcomes": before["outcomes"] + [asdict(outcome) for outcome in outcomes],
        "hidden": before["hidden"] + hidden,
    }


def told(request: HttpRequest) -> tuple[str, list[Group]] | None:
    """What became of the last upload, once."""
    kept = request.session.pop(KEPT, None)
    if kept is None:
        return None
    outcomes = [Outcome(**outcome) for outcome in kept["outcomes"]]
    return headline(outcomes, kept["hidden"]), groups(outcomes)
