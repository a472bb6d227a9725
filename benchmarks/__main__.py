"""python -m benchmarks [--quick] [--only NAME…] [--sizes N…] [--repeats N] [--out DIR]"""

import argparse
import json
import os
import platform
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from rich.console import Console

from benchmarks.bench import LATENCY, REPEATS, SOON, Bench, say
from benchmarks.contenders import CONTENDERS, PEERS, SIZES
from benchmarks.probes import PROBES, run_probe
from benchmarks.processes import PROJECT, Json
from benchmarks.rounds import extrapolate, measure_scaling
from benchmarks.table import print_tables
from benchmarks.targets import compare
from benchmarks.workload import AT_ONCE

RESULTS = PROJECT / "benchmarks" / "results"
UNFINISHED = PROJECT / "var" / "benchmarks"
QUICK_SIZES = (1, 10)
SLOW_TO_START = ("fleet-1", "fleet-4")


def main() -> None:
    """Measures, prints the tables and writes latest.json and scaling.svg."""
    options = _parse()
    sizes, repeats = options.sizes, options.repeats
    contenders = [each for each in CONTENDERS if each.name in options.only]
    results: Json = {"made": _made(sizes, repeats), "probes": {}}
    load = [os.getloadavg()[0]]
    with Bench() as bench:
        results["scaling"] = measure_scaling(bench, contenders, sizes, repeats)
        at_soon = contenders if options.soon else []
        results["at_0.2"] = measure_scaling(bench, at_soon, options.soon, repeats, SOON)
        for name in (name for name in PROBES if name in options.only):
            results["probes"][name] = run_probe(bench, name, repeats)
    results["made"]["load"] = [*load, os.getloadavg()[0]]
    extrapolate(results["scaling"], contenders, sizes)
    rows = compare(results)
    results["targets"] = [row.as_json() for row in rows]
    print_tables(Console(width=None if os.isatty(1) else 160), results, rows)
    options.out.mkdir(parents=True, exist_ok=True)
    file = options.out / "latest.json"
    file.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n")
    if contenders:
        _draw(file, options.out / "scaling.svg")


def _parse() -> argparse.Namespace:
    names = [*(each.name for each in CONTENDERS), *PROBES]
    parser = argparse.ArgumentParser("python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="1 and 10 topics, once; no probes")
    parser.add_argument("--only", nargs="+", metavar="NAME", choices=names, help=", ".join(names))
    parser.add_argument("--sizes", nargs="+", type=int, metavar="N", help="topics")
    parser.add_argument("--repeats", type=int, metavar="N")
    parser.add_argument("--out", type=Path, metavar="DIR", help="for latest.json and scaling.svg")
    options = parser.parse_args()
    # 200 topics at the shorter latency are measured where 200 are at all.
    partial = options.quick or options.only or options.sizes or options.repeats
    options.repeats = options.repeats or (1 if options.quick else REPEATS)
    options.sizes = options.sizes or (QUICK_SIZES if options.quick else SIZES)
    options.soon = [size for size in options.sizes if size == AT_ONCE]
    # The committed results are those of a whole run only.
    options.out = options.out or (UNFINISHED if partial else RESULTS)
    if not options.only:
        left_out = {*PROBES, *SLOW_TO_START} if options.quick else ()
        options.only = [name for name in names if name not in left_out]
    return options


def _made(sizes: Sequence[int], repeats: int) -> Json:
    """When, on what and with what: nothing that names the machine."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "system": platform.system(),
        "latency": LATENCY,
        "sizes": sizes,
        "repeats": repeats,
        "versions": {name: version(name) for name in ("crewai", "django", "openai")},
    }


def _draw(file: Path, plot: Path) -> None:
    """The plot is drawn where matplotlib is: among the peers' requirements."""
    if not PEERS.exists():
        say("No plot: `make bench` installs what draws it.")
        return
    subprocess.run([PEERS, "-m", "benchmarks.plot", file, plot], cwd=PROJECT, check=True)


if __name__ == "__main__":
    main()
