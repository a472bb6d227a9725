"""One governor for all crews: model calls keep to the provider's plan, and teams take turns.

A call goes through its topic's gate. Where its model has no limits the gate is open. Else the call
stands in the model's line, from which it is let out when the last minute has room for it. The line
has a queue for every run. Of those of the highest priority it serves the teams in turn, and a
team's runs in turn: a run of three topics does not wait behind one of two hundred, nor a team
behind ten runs of another. The plan is the site's; what one team eats does not starve the others.

A provider's refusal holds all calls of its model: a crew meets a refusal or two, not one for every
try. Where workers share a Redis, one worker's refusal holds the calls of all.
"""

import contextlib
import functools
from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING

from django.conf import settings

from research.crews.failures import classify
from research.crews.llms import catalog
from research.engine.limits.clock import Clock
from research.engine.limits.line import LimitsOf, Line, Report
from research.engine.limits.turns import Run
from research.engine.store import Store
from research.runs.models import Limit, Plan

if TYPE_CHECKING:
    from research.engine.limits.refusals import Refusals
    from research.engine.limits.windows import Windows

PERIOD = 61  # seconds of a plan's minute: one more, because calls travel for different times
BREAK = 2.0  # seconds without a call after a refusal that names no time


def stored_limits(store: Store) -> LimitsOf:
    """Reads limits from the plans in the database."""

    async def read(model: str) -> list[Limit]:
        return await store.read(functools.partial(Plan.objects.limits, model))

    return read


class Governor:
    """The lines of all models; of one event loop, and used only there.

    `period` is the length of a plan's minute in seconds.
    """

    def __init__(
        self, limits_of: LimitsOf, period: int = PERIOD, clock: Clock | None = None
    ) -> None:
        self.limits_of, self.period, self.clock = limits_of, period, clock or Clock()
        self._lines: dict[str, Line] = {}

    def gate(self, run: Run, model: str, report: Report) -> "Gate":
        """The way to a model for one topic of a run; those of a higher priority go first."""
        _ = self._refusals  # listens from now on
        return Gate(self._line(catalog.full_name(model)), run, report)

    async def take(self, costs: Sequence[tuple[Limit, int]]) -> float:
        """Takes every cost and returns 0; or takes none and returns seconds until the next try."""
        return await self._windows.take(costs)

    def tell_others(self, model: str, seconds: float) -> None:
        """Other workers are to send nothing to a model for some seconds."""
        if self._refusals:
            self._refusals.tell(model, seconds)

    async def close(self) -> None:
        """Ends what is under way; calls that still wait are cancelled."""
        for line in self._lines.values():
            await line.close()
        if windows := vars(self).get("_windows"):
            await windows.close()
        if refusals := vars(self).get("_refusals"):
            await refusals.close()

    def _line(self, model: str) -> Line:
        if model not in self._lines:
            self._lines[model] = Line(model, self)
        return self._lines[model]

    @functools.cached_property
    def _windows(self) -> "Windows":
        from research.engine.limits.windows import (
            Windows,  # takes 0.2 s, which most sites need not spend
        )

        return Windows(settings.REDIS_URL, self.period, self.clock)

    @functools.cached_property
    def _refusals(self) -> "Refusals | None":
        """Those of other workers; None where there are none to hear from."""
        if not settings.REDIS_URL:
            return None
        from research.engine.limits.refusals import Refusals

        return Refusals(settings.REDIS_URL, lambda model, seconds: self._line(model).hold(seconds))


class Gate:
    """What the model calls of one topic go through, one after another."""

    def __init__(self, line: Line, run: Run, report: Report) -> None:
        self._line, self._run, self._report = line, run, report
        self._failures = 0  # of the call that is made just now
        self._charged = 0

    @contextlib.asynccontextmanager
    async def admit(self, tokens: int) -> AsyncIterator[None]:
        """Waits until a request of about that many prompt tokens may be sent; it is made within.

        Every attempt of a call goes through here. Raises whatever is raised within.
        """
        line = self._line
        self._charged = tokens + round(line.typical_answer)
        await line.enter(self._run, self._charged, self._failures, self._report)
        self._failures += 1  # unless it ends well
        try:
            yield
        except Exception as error:
            failure = classify(error)
            if failure.kind == "rate_limited":
                line.refused(failure.retry_after or BREAK)
            raise
        self._failures = 0
        line.answered()

    def spent(self, prompt: int, completion: int) -> None:
        """What the last call really took, in tokens. More than was thought is charged later."""
        self._line.spent(self._charged, prompt, completion)
