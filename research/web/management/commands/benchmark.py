"""`manage.py benchmark`: what running topics together saves, with your model or a simulated one."""

import asyncio
import contextlib
import json
import os
import re
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from research.crews.definition import Definition
from research.crews.llms import catalog
from research.exceptions import BadInput
from research.kinds import Kind

SIMULATED = "simulated"
MAX_LATENCY = 60.0  # seconds
SAMPLE = 3  # topics that are run one after another, unless --full asks for all of them

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


class Command(BaseCommand):
    help = "Runs one-call crews one after another and all at once, and compares the times."
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--topics", type=int, default=20)
        parser.add_argument(
            "--model", help="as RESEARCH_MODEL; without it, a simulated model that costs nothing"
        )
        parser.add_argument(
            "--latency", type=float, default=1.0, help="seconds that the simulated model takes"
        )
        parser.add_argument("--full", action="store_true", help="run all topics in sequence too")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exits with 0 when all topics succeeded, 1 when some failed, 2 on bad input."""
        topics, latency = options["topics"], options["latency"]
        if not 1 <= topics <= settings.RESEARCH_MAX_TOPICS:
            limit = settings.RESEARCH_MAX_TOPICS
            raise CommandError(f"--topics must be a number from 1 to {limit}.", returncode=2)
        if not 0 <= latency <= MAX_LATENCY:
            raise CommandError(f"--latency must be from 0 to {MAX_LATENCY:g} s.", returncode=2)
        try:
            model = catalog.resolve(options["model"]) if options["model"] else SIMULATED
        except BadInput as error:
            raise CommandError(str(error), returncode=2) from None
        sample = topics if options["full"] else min(SAMPLE, topics)
        done = asyncio.run(_compare(model, topics, sample, latency))
        if options["json"]:
            self.stdout.write(json.dumps(asdict(done) | {"speed_up": done.speed_up}, indent=2))
        else:
            self.stdout.write(_table(done))
        for message in done.errors:
            self.stderr.write(message)
        sys.exit(1 if done.failed else 0)


# Measuring -----------------------------------------------------------------------------------


async def _compare(model: str, topics: int, sample: int, latency: float) -> Comparison:
    done = Comparison(model, topics, sequential_measured=sample)
    numbers = [str(number) for number in range(1, topics + 1)]
    async with contextlib.AsyncExitStack() as stack:
        if model == SIMULATED:
            model = await stack.enter_async_context(_simulated_provider(latency))
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
    # Here and not above: they import CrewAI, and bad input is told without it.
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

    def task_finished(self, name: str, agent: str, output: str, seconds: float) -> None:
        """Nothing is kept."""

    async def kept(self) -> None:
        """Nothing is waited for."""

    def spent(self, prompt: int, completion: int) -> None:
        """Nothing is kept."""

    def writing(self, text: str) -> None:
        """Nothing is shown."""


# The simulated model -------------------------------------------------------------------------

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_CHUNK = {"id": "simulated", "object": "chat.completion.chunk", "created": 0, "model": SIMULATED}
_CHOICE = {"index": 0, "delta": {"content": "It is a number."}, "finish_reason": "stop"}
_BODY = f"data: {json.dumps(_CHUNK | {'choices': [_CHOICE]})}\n\ndata: [DONE]\n\n".encode()
_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: %d\r\n\r\n%b" % (
    len(_BODY),
    _BODY,
)


@contextlib.asynccontextmanager
async def _simulated_provider(latency: float) -> AsyncIterator[str]:
    """The name of a model that answers after `latency` seconds.

    It stands behind HTTP on this machine, so that crews reach it the way they reach a real one.
    """

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = _LENGTH.search(head)
                await reader.readexactly(int(length[1]) if length else 0)
                await asyncio.sleep(latency)
                writer.write(_ANSWER)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, backlog=1024)
    port = server.sockets[0].getsockname()[1]
    # Of this process, which ends with the benchmark.
    os.environ |= {
        "OPENAI_API_KEY": "simulated",
        "OPENAI_BASE_URL": f"http://127.0.0.1:{port}/v1",
    }
    try:
        yield f"openai/{SIMULATED}"
    finally:
        server.close()


# The table -----------------------------------------------------------------------------------


def _table(done: Comparison) -> str:
    from rich.console import Console
    from rich.table import Table

    table = Table(
        title=f"{done.topics} topics, one model call each, {done.model}",
        show_header=False,
        min_width=48,
    )
    table.add_column()
    table.add_column(justify="right")
    table.add_row("parallel time", f"{done.parallel_seconds:.2f} s")
    table.add_row("sequential time", f"{done.sequential_seconds:.2f} s")
    if done.speed_up:
        table.add_row("speed-up", f"{done.speed_up:.1f} times")
    table.add_row("most crews at once", str(done.most_at_once))
    if done.failed:
        table.add_row("failed", f"{done.failed} of {done.sequential_measured + done.topics}")
    if done.sequential_measured < done.topics:
        table.caption = (
            f"sequential: worked out from {done.sequential_measured} topics; --full runs all"
        )
    console = Console()
    with console.capture() as captured:
        console.print(table)
    return captured.get()
