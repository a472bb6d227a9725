"""Model calls at the governor's gates: when they are let out."""

import asyncio
import contextlib
import uuid
from typing import Any

import httpx
import openai

from research.engine.limits.governor import Gate, Governor
from research.engine.limits.turns import Run
from research.runs.models import Limit
from tests.support.clock import DrivenClock

MODEL = "openai/scripted"


class Plans:
    """The limits of models, which a test may change."""

    def __init__(self) -> None:
        self.limits: dict[str, list[Limit]] = {}
        self.reads = 0

    async def __call__(self, model: str) -> list[Limit]:
        self.reads += 1
        return self.limits.get(model, [])


class Calls:
    """Calls that are made at once, and when each was let out, in seconds from the first moment."""

    def __init__(self, clock: DrivenClock) -> None:
        self._clock, self._start = clock, clock.monotonic()
        self.times: list[float] = []

    def make(self, *gates: Gate, tokens: int = 10) -> "list[asyncio.Task[None]]":
        return [asyncio.create_task(self._pass(gate, tokens)) for gate in gates]

    async def _pass(self, gate: Gate, tokens: int) -> None:
        async with gate.admit(tokens):
            self.times.append(round(self._clock.monotonic() - self._start, 1))


def gates(
    governor: Governor, number: int, run: Run | None = None, model: str = MODEL
) -> list[Gate]:
    """As many topics' gates, all of one run."""
    run = run or Run(uuid.uuid4())
    return [governor.gate(run, model, silent) for _ in range(number)]


def silent(kind: str, **data: Any) -> None:
    """Nobody wants to know."""


async def refuse(gate: Gate, seconds: float) -> None:
    """Makes a call that the provider refuses for its rate, for some seconds."""
    with contextlib.suppress(openai.RateLimitError):
        async with gate.admit(10):
            raise refusal(seconds)


def refusal(seconds: float) -> openai.RateLimitError:
    """What the SDK raises when the provider wants no calls for some seconds."""
    request = httpx.Request("POST", "http://provider/")
    answer = httpx.Response(429, headers={"retry-after": str(seconds)}, request=request)
    return openai.RateLimitError("too many", response=answer, body=None)
