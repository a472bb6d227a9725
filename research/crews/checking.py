"""What holds of a crew's result: checked against what its tools showed, and mended once.

The agent's loop asks here (`research.crews.crewai.executor`) rather than CrewAI's own
`Task.guardrail`: that one checks on the event loop, begins the agent's work afresh, without what
its tools had shown, and raises a bare Exception when it is not satisfied. Here the same
conversation goes on with one more message, and what still does not hold is marked.
"""

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from research.claims.check import check
from research.claims.claim import Claim, Source, Verdict, count
from research.crews import second_judge
from research.crews.mending import dropping, request_to_mend
from research.crews.reporter import Reporter
from research.kinds import Kind
from research.text.cleaning import clean

if TYPE_CHECKING:
    from research.crews.definition import Definition
    from research.crews.tools.sources import SourceBook

SECONDS = 60.0  # that a check may take; the claims that are left then are marked as not checked
SHORT = 1_500  # characters of a result that are checked at once: a thread would cost more
NOTHING_HELD = "No sentence of the result held against its sources, so all were dropped."
BROKEN = "The result was not checked: the check failed. The site's log tells why."

Ask = Callable[[str], Awaitable[str]]
"""Asks the crew's model one question; raises what the call raises."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Checked:
    """A crew's result as it is to be stored, and what it claims."""

    text: str
    claims: tuple[Claim, ...] | None
    """None: it could not be checked, for the reason in `note`."""
    note: str = ""

    def failing(self, uncited_too: bool) -> list[Claim]:
        """The claims that do not hold."""
        wanted = _FAILING | {Verdict.UNCITED} if uncited_too else _FAILING
        return [c for c in self.claims or () if c.verdict in wanted and c.is_checked]


_FAILING = {Verdict.INVENTED, Verdict.DIFFERS, Verdict.UNSUPPORTED}


class OutputCheck(ABC):
    """What looks at the output of a crew's last task: the agent's loop asks it in this order."""

    task: str
    first: str
    """The first text, if another one stands in its place."""
    dropped: list[Claim]

    @abstractmethod
    async def look(self, text: str) -> str:
        """What to ask the model about its output, once; nothing where that stands as it is."""

    @abstractmethod
    async def look_again(self, text: str) -> None:
        """Hears the model's second answer."""

    @abstractmethod
    async def settle(self, text: str, ask: Ask) -> str:
        """The output to keep."""


class ResultCheck(OutputCheck):
    """Checks one crew's result, the output of its last task."""

    def __init__(
        self,
        topic: str,
        definition: "Definition",
        book: "SourceBook",
        report: Reporter,
        may_ask: bool = True,
    ) -> None:
        """`may_ask`: the crew's model may be asked again, and about its claims."""
        self.task = list(definition.tasks)[-1]
        self.first = ""
        self.dropped: list[Claim] = []
        self._topic, self._definition, self._book, self._report = topic, definition, book, report
        self._may_mend = may_ask
        self._model_may_judge = may_ask and definition.check == "model"
        self._best: Checked | None = None

    async def look(self, text: str) -> str:
        """What to ask the model about its result, once; nothing where it stands as it is."""
        self._best = await self._check(text)
        failing = self._failing(self._best)
        if not (failing and self._may_mend and self._saw_sources):
            return ""
        self._tell(self._best, asked_again=True, failing=len(failing))
        return request_to_mend(failing)

    async def look_again(self, text: str) -> None:
        """Takes the mended result in place of the first, unless that one was better."""
        first, second = self._best, await self._check(text)
        if first and second.text != first.text and self._is_better(second, first):
            self.first, self._best = first.text, second

    async def settle(self, text: str, ask: Ask) -> str:
        """The result to keep: judged by the model, and stripped, where the blueprint wants that."""
        best = await self.outcome(text)
        if self._model_may_judge and best.claims:
            judged = await second_judge.judge(best.claims, self._sources(), ask)
            best = replace(best, claims=judged)
        if self._definition.strict and self._saw_sources:
            best = await self._without_failing(best)
        self._best = best
        return best.text

    async def outcome(self, text: str) -> Checked:
        """What is known of the crew's output; that of an earlier worker has to be checked yet."""
        if self._best is None:
            self._best = await self._check(text)
        return self._best

    async def _without_failing(self, checked: Checked) -> Checked:
        dropped = self._failing(checked)
        if not dropped:
            return checked
        self.dropped = dropped
        self.first = self.first or checked.text
        text = dropping(checked.text, dropped)
        left = await self._check(text)
        if left.claims is not None:
            judged = {c.text: c for c in checked.claims or () if c.by != "text"}
            left = replace(left, claims=tuple(_as_judged(c, judged) for c in left.claims))
        if not left.claims:
            left = Checked(NOTHING_HELD, ())
        self._tell(left, dropped=[claim.text for claim in dropped][:MOST_TOLD])
        return left

    def _failing(self, checked: Checked) -> list[Claim]:
        return checked.failing(uncited_too=self._saw_sources)

    def _is_better(self, second: Checked, first: Checked) -> bool:
        """An apology makes no false claim; it is no better for that."""
        bad, bad_before = len(self._failing(second)), len(self._failing(first))
        good = len(second.claims or ()) - bad
        good_before = len(first.claims or ()) - bad_before
        return bad <= bad_before and 2 * good >= good_before

    @property
    def _saw_sources(self) -> bool:
        return bool(self._book.numbered())

    def _sources(self) -> list[Source]:
        seen = sorted(self._book.numbered().values(), key=lambda source: source.number)
        return [Source(s.number, s.title, s.url, s.text) for s in seen]

    async def _check(self, text: str) -> Checked:
        """Checks a text as it is stored, off the loop if it is long; never raises for its sake."""
        text = clean(text)
        try:
            found = await self._found(text)
        except Exception:  # a result that cannot be checked is a result all the same
            logger.exception("A result could not be checked")
            return Checked(text, None, BROKEN)
        return Checked(text, found)

    async def _found(self, text: str) -> tuple[Claim, ...]:
        arguments = (text, self._sources(), self._topic, SECONDS)
        if len(text) <= SHORT:
            return tuple(check(*arguments))
        return tuple(await asyncio.to_thread(check, *arguments))

    def _tell(self, checked: Checked, **more: object) -> None:
        checked_claims = count(checked.claims or ())
        self._report.event(Kind.CLAIM_CHECKED, task=self.task, checked=checked_claims, **more)


MOST_TOLD = 50  # dropped claims that an event names; the task's output keeps them all


def _as_judged(claim: Claim, judged: dict[str, Claim]) -> Claim:
    """The claim with the model's verdict on the same words before others were dropped."""
    known = judged.get(claim.text)
    return claim if known is None else replace(known, start=claim.start, end=claim.end)
