"""The arena: a provider and the contenders' processes, asked one at a time."""

import contextlib
import sys
import tempfile
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from benchmarks.contenders import Contender
from benchmarks.processes import ContenderFailed, ContenderProcess, Json
from benchmarks.workload import WORKS
from tests.support.provider import ScriptedProvider
from tests.support.site import Site

LATENCY = 1.0
"""Seconds that the provider takes to answer."""
SOON = 0.2
"""Seconds of a provider that is quick, so that what we compute ourselves weighs more."""
REPEATS = 3
PATIENCE = 10.0
"""Seconds: what takes longer is not measured again."""


class Bench:
    """Starts each contender's process when it is first asked, and ends all of them."""

    def __enter__(self) -> Self:
        self._stack = contextlib.ExitStack()
        self._folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory()))
        self.provider = self._stack.enter_context(ScriptedProvider())
        self._processes: dict[str, ContenderProcess] = {}
        self.warm_ups: dict[str, Json] = {}
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stack.close()

    @cached_property
    def library(self) -> Path:
        """A database with the sample library: the peers search it, and sites have a copy each."""
        say("The sample library …")
        site = Site(self._folder)
        for command in (["migrate"], ["library", "fill"]):
            site.manage(*command).check_returncode()
        return site.database

    def ask(self, contender: Contender, topics: int, latency: float = LATENCY, **more: Any) -> Json:
        """One measurement; the first of a process comes after one topic that does not count."""
        process = self.process(contender)
        work = WORKS[contender.work]
        request = {"work": contender.work, **contender.options, **more}
        self.provider.script(*work.rules, latency=latency, **work.behaviour)
        if contender.process not in self.warm_ups:
            self.warm_ups[contender.process] = process.measure(topics=1, **request)
        self.provider.reset_counts()
        answer = process.measure(topics=topics, **request)
        stats = self.provider.stats()
        answer["most_at_once"] = stats["most_open"]
        answer["calls"] = stats["requests"] / topics
        # A call too few is a tool left out. More are told: the check of claims may have one mended.
        answer["wrong"] += max(0, topics * work.calls - stats["requests"])
        return answer

    def process(self, contender: Contender) -> ContenderProcess:
        """The contender's process, started if it is not there yet; may raise ContenderFailed."""
        if not contender.python.exists():
            raise ContenderFailed("not installed here; `make bench` does that")
        name = contender.process
        if name not in self._processes:
            started = ContenderProcess(
                f"benchmarks.contenders.{contender.module}",
                contender.python,
                self.provider.url,
                self.library,
                self._folder / name,
            )
            self._stack.callback(started.stop)
            self._processes[name] = started
        return self._processes[name]


def say(text: str) -> None:
    """Progress, on stderr."""
    print(text, file=sys.stderr, flush=True)
