"""Web processes, workers and servers come and go in the middle of a whole run."""

import asyncio
import json
import threading
import time
from datetime import datetime
from typing import Any

import websockets
from websockets.exceptions import ConnectionClosed

from tests.support.patience import patient
from tests.support.provider import ScriptedProvider
from tests.support.servers import Postgres, Redis
from tests.support.waiting import events_of, wait


class Watcher(threading.Thread):
    """Follows a run over the WebSocket, and comes back to another site when its own is gone."""

    def __init__(self, run: str, *ws_urls: str) -> None:
        super().__init__(daemon=True)
        self.seen: list[int] = []
        self._run, self._urls = run, list(ws_urls)
        self.start()

    def run(self) -> None:
        asyncio.run(self._follow())

    async def _follow(self) -> None:
        turn = 0
        while True:
            last = self.seen[-1] if self.seen else 0
            url = f"{self._urls[turn % len(self._urls)]}/ws/runs/{self._run}/?after={last}"
            turn += 1
            try:
                async with websockets.connect(url) as socket:
                    async for text in socket:
                        frame = json.loads(text)
                        if "seq" in frame:
                            self.seen.append(frame["seq"])
                            if frame["kind"] == "run.finished":
                                return
            except (ConnectionClosed, OSError):
                await asyncio.sleep(0.2)


def test_a_run_is_whole_whatever_goes_away_in_its_middle(
    make_fleet: Any, provider: ScriptedProvider, redis: Redis, postgres: Postgres
) -> None:
    """100 `deep` topics; a worker and a web process are killed, Redis and PostgreSQL fall."""
    fleet = make_fleet(sites=2, workers=3, DATABASE_URL=postgres.url)
    stays, goes = fleet.sites
    provider.script(latency=3.0)
    run = stays.submit(*(f"topic {number}" for number in range(100)), blueprint="deep")["id"]
    watchers = [Watcher(run, stays.ws_url), Watcher(run, goes.ws_url, stays.ws_url)]
    wait(lambda: provider.stats()["open"] > 30, seconds=60)

    killed = time.time()
    fleet.workers[0].kill()
    goes.kill()
    redis.stop()
    time.sleep(2)
    redis.start()
    postgres.crash()
    time.sleep(2)
    postgres.start()

    ended = stays.result(run, timeout=180)
    assert ended["status"] == "succeeded"
    events = events_of(stays, run)
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    resumed = [datetime.fromisoformat(e["at"]) for e in events if e["kind"] == "topic.resumed"]
    assert 0 < max(resumed).timestamp() - killed < patient(30)
    for watcher in watchers:
        watcher.join(patient(30))
        assert watcher.seen == list(range(1, len(events) + 1))
