"""python -m research.library.reading: reads documents, each in a fork of its own."""

from base64 import b64encode
from collections.abc import Iterator
from pathlib import PurePosixPath

from research.confined.answering import Line, Task, answer_tasks
from research.confined.exceptions import RefusedFile
from research.library.reading import archive, contents, page

PIECE = 50_000  # characters of the text in a line
BYTES = 600_000  # of a file in a line, which base64 makes a third longer


def _answer(task: Task, content: bytes) -> Iterator[Line]:
    if task["kind"] == "page":
        read = page.read(content, task["content_type"], task["encoding"], task["url"])
        for name in ("title", "author", "published", "language"):
            yield ["told", name, getattr(read, name)]
        yield from _text(read.text[: task["most"]])
    elif task["kind"] == "archive":
        yield from _members(task, content)
    else:
        found = contents.read(task["kind"], content, task["name"])
        yield ["title", found.title]
        yield from _text(found.text)
        for piece in found.passages:
            yield ["passage", piece.heading, piece.text]


def _members(task: Task, content: bytes) -> Iterator[Line]:
    """For each file its path, then its content in parts, or the reason that it is refused for."""
    kinds = set(task["kinds"])
    for path, found in archive.read(
        content, task["name"], lambda path: PurePosixPath(path).suffix.lower() in kinds
    ):
        yield ["member", path]
        if isinstance(found, RefusedFile):
            yield ["because", type(found).__name__, found.details]
        elif found is not None:
            for start in range(0, len(found), BYTES):
                yield ["bytes", b64encode(found[start : start + BYTES]).decode()]


def _text(text: str) -> Iterator[Line]:
    for start in range(0, len(text), PIECE):
        yield ["text", text[start : start + PIECE]]


if __name__ == "__main__":
    answer_tasks(_answer)
