"""Times the same crews one after another and all at once."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from research.crews.definition import Definition
from research.crews.reporter import FinishedTask
from research.kinds import Kind
from research.web.benchmark.provider import SIMULATED, simulated_provider

DEFINITION = Definition.model_validate(
    {
        "agents": {
            "analyst": {
                "role": "Analyst",
                "goal": "Say what is known about a topic in a few words",
                "backstory": "You answer at once, briefly and from what you know.",
            }
        },
        "tasks": {
            "facts": {
                "agent": "analyst",
                "description": "State one well-known fact about this number: {topic}",
                "expected_output": "One sentence.",
            }
        },
    }
)

RunTopic = Callable[[str], Coroutine[None, None, str | None]]
"""Runs a topic's crew; answers with what stopped it, or None."""


@dataclass
class Comparison:
    """Seconds for the same topics, together and one after another."""

    model: str
    topics: int
    parallel_seconds: float = 0.0
    sequential_seconds: float = 0.0
    sequential_measured: int = 0
    """With how many topics; `sequential_seconds` is worked out from them for all."""
    most_at_once: int = 0
    failed: int = 0
    errors: list[str] = field(default_factory=list)

    @property
    def speed_up(self) -> float | None:
        """None when crews failed: how fast they did so says nothing."""
        return None if self.failed else self.sequential_seconds / self.parallel_seconds


async def compare(model: str, topics: int, sample: int, latency: float) -> Comparison:
    """Runs `topics` one-call crews at once, and `sample` of them one after another before.

    The simulated model takes `latency` seconds for an answer.
    """
    done = Comparison(model, topics, sequential_measured=sample)
    numbers = [str(number) for number in range(1, topics + 1)]
    async with contextlib.AsyncExitStack() as stack:
        if model == SIMULATED:
            model = await stack.enter_async_context(simulated_provider(latency))
        reporter = _OpenCalls()
        run = _runner(model, reporter)
        await run("0")  # what is imported with the first crew does not count
        sequential = await _timed(_one_by_one(run, numbers[:sample]), done)
        done.sequential_seconds = sequential / sample * topics
        done.parallel_seconds = await _timed(_together(run, numbers), done)
        done.most_at_once = reporter.most
    done.errors = list(dict.fromkeys(done.errors))
    return done


async def _timed(work: Coroutine[None, None, list[str | None]], done: Comparison) -> float:
    """Seconds that the work takes; its failures are added up."""
    started = time.perf_counter()
    errors = [error for error in await work if error]
    seconds = time.perf_counter() - started
    done.failed += len(errors)
    done.errors += errors
    return seconds


async def _one_by_one(run: RunTopic, topics: Sequence[str]) -> list[str | None]:
    return [await run(topic) for topic in topics]


async def _together(run: RunTopic, topics: Sequence[str]) -> list[str | None]:
    free = asyncio.Semaphore(settings.RESEARCH_MAX_CREWS)

    async def one(topic: str) -> str | None:
        async with free:
            return await run(topic)

    return await asyncio.gather(*map(one, topics))


def _runner(model: str, reporter: "_OpenCalls") -> RunTopic:
    # Here and not above: they import CrewAI.
    from research.crews.failures import explain
    from research.crews.run import Assignment, run_crew
    from research.crews.tools.sources import SourceBook

    async def run(topic: str) -> str | None:
        try:
            await run_crew(Assignment(topic, DEFINITION, model), SourceBook(), reporter)
        except Exception as error:  # noqa: BLE001 whatever stops a crew is its own failure
            return explain(error)[1]
        return None

    return run


class _OpenCalls:
    """A Reporter that counts the crews that wait for their model at the same time."""

    def __init__(self) -> None:
        self._open = 0
        self.most = 0

    def event(self, kind: str, **data: Any) -> None:
        match kind:
            case Kind.LLM_STARTED:
                self._open += 1
                self.most = max(self.most, self._open)
            case Kind.LLM_FINISHED | Kind.LLM_FAILED:
                self._open -= 1

    def task_finished(self, finished: FinishedTask) -> None:
        """Nothing is kept."""

    async def kept(self) -> None:
        """Nothing is waited for."""

    def spent(self, prompt: int, completion: int, is_estimated: bool = False) -> None:
        """Nothing is kept."""

    def writing(self, text: str) -> None:
        """Nothing is shown."""
