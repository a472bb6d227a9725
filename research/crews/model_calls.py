"""The one place through which every model call of every crew goes.

Each attempt is let through by the run's gate and ends within the call's time limit. What may pass
is asked again, a few times in all and at no other depth: SDKs and CrewAI do not try again.
"""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, NoReturn, Protocol, cast

from django.conf import settings
from tenacity import (
    AsyncRetrying,
    Future,
    RetryCallState,
    retry_if_exception,
    wait_exponential_jitter,
)

from research.crews.answers import listening_for_answer
from research.crews.failures import classify
from research.exceptions import ResearchError

ATTEMPTS = 4  # of one call, in all
ATTEMPTS_OUT_OF_TIME = 2  # a call that ran into its limit has cost a whole answer
BACKOFF = 0.5  # seconds before the second attempt, and twice as many before each one after
JITTER = 0.5  # seconds at most, on top: crews that failed together do not come back together
MAX_BACKOFF = 30.0  # seconds
MAX_RETRY_AFTER = 60.0  # seconds; a provider that asks to wait longer is not waited for

Ask = Callable[[], Awaitable[Any]]


@dataclass(frozen=True)
class Request:
    """A model call to make: whose it is, and an estimate of its prompt's length."""

    task: str | None
    agent: str
    tokens: int


MakeCall = Callable[[Request, Ask], Awaitable[Any]]


class Gate(Protocol):
    """What stands between a run's crews and their model: its budget, and its turn."""

    def admit(self, tokens: int) -> AbstractAsyncContextManager[None]:
        """Lets a model call of about that many tokens through, for as long as it is entered.

        It is entered in the call's turn, and while the run's budget lasts. Raises subclasses of
        ResearchError, which end the topic.
        """


class OpenGate:
    """Lets everything through at once."""

    def admit(self, tokens: int) -> AbstractAsyncContextManager[None]:
        return contextlib.nullcontext()


OPEN_GATE = OpenGate()


class Gates:
    """Several gates, to be passed in their order."""

    def __init__(self, *gates: Gate) -> None:
        self._gates = gates

    @contextlib.asynccontextmanager
    async def admit(self, tokens: int) -> AsyncIterator[None]:
        async with contextlib.AsyncExitStack() as passed:
            for gate in self._gates:
                await passed.enter_async_context(gate.admit(tokens))
            yield


class Listener(Protocol):
    """Who hears what becomes of calls beside their answers."""

    async def kept(self) -> None:
        """Returns once the outputs of all finished tasks are stored."""

    def waiting(self, request: Request, seconds: float, reason: str) -> None:
        """The call failed for a reason that may pass, and is made again after that many seconds."""

    def cut_off(self, request: Request, error: ResearchError) -> None:
        """An attempt was ended from here, and tells no end of its own."""


class CallTimeout(ResearchError):
    """The model took longer than {seconds:g} s. Raise RESEARCH_CALL_TIMEOUT or use a faster one."""


async def make_once(request: Request, ask: Ask) -> Any:
    """A call that nothing stands between; for crews outside the site."""
    with listening_for_answer(request.tokens):
        return await ask()


class ModelCalls:
    """Makes the model calls of one crew."""

    def __init__(self, listener: Listener, gate: Gate = OPEN_GATE) -> None:
        self._listener = listener
        self._gate = gate
        # One for the crew, not per call: it refers to itself, which only the collector clears up.
        self._retrying = AsyncRetrying(
            retry=_MAY_PASS,
            stop=_is_enough,
            wait=_wait,
            before_sleep=self._tell,
            retry_error_callback=_give_up,
            sleep=asyncio.sleep,
        )

    async def make(self, request: Request, ask: Ask) -> Any:
        """The answer that `ask` has from the model, asking a few times if need be.

        What an earlier task put out is stored first, so that no call is ever made twice for it.
        Raises what the last attempt raised, CallTimeout, or what the gate raises.
        """
        await self._listener.kept()
        return await self._retrying(self._attempt, request, ask)

    async def _attempt(self, request: Request, ask: Ask) -> Any:
        async with self._gate.admit(request.tokens):
            with listening_for_answer(request.tokens):
                return await self._within_limit(request, ask)

    async def _within_limit(self, request: Request, ask: Ask) -> Any:
        seconds = settings.RESEARCH_CALL_TIMEOUT
        try:
            async with asyncio.timeout(seconds) as limit:
                return await ask()
        except TimeoutError:
            if not limit.expired():  # the connection's
                raise
        error = CallTimeout(seconds=seconds)
        self._listener.cut_off(request, error)
        raise error

    def _tell(self, state: RetryCallState) -> None:
        reason = classify(_error_of(state)).reason
        self._listener.waiting(state.args[0], state.upcoming_sleep, reason)


def _error_of(state: RetryCallState) -> BaseException:
    """What a failed attempt raised."""
    return cast("BaseException", cast("Future", state.outcome).exception())


_MAY_PASS = retry_if_exception(
    lambda error: isinstance(error, CallTimeout) or classify(error).may_pass
)


def _is_enough(state: RetryCallState) -> bool:
    error = _error_of(state)
    most = ATTEMPTS_OUT_OF_TIME if isinstance(error, CallTimeout) else ATTEMPTS
    asked_to_wait = classify(error).retry_after or 0.0
    return state.attempt_number >= most or asked_to_wait > MAX_RETRY_AFTER


def _wait(state: RetryCallState) -> float:
    """What the provider asks for; else backoff. Both with jitter."""
    asked_to_wait = classify(_error_of(state)).retry_after
    if asked_to_wait is not None:
        return asked_to_wait + random.uniform(0, JITTER)
    return wait_exponential_jitter(BACKOFF, MAX_BACKOFF, jitter=JITTER)(state)


def _give_up(state: RetryCallState) -> NoReturn:
    error = _error_of(state)
    if state.attempt_number > 1:
        error.add_note(f"asked {state.attempt_number} times")
    raise error
