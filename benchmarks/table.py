"""The results as tables for a terminal."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from benchmarks.bench import LATENCY, SOON
from benchmarks.processes import Json
from benchmarks.targets import Row

PEER_LABELS = {
    "noop": "AsyncOpenAI, no-op tool",
    "plain": "AsyncOpenAI",
    "langgraph": "LangGraph",
    "crewai": "CrewAI",
}


def print_tables(console: Console, results: Json, rows: Sequence[Row]) -> None:
    """All times by number of topics, then each target with ours and the peers'."""
    made = results["made"]
    console.print(
        f"Provider at {made['latency']:g} s, {made['cores']} cores, Python {made['python']}, "
        f"{made['date']}; medians of {made['repeats']}; "
        f"load {made['load'][0]:.1f} at the start, {made['load'][1]:.1f} at the end."
    )
    if results["scaling"]:
        console.print(_scaling(results["scaling"], made["sizes"], LATENCY))
        if results["at_0.2"]:
            console.print(_scaling(results["at_0.2"], made["sizes"], SOON))
        console.print(_fleets(results["scaling"], made["cores"]))
    if rows:
        console.print(_targets(rows))


def _scaling(scaling: Json, sizes: Sequence[int], latency: float) -> Table:
    table = Table(
        "seconds for … topics",
        title=f"From the first topic to the last result, provider at {latency:g} s",
    )
    for size in sizes:
        table.add_column(f"{size:,}", justify="right")
    for heading in ("CPU ms/topic", "calls/topic", "most at once", "wrong", "cited"):
        table.add_column(heading, justify="right")
    for each in scaling.values():
        points = {point["topics"]: point for point in each["points"]}
        measured = [point for point in each["points"] if "extrapolated" not in point]
        if not measured:
            table.add_row(each["label"], each["failure"] or "not measured")
            continue
        table.add_row(
            each["label"],
            *(_seconds(points.get(size)) for size in sizes),
            _number(measured[-1].get("cpu_ms")),
            _number(measured[-1]["calls"]),
            str(max(point["most_at_once"] for point in measured)),
            str(sum(point["wrong"] for point in measured)),
            f"{min(point['cited'] for point in measured):.0%}",
        )
    table.caption = "~ worked out from three topics, not measured; at most 200 in flight for anyone"
    return table


def _fleets(scaling: Json, cores: int) -> Table:
    """What the fleets did with that many topics; of the time, how much the machine computed for it.

    That share is of the fleet's own processes; PostgreSQL, Redis, the provider and the watcher are
    on the same cores.
    """
    table = Table("workers, topics", title="Past one process: PostgreSQL, Redis and workers")
    for heading in ("topics/s", "events/s", "to start, p50", "p99", "of all cores"):
        table.add_column(heading, justify="right")
    for name, each in scaling.items():
        for point in each["points"] if name.startswith("fleet") else ():
            topics, seconds = point["topics"], point["seconds"]
            if topics > 1:
                table.add_row(
                    f"{name.removeprefix('fleet-')}, {topics:,}",
                    _number(topics / seconds),
                    _number(point["events"] / seconds),
                    f"{_number(point['start_p50'])} ms",
                    f"{_number(point['start_p99'])} ms",
                    f"{point['cpu_ms'] * topics / 10 / seconds / cores:.0f} %",
                )
    return table


def _targets(rows: Sequence[Row]) -> Table:
    table = Table("what", title="Targets, and the same work elsewhere in the same run")
    for heading in ("ours", "target", "of target", *PEER_LABELS.values()):
        table.add_column(heading, justify="right")
    for row in rows:
        table.add_row(
            row.what,
            f"{_number(row.ours)} {row.unit}",
            f"≤ {_number(row.limit)} {row.unit}",
            f"[{'green' if row.met else 'red'}]{row.ours / row.limit:.2f}x[/]",
            *(_peer(row, name) for name in PEER_LABELS),
        )
    table.caption = "peers: the better of two ways each; in brackets, ours as a multiple of theirs"
    return table


def _peer(row: Row, name: str) -> str:
    if not (theirs := row.peers.get(name)):
        return ""
    return f"{_number(theirs)} {row.unit} ({row.ours / theirs:.2f}x)"


def _seconds(point: Json | None) -> str:
    """The median, and in brackets the least and the most where it was measured more than once."""
    if point is None:
        return "-"
    if "extrapolated" in point:
        return f"~{_number(point['seconds'])}"
    every = point["all_seconds"]
    spread = f" ({_number(min(every))} to {_number(max(every))})" if len(every) > 1 else ""
    return _number(point["seconds"]) + spread


def _number(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:,.2f}" if value < 10 else f"{value:,.1f}" if value < 100 else f"{value:,.0f}"
