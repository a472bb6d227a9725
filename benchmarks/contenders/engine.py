"""Our crews without the site: `run_crew` with a reporter that drops everything, no database."""

import asyncio
import os
from functools import cache, partial
from typing import Any

import django
import yaml

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "researchsite.settings")
django.setup()

from benchmarks.processes import serve  # noqa: E402 Django's settings come first
from benchmarks.stopwatch import Stopwatch  # noqa: E402
from benchmarks.topics import make_topics  # noqa: E402
from benchmarks.workload import (  # noqa: E402
    BACKSTORY,
    EXPECTED,
    GOAL,
    MODEL,
    ROLE,
    TASK,
    all_at_once,
    judge,
)
from research.crews.definition import Definition  # noqa: E402
from research.crews.reporter import FinishedTask  # noqa: E402
from research.crews.run import Assignment, build_crew, run_crew  # noqa: E402
from research.crews.tools.sources import SourceBook  # noqa: E402
from research.engine.threads import widen  # noqa: E402
from research.runs.blueprints import FOLDER  # noqa: E402

SHIPPED = yaml.safe_load((FOLDER / "quick.yaml").read_text())
del SHIPPED["title"], SHIPPED["description"]
DEFINITIONS = {
    "call": Definition.model_validate(
        {
            "agents": {"analyst": {"role": ROLE, "goal": GOAL, "backstory": BACKSTORY}},
            "tasks": {
                "findings": {"agent": "analyst", "description": TASK, "expected_output": EXPECTED}
            },
        }
    ),
    "quick": Definition.model_validate(SHIPPED),
}
BUILDS = 50


class Silence:
    """A Reporter that keeps nothing."""

    def event(self, kind: str, **data: Any) -> None: ...
    def task_finished(self, finished: FinishedTask) -> None: ...
    async def kept(self) -> None: ...
    def spent(self, prompt: int, completion: int, is_estimated: bool = False) -> None: ...
    def writing(self, text: str) -> None: ...


async def measure(topics: int, work: str) -> dict[str, Any]:
    """Runs that many crews, building included; `build_ms` is measured by itself."""
    wanted = make_topics(topics)
    definition = DEFINITIONS[work]
    _widen()
    with Stopwatch() as running:
        answers = await all_at_once(partial(_run, definition), wanted)
    with Stopwatch() as building:
        for topic in make_topics(BUILDS):
            build_crew(_assignment(definition, topic), SourceBook())
    return {
        "seconds": running.seconds,
        "cpu_ms": running.cpu * 1000 / topics,
        "build_ms": building.cpu * 1000 / BUILDS,
        **judge(wanted, answers),
    }


@cache
def _widen() -> None:
    widen(asyncio.get_running_loop())  # as the site's engine does, so that tools have threads


async def _run(definition: Definition, topic: str) -> str:
    return (await run_crew(_assignment(definition, topic), SourceBook(), Silence())).text


def _assignment(definition: Definition, topic: str) -> Assignment:
    return Assignment(topic, definition, f"openai/{MODEL}")


if __name__ == "__main__":
    serve(measure)
