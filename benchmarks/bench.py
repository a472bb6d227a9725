"""The arena: a provider and the contenders' processes, asked one at a time."""

import contextlib
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from benchmarks.contenders import OWN, Contender
from benchmarks.processes import ContenderFailed, ContenderProcess, Json
from tests.support.provider import ScriptedProvider

LATENCY = 1.0
"""Seconds that the provider takes to answer."""
REPEATS = 3
PATIENCE = 10.0
"""Seconds: what takes longer is not measured again."""


class Bench:
    """Starts each contender's process when it is first asked, and ends all of them."""

    def __enter__(self) -> Self:
        self._stack = contextlib.ExitStack()
        self._folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory()))
        self.provider = self._stack.enter_context(ScriptedProvider(latency=LATENCY))
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

    def ask(
        self, contender: Contender, topics: int, script: Json | None = None, **request: Any
    ) -> Json:
        """One measurement; the first of a contender comes after one topic that does not count.

        `script` is how the provider behaves (tests.support.provider.Behaviour).
        """
        process = self.process(contender.name, contender.module, contender.python)
        if contender.name not in self.warm_ups:
            self.warm_ups[contender.name] = process.measure(topics=1, **contender.options)
        self.provider.reset()
        self.provider.script(**(script or {}))
        answer = process.measure(topics=topics, **contender.options, **request)
        answer["most_at_once"] = self.provider.stats()["most_open"]
        return answer

    def process(self, name: str, module: str, python: Path = OWN) -> ContenderProcess:
        """The process of that name, started if it is not there yet; may raise ContenderFailed."""
        if not python.exists():
            raise ContenderFailed("not installed here; `make bench` does that")
        if name not in self._processes:
            started = ContenderProcess(
                f"benchmarks.contenders.{module}", python, self.provider.url, self._folder / name
            )
            self._stack.callback(started.stop)
            self._processes[name] = started
        return self._processes[name]


def say(text: str) -> None:
    """Progress, on stderr."""
    print(text, file=sys.stderr, flush=True)
