"""Waiting for what another process or task does, and what a run has told so far."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from tests.support.patience import patient
from tests.support.site import Site


def wait(condition: Callable[[], Any], seconds: float = 30) -> None:
    """Returns once the condition holds."""
    deadline = time.monotonic() + patient(seconds)
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


async def until(condition: Callable[[], Awaitable[Any]], seconds: float = 30) -> None:
    """Returns once the condition holds; the event loop goes on meanwhile."""
    async with asyncio.timeout(patient(seconds)):
        while not await condition():
            await asyncio.sleep(0.02)


def events_of(site: Site, run: str) -> list[dict[str, Any]]:
    return list(site.get(f"/api/runs/{run}/events").json()["events"])
