"""Who is measured: each module is a process of its own (benchmarks.processes)."""

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.processes import PROJECT

SIZES = (1, 10, 50, 200, 1000)
"""Topics. At most 200 are in flight for anyone, and the site takes 1,000 as five runs of 200."""

OWN = Path(sys.executable)
PEERS = PROJECT / ".venv-bench" / "bin" / "python"


@dataclass(frozen=True)
class Contender:
    """A way to ask about topics; `label` is how table and plot call it."""

    name: str
    label: str
    module: str
    options: dict[str, Any] = field(default_factory=dict)
    sizes: tuple[int, ...] = SIZES
    python: Path = OWN
    extrapolated: bool = False
    """One after another: the time for more topics is worked out from few, and says so."""


CONTENDERS = (
    Contender("plain", "AsyncOpenAI", "plain"),
    Contender("plain-streamed", "AsyncOpenAI, streamed", "plain", {"stream": True}),
    Contender("langgraph", "LangGraph", "langgraph", python=PEERS),
    Contender(
        "langgraph-streamed", "LangGraph, streamed", "langgraph", {"stream": True}, python=PEERS
    ),
    Contender(
        "crewai-sequential",
        "CrewAI kickoff, one by one",
        "crewai_tutorial",
        {"way": "kickoff"},
        sizes=(1, 3),
        extrapolated=True,
    ),
    Contender(
        "crewai-kickoff-async",
        "CrewAI kickoff_async",
        "crewai_tutorial",
        {"way": "kickoff_async"},
        sizes=(1, 10, 50, 200),
    ),
    Contender(
        "crewai-akickoff",
        "CrewAI akickoff",
        "crewai_tutorial",
        {"way": "akickoff"},
        sizes=(1, 10, 50, 200),
    ),
    Contender("engine", "our engine", "engine"),
    Contender("site", "our whole site", "site"),
    *(
        Contender(
            f"fleet-{workers}",
            f"PostgreSQL, {workers} worker{'s' if workers > 1 else ''}",
            "fleet",
            {"workers": workers},
            sizes=(1, 200, 1000),
        )
        for workers in (1, 2, 4)
    ),
)
