"""The end of a reader that reads: it answers tasks that come on stdin, a fork for each.

A task is a line of JSON with the bytes of its file behind it; the answer is lines of JSON, the
last of them `["end"]` or `["refused", code, details]`. This process has loaded all that it reads
with and only forks, so that a file costs milliseconds and leaves nothing behind. It ends with its
stdin, or like a fork that was ended: with 128 and the signal's number.
"""

import gc
import json
import os
import sys
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

from research.confined.exceptions import NeedsTooMuchMemory, ReaderFailed, RefusedFile
from research.confined.limits import confine

Line = list[Any]
Task = dict[str, Any]
Answer = Callable[[Task, bytes], Iterator[Line]]
"""The lines for a task and a file's bytes, without the last; may raise RefusedFile."""


def answer_tasks(answer: Answer) -> None:
    """What the main module of a room's readers calls."""
    while header := sys.stdin.buffer.readline():
        task = json.loads(header)
        content = sys.stdin.buffer.read(task["length"])
        reader = os.fork()
        if reader == 0:
            _work(answer, task, content)
        _, status = os.waitpid(reader, 0)
        if status:
            sys.exit(128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else 1)


def _work(answer: Answer, task: Task, content: bytes) -> NoReturn:
    """The life of a fork."""
    os.close(sys.stdin.fileno())  # the next file is not its own
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
    confine(task["seconds"], task["wall_seconds"], task["memory"])
    gc.disable()  # it would look at a million objects again and again; the process ends soon
    try:
        for line in list(answer(task, content)):
            _say(line)
        _say(["end"])
    except RefusedFile as error:
        _say(["refused", type(error).__name__, error.details])
    except MemoryError:
        _say(["refused", NeedsTooMuchMemory.__name__, {"limit": task["memory"] // 1024**2}])
    except Exception:  # noqa: BLE001 whatever a library makes of what is hostile
        _say(["refused", ReaderFailed.__name__, {}])
    sys.stdout.flush()
    os._exit(0)


def _say(line: Line) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
