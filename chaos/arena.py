"""Where things are broken: a scripted provider, and sites on free ports in a temporary folder."""

import contextlib
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.support.patience import patient
from tests.support.provider import ScriptedProvider
from tests.support.site import Site, asking

Json = dict[str, Any]
MakeSite = Callable[..., Site]
"""Starts a site of its own with some variables: `make_site(RESEARCH_MAX_CREWS="2")`."""

KEY = "sk-chaos-0123456789abcdef"


class Arena:
    """One provider for all experiments; every site starts from a copy of the same database."""

    def __enter__(self) -> Self:
        self._stack = contextlib.ExitStack()
        self._folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory()))
        self.provider = self._stack.enter_context(ScriptedProvider())
        self._sites: list[Site] = []
        first = self._site()
        for command in (["migrate"], ["library", "fill"]):
            first.manage(*command).check_returncode()
        self._first_database = first.database
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stack.close()

    def make_site(self, **env: str) -> Site:
        site = self._site(**env)
        shutil.copy(self._first_database, site.database)
        site.start()
        self._stack.callback(site.kill)
        return site

    def _site(self, **env: str) -> Site:
        folder = self._folder / f"site-{len(self._sites)}"
        folder.mkdir()
        self._sites.append(Site(folder, **(asking(self.provider.url, KEY) | env)))
        return self._sites[-1]


def events_of(site: Site, run_id: str) -> list[Json]:
    """The run's stored events as the API tells them."""
    return list(site.get(f"/api/runs/{run_id}/events").raise_for_status().json()["events"])


def has_gaps(events: list[Json]) -> bool:
    """Whether `seq` is anything but 1, 2, 3 …"""
    return [event["seq"] for event in events] != list(range(1, len(events) + 1))


def descendants(pid: int) -> Iterator[int]:
    """The processes that a process has started, and those that these have; none without /proc."""
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, children.read_text().split()):
            yield child
            yield from descendants(child)


def wait(condition: Callable[[], Any], seconds: float = 120) -> None:
    """Returns once the condition holds; raises TimeoutError."""
    deadline = time.monotonic() + patient(seconds)
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"It did not come about in {seconds:g} s.")
        time.sleep(0.02)


def say(text: str) -> None:
    """Progress, on stderr."""
    print(text, file=sys.stderr, flush=True)
