"""Time against the number of topics, for every contender in turn, and all of it again."""

from collections.abc import Iterator, Sequence
from statistics import median

from benchmarks.bench import LATENCY, PATIENCE, Bench, say
from benchmarks.contenders import Contender
from benchmarks.processes import ContenderFailed, Json
from benchmarks.stopwatch import percentile

KEPT = ("seconds", "cpu_ms", "build_ms", "events")


def measure_scaling(
    bench: Bench,
    contenders: Sequence[Contender],
    sizes: Sequence[int],
    repeats: int,
    latency: float = LATENCY,
) -> Json:
    """Contender name → its label and points; each point is the median of the repeats.

    Contenders take turns at every size, so that what disturbs the machine disturbs all of them.
    """
    measured: dict[str, dict[int, list[Json]]] = {each.name: {} for each in contenders}
    failures: dict[str, str] = {}
    for each, size in _turns(contenders, sizes, repeats):
        before = measured[each.name].setdefault(size, [])
        if each.name in failures or (before and before[-1]["seconds"] > PATIENCE):
            continue
        try:
            before.append(bench.ask(each, size, latency))
        except ContenderFailed as error:
            failures[each.name] = str(error).strip().rpartition("\n")[2]
            say(f"{each.label} failed: {error}")
        else:
            say(f"{len(before)}/{repeats}  {each.label:<34} {size:>5}  {_told(before[-1])}")
    return {
        each.name: {
            "label": each.label,
            "failure": failures.get(each.name),
            "points": [_point(size, some) for size, some in measured[each.name].items() if some],
        }
        for each in contenders
    }


def _told(answer: Json) -> str:
    return f"{answer['seconds']:.2f} s, {answer['most_at_once']} at once, {answer['wrong']} wrong"


def _turns(
    contenders: Sequence[Contender], sizes: Sequence[int], repeats: int
) -> Iterator[tuple[Contender, int]]:
    few = [size for each in contenders if each.extrapolated for size in each.sizes]
    for _ in range(repeats):
        for size in sorted({*sizes, *few}):
            for each in contenders:
                if size in each.sizes and (size in sizes or each.extrapolated):
                    yield each, size


def extrapolate(scaling: Json, contenders: Sequence[Contender], sizes: Sequence[int]) -> None:
    """Adds the points of what runs one after another and would take too long to measure."""
    for each in contenders:
        points = scaling[each.name]["points"]
        if each.extrapolated and points:
            last = points[-1]
            for size in (size for size in sizes if size > last["topics"]):
                seconds = last["seconds"] / last["topics"] * size
                points.append({"topics": size, "seconds": seconds, "extrapolated": True})


def _starts(measured: Sequence[Json]) -> Json:
    """From submission to a topic's start, in ms, where it was looked at."""
    waits = [ms for each in measured for ms in each.get("start_ms", [])]
    return {"start_p50": percentile(waits, 50), "start_p99": percentile(waits, 99)} if waits else {}


def _point(topics: int, measured: Sequence[Json]) -> Json:
    medians = {
        name: median(each[name] for each in measured)
        for name in KEPT
        if all(each.get(name) is not None for each in measured)
    }
    return {
        "topics": topics,
        **medians,
        **_starts(measured),
        "all_seconds": [each["seconds"] for each in measured],
        "most_at_once": max(each["most_at_once"] for each in measured),
        "wrong": sum(each["wrong"] for each in measured),
        "calls": median(each["calls"] for each in measured),
        "cited": sum(each["cited"] for each in measured) / topics / len(measured),
    }
