"""python -m research.library.reading: reads documents, each in a fork of its own."""

from collections.abc import Iterator

from research.confined.answering import Line, Task, answer_tasks
from research.library.reading import contents, page

PIECE = 50_000  # characters of the text in a line


def _answer(task: Task, content: bytes) -> Iterator[Line]:
    if task["kind"] == "page":
        read = page.read(content, task["content_type"], task["encoding"], task["url"])
        for name in ("title", "author", "published", "language"):
            yield ["told", name, getattr(read, name)]
        yield from _text(read.text[: task["most"]])
    else:
        found = contents.read(task["kind"], content, task["name"])
        yield ["title", found.title]
        yield from _text(found.text)
        for piece in found.passages:
            yield ["passage", piece.heading, piece.text]


def _text(text: str) -> Iterator[Line]:
    for start in range(0, len(text), PIECE):
        yield ["text", text[start : start + PIECE]]


if __name__ == "__main__":
    answer_tasks(_answer)
