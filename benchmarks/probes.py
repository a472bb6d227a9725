"""What is asked of the site besides time: pages, polls, frames, memory, searches, its start."""

from collections.abc import Callable
from statistics import median

from benchmarks.bench import Bench, say
from benchmarks.contenders import Contender
from benchmarks.processes import Json
from benchmarks.stopwatch import percentile

SITE = Contender("site", "our whole site", "site")
FRESH_SITE = Contender("site-memory", "a fresh site", "site", options={"fresh": True})
START = Contender("start", "a site that starts", "start")
DEEP = Contender("site-deep", "our whole site, deep", "site", "deep")
OFFLINE = Contender("site-offline", "our whole site, offline", "site", "offline")
SEARCHING = Contender("searching", "our crews' search", "searching")
MANY, FEW = 25, 10
"""Runs of 200 topics in which growth is looked for: in a whole benchmark, and in a short one."""
SETTLED = 5
"""Runs after which a process is to grow no more."""


def pages(bench: Bench, repeats: int) -> Json:
    """How pages answer while 200 crews run, and for 1,000 topics go on running, in ms."""
    times: dict[str, list[float]] = {}
    for _ in range(repeats):
        for page, some in bench.ask(SITE, 1000, visited=True)["page_ms"].items():
            times.setdefault(page, []).extend(some)
    return {page: _spread(some) for page, some in times.items()}


def frames(bench: Bench, repeats: int) -> Json:
    """From an event in one of 100 crews to the frame at the watcher, in ms."""
    return _spread([ms for _ in range(repeats) for ms in bench.ask(SITE, 100)["frame_ms"]])


def memory(bench: Bench, repeats: int) -> Json:
    """Of a fresh site, in MB: for one of 200 crews in flight, and what 5,000 topics leave behind.

    Growth counts from the 1,000th topic on. With one repeat it is 2,000 topics.
    """
    runs = [bench.ask(FRESH_SITE, 200) for _ in range(MANY if repeats > 1 else FEW)]
    after = [run["memory_after_mb"] for run in runs]
    idle = bench.warm_ups[FRESH_SITE.process]["memory_after_mb"]
    if idle is None:
        return {}
    return {
        "per_crew": (runs[0]["memory_mb"] - idle) / 200,
        "idle": idle,
        "after_each_200": after,
        "growth": after[-1] - after[SETTLED - 1],
        "topics": 200 * len(runs),
    }


def polls(bench: Bench, repeats: int) -> Json:
    """How the API answers about 200 topics that have ended, in ms."""
    return {kind: _spread(ms) for kind, ms in bench.ask(SITE, 200, polled=True)["poll_ms"].items()}


def offline(bench: Bench, repeats: int) -> Json:
    """Seconds for 200 topics of the offline model through the site."""
    times = [bench.ask(OFFLINE, 200)["seconds"] for _ in range(repeats)]
    return {"seconds": median(times), "all_seconds": times}


def searches(bench: Bench, repeats: int) -> Json:
    """200 searches at once in one process: ms of each, and of the loop's lag meanwhile."""
    process = bench.process(SEARCHING)
    process.measure(topics=1)
    answers = [process.measure(topics=200) for _ in range(repeats)]
    return {
        "passages": answers[0]["passages"],
        "search": _spread([ms for each in answers for ms in each["search_ms"]]),
        "lag": _spread([ms for each in answers for ms in each["lag_ms"]]),
    }


def deep(bench: Bench, repeats: int) -> Json:
    """Seconds of the `deep` blueprint, with a tool call in each agent that has tools."""
    seconds: dict[int, list[float]] = {1: [], 50: []}
    for _ in range(repeats):
        for topics, taken in seconds.items():
            answer = bench.ask(DEEP, topics)
            taken.append(answer["seconds"])
    one, many = (median(taken) for taken in seconds.values())
    return {"one": one, "fifty": many, "ratio": many / one}


def start(bench: Bench, repeats: int) -> Json:
    """Seconds to the first page of a site that has been started before, and from there to an
    offline topic's end; and of `check`.
    """
    process = bench.process(START)
    process.measure()
    times = [process.measure() for _ in range(repeats)]
    return {name: median(each[name] for each in times) for name in times[0]}


PROBES: dict[str, Callable[[Bench, int], Json]] = {
    probe.__name__: probe
    for probe in (pages, polls, frames, memory, deep, offline, searches, start)
}


def run_probe(bench: Bench, name: str, repeats: int) -> Json:
    """The probe's figures."""
    say(f"{name} …")
    return PROBES[name](bench, repeats)


def _spread(values: list[float]) -> Json:
    return {
        "count": len(values),
        "p50": percentile(values, 50),
        "p99": percentile(values, 99),
        "worst": max(values),
    }
