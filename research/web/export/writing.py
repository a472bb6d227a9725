"""A file that is written in a process of its own, as seen by who wants it."""

import contextlib
import json
import logging
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, cast

from research.confined.processes import GRACE_SECONDS, INHERITED, PROJECT
from research.exceptions import ExportFailed, ExportTakesTooMuch, ExportTooLarge
from research.text.cleaning import MAX_TEXT
from research.web.export import limits
from research.web.export.snapshot import Run

logger = logging.getLogger(__name__)

_ENDED_BY_LIMITS = {signal.SIGALRM, signal.SIGXCPU, signal.SIGKILL, signal.SIGABRT}

Progress = Callable[[int, int], object]
"""Is told how many topics are written, of how many."""


@dataclass(frozen=True, slots=True)
class File:
    """What was written, and what its reader should know that it lacks."""

    content: bytes
    warning: str = ""


def write(run: Run, format: str, progress: Progress = lambda done, total: None) -> File:
    """Raises ExportTooLarge, ExportTakesTooMuch, ExportFailed."""
    length = sum(min(len(topic.result), MAX_TEXT) for topic in run.topics)
    if length > limits.MOST_CHARACTERS:
        raise ExportTooLarge(format=format, length=length, limit=limits.MOST_CHARACTERS)
    with tempfile.TemporaryDirectory(prefix="export-") as empty:
        file, status = _run(pickle.dumps(run), format, empty, progress)
    if file is not None:
        return file
    if -status in _ENDED_BY_LIMITS:
        raise ExportTakesTooMuch(format=format)
    raise ExportFailed(format=format)


def _run(snapshot: bytes, format: str, folder: str, progress: Progress) -> tuple[File | None, int]:
    """The file, if there is one, and how the process in that folder has ended."""
    inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
    own = {"PYTHONPATH": str(PROJECT), "PYTHONDONTWRITEBYTECODE": "1", "TMPDIR": folder}
    process = subprocess.Popen(  # noqa: S603 the module is our own
        [sys.executable, "-m", "research.web.export", format],
        cwd=folder,
        env=inherited | own,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # what it has started is ended with it
    )
    stdin, stdout = cast("IO[bytes]", process.stdin), cast("IO[bytes]", process.stdout)
    watchdog = threading.Timer(limits.WALL_SECONDS + GRACE_SECONDS, _kill, [process])
    watchdog.start()
    try:
        with contextlib.suppress(BrokenPipeError):  # it has fallen, and its end says how
            stdin.write(snapshot)
            stdin.close()
        file = _answer(stdout, progress)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(GRACE_SECONDS)
    finally:
        watchdog.cancel()
        _kill(process)
        stdout.close()
    return file, process.wait()


def _answer(lines: IO[bytes], progress: Progress) -> File | None:
    """None: it has ended without a file."""
    while line := lines.readline():
        told = json.loads(line)
        if "size" in told:
            content = lines.read(told["size"])
            return File(content, told["warning"]) if len(content) == told["size"] else None
        if "failed" in told:
            logger.error("An export could not be written: %s", told["failed"])
        else:
            progress(told["done"], told["total"])
    return None


def _kill(process: "subprocess.Popen[bytes]") -> None:
    with contextlib.suppress(OSError):
        os.killpg(process.pid, signal.SIGKILL)
