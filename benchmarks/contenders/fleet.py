"""The site past one process: PostgreSQL, Redis, one web process and some workers."""

import contextlib
import os
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.contenders.site import ASKING, Measured
from benchmarks.processes import Json, serve
from benchmarks.workload import AT_ONCE
from tests.support.fleet import Fleet
from tests.support.servers import Redis, new_database


class Fleets:
    """The fleet of this process, started with the first measurement."""

    def __init__(self, stack: contextlib.ExitStack) -> None:
        self._stack = stack
        self._measured: Measured | None = None

    async def measure(self, workers: int, **request: Any) -> Json:
        if self._measured is None:
            self._measured = Measured(self._start(workers))
        return await self._measured.measure(**request)

    def _start(self, workers: int) -> Fleet:
        fleet = Fleet(
            Path(self._stack.enter_context(tempfile.TemporaryDirectory())),
            DATABASE_URL=self._stack.enter_context(new_database()),
            REDIS_URL=self._stack.enter_context(Redis()).url,
            RESEARCH_MAX_CREWS=str(AT_ONCE // workers),
            **{name: os.environ[name] for name in ASKING},
        )
        self._stack.callback(fleet.kill)
        fleet.start(sites=1, workers=workers)
        return fleet


if __name__ == "__main__":
    with contextlib.ExitStack() as stack:
        serve(Fleets(stack).measure)
