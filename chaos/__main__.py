"""python -m chaos [--quick] [--only NAME…] [--out DIR]

Breaks the site on purpose and counts what is lost. Status 1 when a promise was not kept.
"""

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console

from chaos import cancels, disconnects, documents, faults, kills, storage
from chaos.arena import Arena, Json, MakeSite, say
from chaos.report import as_markdown, print_table
from tests.support.provider import ScriptedProvider
from tests.support.site import PROJECT

RESULTS = PROJECT / "chaos" / "results"
PATIENCE = 180.0  # seconds, for a machine that has other things to do
UNFINISHED = PROJECT / "var" / "chaos"


@dataclass(frozen=True)
class Experiment:
    """A function of (site, provider), its sizes, and what its site needs in the environment."""

    measure: Callable[..., Any]
    whole: Json = field(default_factory=dict)
    quick: Json = field(default_factory=dict)
    env: dict[str, str] = field(default_factory=dict)


QUICK_KILL = {"kills": 1, "topics": 10}
EXPERIMENTS = {
    "disconnects": Experiment(disconnects.measure, {"cuts": 1000}, {"cuts": 50, "watchers": 6}),
    "kills": Experiment(partial(kills.measure, victim="server"), {"kills": 5}, QUICK_KILL),
    "worker-kills": Experiment(partial(kills.measure, victim="worker"), {"kills": 3}, QUICK_KILL),
    "all-kills": Experiment(partial(kills.measure, victim="all"), {"kills": 1}, QUICK_KILL),
    "faults": Experiment(faults.measure, env={"RESEARCH_TOPIC_TIMEOUT": "25"}),
    "cancels": Experiment(
        cancels.measure,
        {"cancels": 100},
        {"cancels": 20},
        env={"RESEARCH_MAX_CREWS": str(cancels.AT_ONCE)},
    ),
    "documents": Experiment(documents.measure, {}, {"every": 4}),
    # SQLite itself waits 30 s for a lock.
    "locked": Experiment(
        partial(storage.measure, outage="locked"), {"seconds": 35}, {"seconds": 2, "topics": 5}
    ),
    "full": Experiment(
        partial(storage.measure, outage="full"), {"seconds": 20}, {"seconds": 2, "topics": 5}
    ),
    "io": Experiment(
        partial(storage.measure, outage="io"), {"seconds": 20}, {"seconds": 2, "topics": 5}
    ),
}


def main() -> int:
    """The status: 1 when a promise was not kept."""
    options = _parse()
    with Arena() as arena:
        kept = conduct(options.only, options.quick, arena.make_site, arena.provider, options.out)
    return 0 if kept else 1


def conduct(
    names: Sequence[str], quick: bool, make_site: MakeSite, provider: ScriptedProvider, out: Path
) -> bool:
    """Runs experiments, prints their table and writes latest.json and latest.md into `out`."""
    rows, figures, seconds = {}, {}, {}
    for name in names:
        experiment = EXPERIMENTS[name]
        say(f"{name} …")
        site = make_site(**experiment.env)
        site.result(site.submit("to get everything ready")["id"], timeout=PATIENCE)
        began = time.monotonic()
        sizes = experiment.quick if quick else experiment.whole
        result = experiment.measure(site, provider, **sizes)
        seconds[name] = round(time.monotonic() - began, 1)
        figures[name], rows[name] = asdict(result), result.rows()
        site.kill()
    made = {
        "date": datetime.now(UTC).date().isoformat(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "system": platform.system(),
        "seconds": seconds,
    }
    note = f"`make chaos`, {made['cores']} cores, {made['date']}"
    print_table(Console(width=None if os.isatty(1) else 160), rows, note)
    out.mkdir(parents=True, exist_ok=True)
    results = {"made": made, "figures": figures}
    (out / "latest.json").write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n")
    (out / "latest.md").write_text(as_markdown(rows, note))
    return all(row.kept for some in rows.values() for row in some)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m chaos", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a minute or two instead of ten")
    parser.add_argument("--only", nargs="+", metavar="NAME", choices=[*EXPERIMENTS])
    parser.add_argument("--out", type=Path, metavar="DIR", help="for latest.json and latest.md")
    options = parser.parse_args()
    # The committed results are those of a whole run only.
    options.out = options.out or (UNFINISHED if options.quick or options.only else RESULTS)
    options.only = options.only or [*EXPERIMENTS]
    return options


if __name__ == "__main__":
    sys.exit(main())
