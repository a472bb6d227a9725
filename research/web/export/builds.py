"""Exports under way: a few at a time, each found again by its page, its file kept for a while.

They are this process's own and stand in no table: a site that is started again has none.
"""

import hashlib
import logging
import pickle
import tempfile
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import BinaryIO

from research.exceptions import ExportFailed, ResearchError, TooManyExports
from research.web.export import limits
from research.web.export.snapshot import Run
from research.web.export.writing import File, write

logger = logging.getLogger(__name__)


@dataclass
class Build:
    """A file that is written, or was."""

    run: Run
    format: str
    name: str
    """The file's."""
    same: str
    """What equal files share."""
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    done: int = 0
    total: int = 0
    warning: str = ""
    ended_at: float | None = None
    ended: "Future[None]" = field(default_factory=Future)
    """Done when it has ended, well or not."""
    error: ResearchError | None = None
    is_begun: bool = False
    _file: BinaryIO | None = None

    @property
    def state(self) -> str:
        if not self.ended.done():
            return "writing" if self.is_begun else "waiting"
        return "failed" if self.error else "ready"

    def keep(self, file: File) -> None:
        """In a file without a name, which is gone with this process."""
        self.warning = file.warning
        kept = tempfile.TemporaryFile()  # noqa: SIM115 closed in `drop`
        kept.write(file.content)
        self._file = kept

    def content(self) -> bytes:
        """Waits for the file; raises what kept it from being written."""
        self.ended.result()
        if self.error:
            raise self.error
        if self._file is None:
            raise ExportFailed(format=self.format)
        self._file.seek(0)
        return self._file.read()

    def drop(self) -> None:
        if self._file:
            self._file.close()
            self._file = None


class Builds:
    """At most AT_ONCE are written; what is asked for twice is written once."""

    def __init__(self) -> None:
        self._writers = ThreadPoolExecutor(limits.AT_ONCE, thread_name_prefix="export")
        self._builds: dict[str, Build] = {}
        self._lock = Lock()

    def start(self, run: Run, format: str, name: str) -> Build:
        """A build of a snapshot, which may have been begun before; raises TooManyExports."""
        same = _digest(run, format)
        with self._lock:
            self._forget_old()
            for build in self._builds.values():
                if build.same == same and build.state != "failed":
                    return build
            under_way = [build for build in self._builds.values() if build.ended_at is None]
            if len(under_way) >= limits.MOST_WAITING:
                raise TooManyExports(limit=limits.MOST_WAITING)
            build = Build(run, format, name, same, total=len(run.topics))
            self._builds[build.id] = build
            self._writers.submit(self._write, build)
            return build

    def get(self, run: str, id: str) -> Build | None:
        build = self._builds.get(id)
        return build if build and build.run.id == run else None

    def of_run(self, run: str) -> Iterator[Build]:
        """Those under way, for a page that is opened again."""
        with self._lock:
            builds = list(self._builds.values())
        return (each for each in builds if each.run.id == run and each.ended_at is None)

    def _write(self, build: Build) -> None:
        def progress(done: int, total: int) -> None:
            build.done, build.total = done, total

        build.is_begun = True
        try:
            build.keep(write(build.run, build.format, progress))
        except ResearchError as error:
            build.error = error
        except OSError as error:  # no process, or no room for its file
            logger.error("An export could not be written: %s", error)
            build.error = ExportFailed(format=build.format)
        finally:
            build.run = replace(build.run, topics=())  # its texts are not needed any more
            build.ended_at = time.monotonic()
            build.ended.set_result(None)

    def _forget_old(self) -> None:
        ended = [build for build in self._builds.values() if build.ended_at is not None]
        ended.sort(key=lambda build: build.ended_at or 0)
        oldest = time.monotonic() - limits.KEPT_SECONDS
        for number, build in enumerate(ended, start=1):
            is_old = (build.ended_at or 0) < oldest
            if is_old or number <= len(ended) - limits.MOST_KEPT:
                build.drop()
                del self._builds[build.id]


def _digest(run: Run, format: str) -> str:
    """Of all that is in a file but when it was taken."""
    content = pickle.dumps(replace(run, taken_at=run.taken_at.min))
    return hashlib.sha256(format.encode() + content).hexdigest()


builds = Builds()
