"""Topics and runs that are cancelled at random moments of their calls."""

import asyncio
import json
import random
import time
from dataclasses import dataclass, field
from statistics import quantiles

import httpx
import websockets

from chaos.arena import Json, events_of, has_gaps, say, wait
from chaos.report import Row, none_of
from research.kinds import ENDINGS
from tests.support.patience import patient
from tests.support.provider import ScriptedProvider
from tests.support.site import Site

AT_ONCE = 10  # topics of one run
QUEUED = 5  # topics that wait behind those, in the runs that show what becomes of them
CLOSED_WITHIN = 1.0  # seconds, as promised
MOMENTS = (0.0, 2.0)  # seconds after the run's first call


@dataclass
class Cancels:
    """Times in seconds, one for each open call, or topic, that a POST ended."""

    asked: int = 0
    """Topics that were at work when the POST was sent."""
    to_closed: list[float] = field(default_factory=list)
    """From the POST to the provider seeing the connection end."""
    to_cancelled: list[float] = field(default_factory=list)
    """From the POST to `topic.cancelled` at a watcher."""
    finished_first: int = 0
    calls_after: int = 0
    """Calls that began after the topic was cancelled."""
    calls_between: int = 0
    """Calls that began while the topic was `cancelling`, and were closed like the others."""
    queued: int = 0
    queued_calls: int = 0
    """Calls for topics that were cancelled in the queue."""
    wrong_endings: int = 0
    """Topics that ended not once, or other than their state says; runs with a gap in `seq`."""

    def rows(self) -> list[Row]:
        within = f"≤ {CLOSED_WITHIN:g} s"
        worst = max(self.to_closed, default=0.0)
        return [
            Row("topics cancelled at random moments, singly and by the run", f"{self.asked}"),
            Row(
                "from the POST to the closed call",
                _spread(self.to_closed),
                within,
                worst <= CLOSED_WITHIN,
            ),
            Row("from the POST to `topic.cancelled` at a watcher", _spread(self.to_cancelled)),
            none_of("calls made after `topic.cancelled`", self.calls_after),
            Row("calls begun while the topic was `cancelling`", f"{self.calls_between}"),
            none_of(f"calls for {self.queued} topics cancelled in the queue", self.queued_calls),
            Row("topics that had finished first, and keep their result", f"{self.finished_first}"),
            none_of("topics that did not end exactly once", self.wrong_endings),
        ]


def measure(site: Site, provider: ScriptedProvider, *, cancels: int = 100) -> Cancels:
    """Rounds of runs: cancelled topic by topic, as a whole, twice, and at their finish.

    The site takes AT_ONCE crews at once, so that further topics wait in the queue.
    """
    found = Cancels()
    rounds = max(2, cancels // AT_ONCE)
    for number in range(rounds):
        provider.reset()
        provider.script(latency=0.4, chunk_delay=0.05, tools=True)
        queued = QUEUED if number % 2 else 0
        topics = [f"python {n}" for n in range(AT_ONCE + queued)]
        run_id = site.submit(*topics, blueprint="deep")["id"]
        wait(lambda: provider.stats()["requests"])
        posts, arrivals = asyncio.run(_cancel(site, run_id, topics, whole=bool(queued)))
        _add(found, site, provider, run_id, posts, arrivals)
        say(f"cancels {number + 1}/{rounds}")
    _at_the_finish(found, site, provider)
    return found


async def _cancel(
    site: Site, run_id: str, topics: list[str], whole: bool
) -> tuple[dict[int, tuple[float, float]], dict[int, float]]:
    """By position: when the POST was sent and answered, and when `topic.cancelled` arrived."""
    posts: dict[int, tuple[float, float]] = {}
    arrivals: dict[int, float] = {}

    async with httpx.AsyncClient(base_url=site.url, trust_env=False, timeout=patient(30)) as client:

        async def post(path: str, positions: range) -> None:
            await asyncio.sleep(random.uniform(*MOMENTS))
            sent = time.time()
            for _ in range(2):  # the second one changes nothing
                (await client.post(path)).raise_for_status()
                for position in positions:
                    posts.setdefault(position, (sent, time.time()))

        everything = range(1, len(topics) + 1)
        if whole:
            cancelling = [post(f"/api/runs/{run_id}/cancel", everything)]
        else:
            cancelling = [
                post(f"/api/runs/{run_id}/topics/{n}/cancel", range(n, n + 1)) for n in everything
            ]
        watching = asyncio.create_task(_watch(site, run_id, arrivals))
        await asyncio.gather(*cancelling)
        await asyncio.wait_for(watching, 120)
    return posts, arrivals


async def _watch(site: Site, run_id: str, arrivals: dict[int, float]) -> None:
    async with websockets.connect(f"{site.ws_url}/ws/runs/{run_id}/") as connection:
        async for text in connection:
            frame = json.loads(text)
            if frame["kind"] == "topic.cancelled":
                arrivals[frame["topic"]] = time.time()


def _add(
    found: Cancels,
    site: Site,
    provider: ScriptedProvider,
    run_id: str,
    posts: dict[int, tuple[float, float]],
    arrivals: dict[int, float],
) -> None:
    wait(lambda: provider.stats()["open"] == 0)
    calls = provider.stats()["recent"]
    events = events_of(site, run_id)
    run = site.get(f"/api/runs/{run_id}").json()
    found.wrong_endings += has_gaps(events) + _wrong_endings(run, events)
    for topic in run["topics"]:
        own = [call for call in calls if call["topic"] == topic["topic"]]
        sent, answered = posts[topic["position"]]
        if topic["status"] != "cancelled":
            found.finished_first += 1
            continue
        cancelled = arrivals[topic["position"]]
        found.calls_after += sum(call["time"] > cancelled for call in own)
        if topic["started_at"] is None:
            found.queued += 1
            found.queued_calls += len(own)
            continue
        found.asked += 1
        found.calls_between += sum(answered < call["time"] <= cancelled for call in own)
        found.to_cancelled.append(cancelled - sent)
        found.to_closed += [call["ended"] - sent for call in own if call["ended"] > sent]


def _at_the_finish(found: Cancels, site: Site, provider: ScriptedProvider) -> None:
    """Cancels runs of some 0.2 s at every 0.05 s of their lives."""
    provider.reset()
    provider.script(latency=0.1)
    for step in range(8):
        run_id = site.submit("one", "two", "three")["id"]
        time.sleep(0.05 * step)
        site.post(f"/api/runs/{run_id}/cancel").raise_for_status()
        run = site.result(run_id)
        events = events_of(site, run_id)
        found.wrong_endings += has_gaps(events) + _wrong_endings(run, events)


def _wrong_endings(run: Json, events: list[Json]) -> int:
    endings: dict[int, list[str]] = {topic["position"]: [] for topic in run["topics"]}
    for event in events:
        if event["kind"] in ENDINGS:
            endings[event["topic"]].append(event["kind"])
    return sum(
        endings[topic["position"]] != [f"topic.{topic['status']}"] for topic in run["topics"]
    )


def _spread(seconds: list[float]) -> str:
    if len(seconds) < 2:
        return "not measured"
    cuts = quantiles(seconds, n=100, method="inclusive")
    return f"p50 {cuts[49]:.2f} s, p99 {cuts[98]:.2f} s, worst {max(seconds):.2f} s"
