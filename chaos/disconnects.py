"""Watchers that are cut off again and again, and come back with the last `seq` they have."""

import asyncio
import contextlib
import json
import random
import socket
import struct
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from itertools import pairwise

import httpx
import websockets

from chaos.arena import Json, events_of
from chaos.report import Row, none_of
from tests.support.patience import patient
from tests.support.provider import ScriptedProvider
from tests.support.site import Site

LONGEST = 0.6  # seconds that a connection lives
Way = Callable[[Site, str, int], AsyncIterator[Json]]
RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER: closing sends a reset, not a goodbye


@dataclass(frozen=True)
class Disconnects:
    """Sums over all watchers, compared with the events as the API lists them."""

    cuts: int
    watchers: int
    runs: int
    events: int
    """That all watchers together were to see."""
    lost: int
    repeated: int
    out_of_order: int
    different: int

    def rows(self) -> list[Row]:
        seen = f"{self.cuts:,} cuts, {self.watchers} watchers, {self.events:,} events to be seen"
        return [
            Row("connections cut at random moments of running runs", seen),
            none_of("events lost", self.lost),
            none_of("events repeated", self.repeated),
            none_of("events out of order", self.out_of_order),
            none_of("events other than the stored ones", self.different),
        ]


class Shears:
    """Says when to cut, that many times in all."""

    def __init__(self, cuts: int) -> None:
        self.left = cuts

    def next_life(self) -> float | None:
        """Seconds that the next connection lives; None: to its end."""
        if not self.left:
            return None
        self.left -= 1
        return random.uniform(0, LONGEST)


def measure(
    site: Site,
    provider: ScriptedProvider,
    *,
    cuts: int = 1000,
    watchers: int = 24,
    topics: int = 20,
) -> Disconnects:
    """Starts runs until all cuts are made; every third watcher reads server-sent events."""
    provider.reset()
    provider.script(latency=0.3, chunk_delay=0.05, tools=True)
    shears = Shears(cuts)
    counts = {"events": 0, "lost": 0, "repeated": 0, "out_of_order": 0, "different": 0}
    runs = 0
    while shears.left:
        run_id = site.submit(*(f"python {n}" for n in range(topics)), blueprint="deep")["id"]
        seen = asyncio.run(_watch_all(site, run_id, watchers, shears))
        stored = events_of(site, run_id)
        runs += 1
        for frames in seen:
            for name, number in _compare(frames, stored).items():
                counts[name] += number
    return Disconnects(cuts=cuts, watchers=watchers, runs=runs, **counts)


def _compare(frames: list[Json], stored: list[Json]) -> dict[str, int]:
    numbers = [frame["seq"] for frame in frames]
    by_seq = {event["seq"]: event for event in stored}
    return {
        "events": len(stored),
        "lost": len(by_seq.keys() - set(numbers)),
        "repeated": len(numbers) - len(set(numbers)),
        "out_of_order": sum(later < earlier for earlier, later in pairwise(numbers)),
        "different": sum(by_seq.get(frame["seq"]) != frame for frame in frames),
    }


async def _watch_all(site: Site, run_id: str, watchers: int, shears: Shears) -> list[list[Json]]:
    ways = [_server_sent if number % 3 == 2 else _web_socket for number in range(watchers)]
    return await asyncio.gather(*(_watch(way, site, run_id, shears) for way in ways))


async def _watch(way: Way, site: Site, run_id: str, shears: Shears) -> list[Json]:
    """All frames of one watcher, to the run's end, over as many connections as it takes."""
    frames: list[Json] = []
    while not frames or frames[-1]["kind"] != "run.finished":
        last = frames[-1]["seq"] if frames else 0
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(shears.next_life()):
                async for frame in way(site, run_id, last):
                    frames.append(frame)
    return frames


async def _web_socket(site: Site, run_id: str, after: int) -> AsyncIterator[Json]:
    """Stored-event frames; cancelled, it drops the connection without a closing handshake."""
    connection = await websockets.connect(f"{site.ws_url}/ws/runs/{run_id}/?after={after}")
    try:
        async for text in connection:
            frame = json.loads(text)
            if "seq" in frame:
                yield frame
    finally:
        connection.transport.abort()


async def _server_sent(site: Site, run_id: str, after: int) -> AsyncIterator[Json]:
    """The same over HTTP, with Last-Event-ID as a browser's EventSource sends it."""
    headers = {"Accept": "text/event-stream", "Last-Event-ID": str(after)}
    async with (
        httpx.AsyncClient(base_url=site.url, trust_env=False, timeout=patient(30)) as client,
        client.stream("GET", f"/api/runs/{run_id}/events", headers=headers) as response,
    ):
        stream = response.extensions["network_stream"]
        connection = stream.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        async for line in response.aiter_lines():
            if line.startswith("data: "):
                frame = json.loads(line[6:])
                if "seq" in frame:
                    yield frame
