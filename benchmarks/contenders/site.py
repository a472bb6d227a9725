"""Our whole site: topics over HTTP, every event stored and pushed to a WebSocket that watches."""

import asyncio
import contextlib
import itertools
import os
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp

from benchmarks.processes import serve
from benchmarks.stopwatch import Stopwatch, cpu_seconds, memory_mb
from benchmarks.topics import make_topics
from benchmarks.workload import AT_ONCE, judge
from tests.support.fleet import Fleet
from tests.support.site import Site, start_site

LOOK_SECONDS = 0.05  # between two looks at the site's memory
VISIT_SECONDS = 0.1  # between an answer and the next visit
POLLS = 20  # of each kind

Json = dict[str, Any]


@dataclass
class Watched:
    """What a run's watcher has seen: events, and how old the live ones were on arrival, in ms."""

    events: int = 0
    frame_ms: list[float] = field(default_factory=list)


class Measured:
    """One site and what is measured on it; runs are as large as the site takes them."""

    def __init__(self, site: Site | Fleet, headers: Mapping[str, str] | None = None) -> None:
        self._site = site
        self._headers = headers  # by which its user comes in, where people sign in
        self._pids = site.pids

    async def measure(
        self,
        topics: int,
        work: str,
        visited: bool = False,
        polled: bool = False,
        fresh: bool = False,
    ) -> Json:
        """From the first submission to the last run's `run.finished`, everything stored by then.

        `visited` asks for pages meanwhile, which takes processor time from the crews; `polled` asks
        the API for what has ended. `fresh` only gives the site a process of its own.
        """
        wanted = make_topics(topics)
        cpu = self._sum(cpu_seconds)
        async with contextlib.AsyncExitStack() as stack:
            client = aiohttp.ClientSession(self._site.url, headers=self._headers)
            self._session = await stack.enter_async_context(client)
            memory = await stack.enter_async_context(self._memory())
            pages: dict[str, list[float]] = {}
            with Stopwatch() as watch:
                runs, watching = [], []
                for start in range(0, topics, AT_ONCE):
                    runs.append(await self._submit(wanted[start : start + AT_ONCE], work))
                    watching.append(asyncio.create_task(self._watch(runs[-1])))
                if visited:
                    pages = await stack.enter_async_context(self._visits(runs[0]))
                watched = await asyncio.gather(*watching)
            cpu_after = self._sum(cpu_seconds)
            stored = [await self._stored(run) for run in runs]
            polls = await self._polls(runs[0]) if polled else {}
        return {
            "seconds": watch.seconds,
            "cpu_ms": (cpu_after - cpu) * 1000 / topics if cpu_after and cpu else None,
            "memory_mb": max(memory, default=None),
            "memory_after_mb": self._sum(memory_mb),
            "events": sum(each.events for each in watched),
            "frame_ms": [age for each in watched for age in each.frame_ms],
            "page_ms": pages,
            "poll_ms": polls,
            "start_ms": [ms for run in stored for ms in _waits(run)],
            **_judge(stored, watched),
        }

    def _sum(self, figure: Callable[[int], float | None]) -> float | None:
        """A figure of all the site's processes together; None where it cannot be had."""
        figures = [figure(pid) for pid in self._pids]
        return sum(each for each in figures if each) if all(figures) else None

    async def _submit(self, topics: Sequence[str], work: str) -> Json:
        asked = {"topics": topics, "blueprint": "deep" if work == "deep" else "quick"}
        if work == "offline":
            asked["model"] = "offline"
        async with self._session.post("/api/runs", json=asked) as answer:
            answer.raise_for_status()
            run: Json = await answer.json()
            return run

    async def _watch(self, run: Json) -> Watched:
        """Follows a run to its end. Events from before the socket was open are not live."""
        seen = Watched()
        async with self._session.ws_connect(f"/ws/runs/{run['id']}/") as socket:
            opened = time.time()
            async for message in socket:
                arrived = time.time()
                frame = message.json()
                if "seq" not in frame:
                    continue
                seen.events += 1
                happened = datetime.fromisoformat(frame["at"]).timestamp()
                if happened > opened:
                    seen.frame_ms.append((arrived - happened) * 1000)
        return seen

    async def _stored(self, run: Json) -> Json:
        async with self._session.get(f"/api/runs/{run['id']}") as answer:
            stored: Json = await answer.json()
            return stored

    async def _polls(self, run: Json) -> dict[str, list[float]]:
        """How long the API takes to answer about an ended run, in ms; then to those who know."""
        address = f"/api/runs/{run['id']}"
        times: dict[str, list[float]] = {}
        for name, path in {"run": address, "events": f"{address}/events"}.items():
            tag = ""
            for _ in range(2 * POLLS):
                with Stopwatch() as watch:
                    headers = {"If-None-Match": tag} if len(times.get(name, [])) == POLLS else {}
                    async with self._session.get(path, headers=headers) as answer:
                        await answer.read()
                tag = answer.headers["ETag"]
                kind = f"{name}, 304" if answer.status == 304 else name
                times.setdefault(kind, []).append(watch.seconds * 1000)
        return times

    @contextlib.asynccontextmanager
    async def _memory(self) -> AsyncIterator[list[float]]:
        """The site's memory in MB, looked at again and again."""
        looks: list[float] = []

        async def look() -> None:
            while (size := self._sum(memory_mb)) is not None:
                looks.append(size)
                await asyncio.sleep(LOOK_SECONDS)

        async with _beside(look()):
            yield looks

    @contextlib.asynccontextmanager
    async def _visits(self, run: Json) -> AsyncIterator[dict[str, list[float]]]:
        """How long pages take to answer, in ms, for a visitor who goes from one to the next."""
        paths = {
            "form": "/",
            "run": f"/runs/{run['id']}/",
            "history": "/runs/",
            "health": "/healthz",
        }
        answers: dict[str, list[float]] = {name: [] for name in paths}

        async def visit() -> None:
            for name in itertools.cycle(paths):
                with Stopwatch() as watch:
                    async with self._session.get(paths[name]) as answer:
                        await answer.read()
                        answer.raise_for_status()
                answers[name].append(watch.seconds * 1000)
                await asyncio.sleep(VISIT_SECONDS)

        async with _beside(visit()):
            yield answers


def _judge(stored: Sequence[Json], watched: Sequence[Watched]) -> Json:
    """As `judge`; topics of a run whose watcher missed an event are wrong, too."""
    topics = [each for run in stored for each in run["topics"]]
    judged = judge([each["topic"] for each in topics], [each["result"] or "" for each in topics])
    for run, seen in zip(stored, watched, strict=True):
        judged["wrong"] += len(run["topics"]) * (run["last_seq"] != seen.events)
    return judged


def _waits(run: Json) -> list[float]:
    """From the submission to each topic's start, in ms."""
    submitted = datetime.fromisoformat(run["created_at"])
    starts = (datetime.fromisoformat(each["started_at"]) for each in run["topics"])
    return [(start - submitted).total_seconds() * 1000 for start in starts]


@contextlib.asynccontextmanager
async def _beside(work: Coroutine[None, None, None]) -> AsyncIterator[None]:
    """Does endless work for as long as the block lasts; an error in it is raised at the end."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])
    if not task.cancelled() and (error := task.exception()):
        raise error


ASKING = ("OPENAI_API_KEY", "OPENAI_BASE_URL", "RESEARCH_MODEL")


@contextlib.contextmanager
def running_site() -> Iterator[Site]:
    """A site that asks the provider and has a copy of this process's database."""
    library = Path(os.environ["DATABASE_URL"].removeprefix("sqlite:///"))
    with tempfile.TemporaryDirectory() as folder:
        site = start_site(Path(folder), library, **{name: os.environ[name] for name in ASKING})
        try:
            yield site
        finally:
            site.stop()


if __name__ == "__main__":
    with running_site() as site:
        serve(Measured(site).measure)
