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
    """A way to ask about topics; `label` is how table and plot call it.

    Contenders of one `module` and the same `options` share a process, whatever their work.
    """

    name: str
    label: str
    module: str
    work: str = "quick"
    options: dict[str, Any] = field(default_factory=dict)
    sizes: tuple[int, ...] = SIZES
    python: Path = OWN
    extrapolated: bool = False
    """One after another: the time for more topics is worked out from few, and says so."""

    @property
    def process(self) -> str:
        return "-".join([self.module, *map(str, self.options.values())])


STREAMED = {"stream": True}
WAYS = ("kickoff_async", "akickoff")
ONE_CALL = (1, 200)
"""Topics of the crew of one call, which is a row beside the crew that people get."""

QUICK = (
    Contender("plain-noop", "AsyncOpenAI, no-op tool", "plain", "noop"),
    Contender(
        "plain-noop-streamed", "AsyncOpenAI, no-op tool, streamed", "plain", "noop", STREAMED
    ),
    Contender("plain", "AsyncOpenAI, loop by hand", "plain"),
    Contender("plain-streamed", "AsyncOpenAI, loop by hand, streamed", "plain", options=STREAMED),
    Contender("langgraph", "LangGraph", "langgraph", python=PEERS),
    Contender(
        "langgraph-streamed", "LangGraph, streamed", "langgraph", options=STREAMED, python=PEERS
    ),
    Contender(
        "crewai-sequential",
        "CrewAI kickoff, one by one",
        "crewai_tutorial",
        options={"way": "kickoff"},
        sizes=(1, 3),
        extrapolated=True,
    ),
    *(
        Contender(
            f"crewai-{way.replace('_', '-')}",
            f"CrewAI {way}",
            "crewai_tutorial",
            options={"way": way},
            sizes=(1, 10, 50, 200),
        )
        for way in WAYS
    ),
    Contender("engine", "our engine", "engine"),
    Contender("site", "our whole site", "site"),
    *(
        Contender(
            f"fleet-{workers}",
            f"PostgreSQL, {workers} worker{'s' if workers > 1 else ''}",
            "fleet",
            options={"workers": workers},
            sizes=(1, 200, 1000),
        )
        for workers in (1, 2, 4)
    ),
)
CALL = (
    Contender("plain-call", "AsyncOpenAI, one call", "plain", "call", sizes=ONE_CALL),
    Contender(
        "plain-call-streamed",
        "AsyncOpenAI, one call, streamed",
        "plain",
        "call",
        STREAMED,
        ONE_CALL,
    ),
    Contender(
        "langgraph-call", "LangGraph, one call", "langgraph", "call", sizes=ONE_CALL, python=PEERS
    ),
    Contender(
        "langgraph-call-streamed",
        "LangGraph, one call, streamed",
        "langgraph",
        "call",
        STREAMED,
        ONE_CALL,
        PEERS,
    ),
    Contender("engine-call", "our engine, one call", "engine", "call", sizes=ONE_CALL),
    Contender("site-call", "our whole site, one call", "site", "call", sizes=ONE_CALL),
)
CONTENDERS = (*QUICK, *CALL)
