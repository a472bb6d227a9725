"""Time against the number of topics, for every contender in turn, and all of it again."""

from collections.abc import Sequence
from statistics import median

from benchmarks.bench import PATIENCE, Bench, say
from benchmarks.contenders import Contender
from benchmarks.processes import ContenderFailed, Json

KEPT = ("seconds", "cpu_ms", "build_ms", "memory_mb")


def measure_scaling(
    bench: Bench, contenders: Sequence[Contender], sizes: Sequence[int], repeats: int
) -> Json:
    """Contender name → its label and points; each point is the median of the repeats.

    Contenders take turns at every size, so that what disturbs the machine disturbs all of them.
    """
    measured: dict[tuple[str, int], list[Json]] = {}
    failures: dict[str, str] = {}
    for repeat in range(repeats):
        for size in sorted({*sizes, *(size for each in contenders for size in each.sizes)}):
            for each in contenders:
                before = measured.setdefault((each.name, size), [])
                too_slow = before and before[-1]["seconds"] > PATIENCE
                offered = size in each.sizes and (size in sizes or each.extrapolated)
                if not offered or too_slow or each.name in failures:
                    continue
                try:
                    before.append(bench.ask(each, size))
                except ContenderFailed as error:
                    failures[each.name] = str(error).strip().rpartition("\n")[2]
                    say(f"{each.label} failed: {error}")
                else:
                    seconds = before[-1]["seconds"]
                    say(f"{repeat + 1}/{repeats}  {each.label:<28} {size:>5} {seconds:8.2f} s")
    return {
        each.name: {
            "label": each.label,
            "failure": failures.get(each.name),
            "idle_mb": bench.warm_ups.get(each.name, {}).get("memory_mb"),
            "points": [
                _point(size, measured[each.name, size])
                for size in each.sizes
                if measured.get((each.name, size))
            ],
        }
        for each in contenders
    }


def extrapolate(scaling: Json, contenders: Sequence[Contender], sizes: Sequence[int]) -> None:
    """Adds the points of what runs one after another and would take too long to measure."""
    for each in contenders:
        points = scaling[each.name]["points"]
        if each.extrapolated and points:
            last = points[-1]
            for size in (size for size in sizes if size > last["topics"]):
                seconds = last["seconds"] / last["topics"] * size
                points.append({"topics": size, "seconds": seconds, "extrapolated": True})


def point(scaling: Json, name: str, topics: int) -> Json | None:
    """A contender's point at that many topics, if it was measured."""
    points = scaling.get(name, {}).get("points", [])
    return next((each for each in points if each["topics"] == topics), None)


def _point(topics: int, measured: Sequence[Json]) -> Json:
    medians = {
        name: median(each[name] for each in measured)
        for name in KEPT
        if all(each.get(name) is not None for each in measured)
    }
    return {
        "topics": topics,
        **medians,
        "all_seconds": [each["seconds"] for each in measured],
        "most_at_once": max(each["most_at_once"] for each in measured),
        "wrong": sum(each["wrong"] for each in measured),
    }
