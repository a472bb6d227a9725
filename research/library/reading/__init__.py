"""Documents and web pages are read in processes of their own, held to limits.

Whoever made a document may have meant to stop its reader, by a few bytes that take minutes or
gigabytes. That reader is ended, and the site does not notice.
"""

from base64 import b64decode
from collections.abc import Iterable
from dataclasses import dataclass, replace

import research.library.exceptions  # noqa: F401 a refusal is found by its name
from research.confined.exceptions import RefusedFile
from research.confined.limits import MEMORY, PAGE_SECONDS, SECONDS, WALL_SECONDS
from research.confined.processes import Line, Readers, Task, refusal
from research.library.blocks import Piece

AT_ONCE = 2  # readers of one process; other documents wait in turn
TURN_SECONDS = 60.0  # how long they wait

_readers = Readers("research.library.reading", AT_ONCE)


@dataclass(frozen=True, slots=True)
class Content:
    """A document as it is stored: its own title, which may be empty, its text and passages."""

    title: str
    text: str
    passages: list[Piece]


@dataclass(frozen=True, slots=True)
class WebPage:
    """A web page as it is read; what it does not say of itself is empty.

    `published` is a day as in 2025-01-31, `language` a code such as `en`.
    """

    text: str
    title: str = ""
    author: str = ""
    published: str = ""
    language: str = ""


def read_document(kind: str, name: str, content: bytes) -> Content:
    """The content of a file of a `Document.Kind`; raises RefusedFile, which calls it `name`."""
    task: Task = {
        "kind": kind,
        "name": name,
        "seconds": SECONDS,
        "wall_seconds": WALL_SECONDS,
        "memory": MEMORY,
    }
    lines = _readers.read(name, task, content, TURN_SECONDS)
    return Content(
        title="".join(line[1] for line in lines if line[0] == "title"),
        text=_text_of(lines),
        passages=[Piece(line[1], line[2]) for line in lines if line[0] == "passage"],
    )


@dataclass(frozen=True, slots=True)
class Member:
    """A file of an archive, with its path in it or the reason that it is refused for."""

    path: str
    content: bytes
    refused: RefusedFile | None = None


def read_archive(name: str, content: bytes, kinds: Iterable[str]) -> list[Member]:
    """The files of a zip archive but hidden ones; raises RefusedFile.

    One whose ending is not among `kinds` comes without its content.
    """
    task: Task = {
        "kind": "archive",
        "name": name,
        "kinds": list(kinds),
        "seconds": SECONDS,
        "wall_seconds": WALL_SECONDS,
        "memory": MEMORY,
    }
    members: list[Member] = []
    for kind, *told in _readers.read(name, task, content, TURN_SECONDS):
        if kind == "member":
            members.append(Member(told[0], b""))
        elif kind == "bytes":
            last = members[-1]
            members[-1] = replace(last, content=last.content + b64decode(told[0]))
        else:
            refused = refusal(told[0])(members[-1].path, **told[1])
            members[-1] = replace(members[-1], refused=refused)
    return members


def read_page(
    body: bytes, content_type: str, encoding: str, most: int, seconds: float, url: str = ""
) -> WebPage:
    """A web page with the first `most` characters of its text; raises RefusedFile.

    `encoding` is how the body is compressed, and may be empty; `url` is where it was found. It
    takes at most that many seconds.
    """
    task: Task = {
        "kind": "page",
        "content_type": content_type,
        "encoding": encoding,
        "url": url,
        "most": most,
        "seconds": PAGE_SECONDS,
        "wall_seconds": seconds / 2,
        "memory": MEMORY,
    }
    lines = _readers.read("The page", task, body, seconds / 2)
    told = {line[1]: line[2] for line in lines if line[0] == "told"}
    return WebPage(text=_text_of(lines), **told)


def _text_of(lines: list[Line]) -> str:
    return "".join(line[1] for line in lines if line[0] == "text")
