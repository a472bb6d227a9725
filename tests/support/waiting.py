"""Waiting for what another process does, and what a run has told so far."""

import time
from collections.abc import Callable
from typing import Any

from tests.support.site import Site


def wait(condition: Callable[[], Any], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def events_of(site: Site, run: str) -> list[dict[str, Any]]:
    return list(site.get(f"/api/runs/{run}/events").json()["events"])
