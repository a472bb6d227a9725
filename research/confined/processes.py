"""The processes in which files are read, as seen by who wants something read."""

import atexit
import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, cast

from research.confined.exceptions import (
    NeedsTooMuchMemory,
    ReaderFailed,
    ReadersBusy,
    RefusedFile,
    TakesTooLong,
)
from research.text.cleaning import printable

GRACE_SECONDS = 2.0  # after its time, for a reader that the system did not end
MAX_LINE = 1024 * 1024  # bytes
MAX_ANSWER = 100 * 1024 * 1024  # bytes: text and passages of the largest document, as JSON
OUT_OF_TIME = {signal.SIGALRM, signal.SIGXCPU}
PROJECT = Path(__file__).resolve().parents[2]
INHERITED = ("PATH", "PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH", "LANG", "LC_ALL")
"""All that a reader sees of the environment: no key, no address of a database."""

Line = list[Any]
Task = dict[str, Any]


class Reader:
    """A process that reads one file after another, each in a fork of its own.

    It runs a module that calls `answer_tasks`, which says how the two talk.
    """

    def __init__(self, module: str) -> None:
        self._process = subprocess.Popen(  # noqa: S603 the module is our own
            [sys.executable, "-m", module],
            cwd=PROJECT,
            env={name: os.environ[name] for name in INHERITED if name in os.environ},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # its forks are ended with it
        )
        self._tasks = cast("IO[bytes]", self._process.stdin)
        self._answers = cast("IO[bytes]", self._process.stdout)

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def read(self, name: str, task: Task, content: bytes) -> list[Line]:
        """What the answer says; raises RefusedFile. A reader that broke a limit has ended."""
        began = time.monotonic()
        watchdog = threading.Timer(task["wall_seconds"] + GRACE_SECONDS, self._kill)
        watchdog.start()
        try:
            self._send(task, content)
            *lines, (_, *refused) = self._lines()
        except (OSError, ValueError, EOFError):  # it has fallen, or said what is no answer
            is_late = time.monotonic() - began >= task["wall_seconds"]
            signalled = self.end()
            if signalled in OUT_OF_TIME or is_late:
                raise TakesTooLong(name) from None
            if signalled == signal.SIGABRT:  # as compiled code ends when it gets no memory
                raise NeedsTooMuchMemory(name, limit=task["memory"] // 1024**2) from None
            raise ReaderFailed(name) from None
        finally:
            watchdog.cancel()
        if refused:
            code, details = refused
            raise refusal(code)(name, **_printable(details))
        return lines

    def _send(self, task: Task, content: bytes) -> None:
        header = json.dumps(task | {"length": len(content)})
        self._tasks.write(header.encode() + b"\n")
        self._tasks.write(content)
        self._tasks.flush()

    def _lines(self) -> Iterator[Line]:
        """The answer to its last line."""
        size = 0
        while size < MAX_ANSWER and (text := self._answers.readline(MAX_LINE)):
            size += len(text)
            line = json.loads(text)
            yield line
            if line[0] in ("end", "refused"):
                return
        raise EOFError

    def end(self) -> int:
        """Ends the process with its fork; the signal that had ended the fork before, or 0."""
        with contextlib.suppress(OSError):
            self._tasks.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(0.5)
        self._kill()
        self._answers.close()
        return max(self._process.wait() - 128, 0)

    def _kill(self) -> None:
        with contextlib.suppress(OSError):
            os.killpg(self._process.pid, signal.SIGKILL)


def refusal(code: str) -> type[RefusedFile]:
    """The exception of that name, of whichever room."""
    known = (each for each in RefusedFile.__subclasses__() if each.__name__ == code)
    return next(known, ReaderFailed)


def _printable(details: dict[str, Any]) -> dict[str, Any]:
    """The details of a message, which may quote the file."""
    return {
        name: printable(value) if isinstance(value, str) else value
        for name, value in details.items()
    }


class Readers:
    """At most `number` readers that run `module`, each started when it is first needed."""

    def __init__(self, module: str, number: int) -> None:
        self._module = module
        self._free: queue.LifoQueue[Reader | None] = queue.LifoQueue()
        for _ in range(number):
            self._free.put(None)
        atexit.register(self.end)

    def read(self, name: str, task: Task, content: bytes, turn_seconds: float) -> list[Line]:
        """Waits that long for a free reader, then for its answer; raises RefusedFile."""
        try:
            reader = self._free.get(timeout=max(0.0, turn_seconds))
        except queue.Empty:
            raise ReadersBusy(name) from None
        try:
            if reader is None or not reader.is_alive:
                reader = Reader(self._module)
            return reader.read(name, task, content)
        finally:
            self._free.put(reader if reader and reader.is_alive else None)

    def end(self) -> None:
        """Ends those that are free; one at work is held to its limits by the system."""
        with contextlib.suppress(queue.Empty):
            while True:
                if reader := self._free.get_nowait():
                    reader.end()
