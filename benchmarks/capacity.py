"""What a number of topics a day needs: measured on a small fleet, then worked out and simulated.

    python -m benchmarks.capacity            # measures a fleet here, writes results/capacity.json
    python -m benchmarks.capacity --again    # the tables again, from that file

A topic's cost is measured: processor time of workers and web, rows and bytes in PostgreSQL,
messages and bytes through Redis. What a day of them needs is arithmetic. How long topics wait in
the queue is not, since they come in bursts: busy hours are simulated, with runs of many sizes.
"""

import argparse
import heapq
import json
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import redis
from rich.console import Console
from rich.table import Table

from benchmarks.processes import PROJECT
from benchmarks.stopwatch import cpu_seconds, percentile
from tests.support.fleet import Fleet
from tests.support.provider import ScriptedProvider
from tests.support.servers import Redis, new_database

FILE = PROJECT / "benchmarks" / "results" / "capacity.json"
MEASURED = {"quick": 400, "deep": 100}
"""Topics of each blueprint."""
DAYS = (10_000, 1_000_000)
"""Topics a day."""
PEAK = 5.0
"""How many times the average hour's topics the busiest hour has."""
CREWS = 200
"""RESEARCH_MAX_CREWS of a worker."""
BUSY = 0.6
"""Of a core's time that crews may take, so that their loop still answers at once."""
CALL_SECONDS = 8.0
"""What a real model takes for a call, on average; the scripted one takes 0.2 s."""
CALLS = {"quick": 2, "deep": 6}
"""Model calls of a topic whose agents use a tool once each."""
CONNECTIONS = 8
"""Of a worker to PostgreSQL: two that listen, four for jobs, two that store and read."""

Json = dict[str, Any]


def measure() -> Json:
    """What a topic of each blueprint costs, on one web process and one worker."""
    with (
        tempfile.TemporaryDirectory() as folder,
        new_database() as database,
        Redis() as server,
        ScriptedProvider() as provider,
    ):
        fleet = Fleet(
            Path(folder),
            DATABASE_URL=database,
            REDIS_URL=server.url,
            OPENAI_API_KEY="sk-benchmark",
            OPENAI_BASE_URL=provider.url,
            RESEARCH_MODEL="openai/scripted",
        )
        try:
            fleet.start(sites=1, workers=1)
            fleet.sites[0].result(fleet.sites[0].submit("warm-up")["id"])
            provider.script(latency=0.2, tools=True)
            return {
                blueprint: _cost(fleet, database, server.url, blueprint, topics)
                for blueprint, topics in MEASURED.items()
            }
        finally:
            fleet.kill()


def _cost(fleet: Fleet, database: str, redis_url: str, blueprint: str, topics: int) -> Json:
    site, worker = fleet.sites[0], fleet.workers[0]
    before = _readings(database, redis_url, site.pid, worker.pid)
    for start in range(0, topics, CREWS):
        wanted = [f"python topic {n}" for n in range(start, min(start + CREWS, topics))]
        site.result(site.submit(*wanted, blueprint=blueprint)["id"], timeout=120)
    after = _readings(database, redis_url, site.pid, worker.pid)
    return {name: (after[name] - before[name]) / topics for name in before}


def _readings(database: str, redis_url: str, web: int, worker: int) -> dict[str, float]:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("ANALYZE")

        def number(statement: str) -> float:
            row = connection.execute(statement).fetchone()  # type: ignore[call-overload]
            return float(row[0])

        rows = sum(
            number(f"SELECT count(*) FROM research_{table}")  # noqa: S608 our own names
            for table in ("event", "topic", "source", "taskresult", "run")
        )
        size = number("SELECT pg_database_size(current_database())")
        commits = number(
            "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"
        )
    info: Json = redis.Redis.from_url(redis_url).info()  # type: ignore[assignment]
    return {
        "web_cpu": cpu_seconds(web) or 0.0,
        "worker_cpu": cpu_seconds(worker) or 0.0,
        "rows": rows,
        "bytes": size,
        "commits": commits,
        "redis_commands": float(info["total_commands_processed"]),
        "redis_bytes": float(info["total_net_input_bytes"]),
    }


def needs(cost: Json, blueprint: str, topics_a_day: int) -> Json:
    """What a day with that many topics of a blueprint needs, at its busiest hour."""
    a_second = topics_a_day / 86_400 * PEAK
    seconds = CALLS[blueprint] * CALL_SECONDS
    by_cpu = a_second * cost["worker_cpu"] / BUSY
    by_crews = a_second * seconds / CREWS
    workers = max(1, round(max(by_cpu, by_crews) + 0.5))
    return {
        "topics a second, busiest hour": a_second,
        "crews at work": a_second * seconds,
        "workers": workers,
        "of these for processor time alone": by_cpu,
        "database connections of workers": workers * CONNECTIONS,
        "rows a day": cost["rows"] * topics_a_day,
        "GB a day": cost["bytes"] * topics_a_day / 1e9,
        "commits a second": cost["commits"] * a_second,
        "Redis messages a second": cost["redis_commands"] * a_second,
        "Redis MB a second": cost["redis_bytes"] * a_second / 1e6,
    }


def waits(workers: int, blueprint: str, topics_a_day: int, hours: float = 2.0) -> list[float]:
    """Seconds that topics stand in the queue in busiest hours, with runs of 1 to 200 topics."""
    chance = random.Random(1)
    free = [0.0] * (workers * CREWS)
    found = []
    for moment in _arrivals(chance, topics_a_day / 86_400 * PEAK, hours * 3600):
        start = max(moment, free[0])
        took = sum(chance.expovariate(1 / CALL_SECONDS) for _ in range(CALLS[blueprint]))
        heapq.heapreplace(free, start + took)
        found.append(start - moment)
    return found


def _arrivals(chance: random.Random, a_second: float, seconds: float) -> Iterator[float]:
    """When topics come: in runs of 1 to 200, small ones more often."""
    sizes = [1, 1, 1, 3, 5, 10, 20, 50, 200]
    mean = sum(sizes) / len(sizes)
    moment = 0.0
    while (moment := moment + chance.expovariate(a_second / mean)) < seconds:
        yield from [moment] * chance.choice(sizes)


def main() -> None:
    parser = argparse.ArgumentParser("python -m benchmarks.capacity", description=__doc__)
    parser.add_argument("--again", action="store_true", help="do not measure anew")
    if not parser.parse_args().again:
        FILE.write_text(json.dumps(measure(), indent=1) + "\n")
    costs = json.loads(FILE.read_text())
    console = Console()
    table = Table("a topic costs", *costs, title="Measured on one web process and one worker")
    for name in next(iter(costs.values())):
        table.add_row(name, *(f"{cost[name]:,.4g}" for cost in costs.values()))
    console.print(table)
    for blueprint, cost in costs.items():
        days = {topics: needs(cost, blueprint, topics) for topics in DAYS}
        table = Table(f"`{blueprint}`", *(f"{topics:,} topics a day" for topics in DAYS))
        for name in days[DAYS[0]]:
            table.add_row(name, *(f"{day[name]:,.3g}" for day in days.values()))
        for percent in (50, 99):
            told = []
            for topics, day in days.items():
                told.append(f"{percentile(waits(day['workers'], blueprint, topics), percent):.1f}")
            table.add_row(f"seconds in the queue, p{percent} (simulated)", *told)
        console.print(table)


if __name__ == "__main__":
    main()
