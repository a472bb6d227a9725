"""Our crews without the site: `run_crew` with a reporter that drops everything, no database."""

import os
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "researchsite.settings")
django.setup()

from benchmarks.processes import serve  # noqa: E402 Django's settings come first
from benchmarks.stopwatch import Stopwatch  # noqa: E402
from benchmarks.workload import (  # noqa: E402
    BACKSTORY,
    EXPECTED,
    GOAL,
    MODEL,
    ROLE,
    TASK,
    all_at_once,
    count_wrong,
    make_topics,
)
from research.crews.definition import Definition  # noqa: E402
from research.crews.reporter import FinishedTask  # noqa: E402
from research.crews.run import Assignment, build_crew, run_crew  # noqa: E402
from research.crews.tools.sources import SourceBook  # noqa: E402

DEFINITION = Definition.model_validate(
    {
        "agents": {"analyst": {"role": ROLE, "goal": GOAL, "backstory": BACKSTORY}},
        "tasks": {
            "findings": {"agent": "analyst", "description": TASK, "expected_output": EXPECTED}
        },
    }
)
BUILDS = 50


class Silence:
    """A Reporter that keeps nothing."""

    def event(self, kind: str, **data: Any) -> None: ...
    def task_finished(self, finished: FinishedTask) -> None: ...
    async def kept(self) -> None: ...
    def spent(self, prompt: int, completion: int, is_estimated: bool = False) -> None: ...
    def writing(self, text: str) -> None: ...


async def measure(topics: int) -> dict[str, Any]:
    """Runs that many crews of one call, building included; `build_ms` is measured by itself."""
    wanted = make_topics(topics)
    with Stopwatch() as running:
        answers = await all_at_once(_run, wanted)
    with Stopwatch() as building:
        for topic in make_topics(BUILDS):
            build_crew(_assignment(topic), SourceBook())
    return {
        "seconds": running.seconds,
        "cpu_ms": running.cpu * 1000 / topics,
        "build_ms": building.cpu * 1000 / BUILDS,
        "wrong": count_wrong(wanted, answers),
    }


async def _run(topic: str) -> str:
    return await run_crew(_assignment(topic), SourceBook(), Silence())


def _assignment(topic: str) -> Assignment:
    return Assignment(topic, DEFINITION, f"openai/{MODEL}")


if __name__ == "__main__":
    serve(measure)
