"""python -m research.library.reading: reads documents that come on stdin, a process for each.

A task is a line of JSON with the bytes of its document behind it; the answer is lines of JSON, the
last of them `["end"]` or `["refused", code, details]`. This process has loaded all readers and only
forks, so that a document costs milliseconds and leaves nothing behind. It ends with its stdin, or
like a reader that was ended: with 128 and the signal's number.
"""

import gc
import json
import os
import sys
from collections.abc import Iterator
from typing import Any, NoReturn

from research.library.exceptions import NeedsTooMuchMemory, ReaderFailed, RefusedFile
from research.library.reading import contents, page
from research.library.reading.limits import confine

Line = list[Any]
Task = dict[str, Any]

PIECE = 50_000  # characters of the text in a line


def main() -> None:
    while header := sys.stdin.buffer.readline():
        task = json.loads(header)
        content = sys.stdin.buffer.read(task["length"])
        reader = os.fork()
        if reader == 0:
            _work(task, content)
        _, status = os.waitpid(reader, 0)
        if status:
            sys.exit(128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else 1)


def _work(task: Task, content: bytes) -> NoReturn:
    """The life of a reader."""
    os.close(sys.stdin.fileno())  # the next document is not its own
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
    confine(task["seconds"], task["wall_seconds"], task["memory"])
    gc.disable()  # it would look at a million blocks again and again; the process ends soon
    try:
        for line in list(_answer(task, content)):
            _say(line)
    except RefusedFile as error:
        _say(["refused", type(error).__name__, error.details])
    except MemoryError:
        _say(["refused", NeedsTooMuchMemory.__name__, {"limit": task["memory"] // 1024**2}])
    except Exception:  # noqa: BLE001 whatever a library makes of what is hostile
        _say(["refused", ReaderFailed.__name__, {}])
    sys.stdout.flush()
    os._exit(0)


def _answer(task: Task, content: bytes) -> Iterator[Line]:
    if task["kind"] == "page":
        yield from _text(page.read(content, task["content_type"], task["encoding"])[: task["most"]])
    else:
        found = contents.read(task["kind"], content, task["name"])
        yield ["title", found.title]
        yield from _text(found.text)
        for piece in found.passages:
            yield ["passage", piece.heading, piece.text]
    yield ["end"]


def _text(text: str) -> Iterator[Line]:
    for start in range(0, len(text), PIECE):
        yield ["text", text[start : start + PIECE]]


def _say(line: Line) -> None:
    sys.stdout.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
