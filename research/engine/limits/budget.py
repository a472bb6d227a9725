"""A run's budget: model calls are let through while there is something left to spend."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from research.engine.limits import TYPICAL_ANSWER
from research.engine.store import Store
from research.exceptions import BudgetSpent
from research.kinds import Kind
from research.runs.models import Run, Topic

FIRST_LOOK, LAST_LOOK = 0.1, 1.0  # seconds between looks whether there is room: twice as many each


@dataclass
class Call:
    """A model call that wants to be made; `topic` holds its tokens once there is room for it."""

    topic: Topic
    prompt: int
    completion: int = 0
    is_let_through: bool = False
    refusal: str = ""

    def ask(self) -> None:
        """Reserves the call's tokens, or finds the budget spent, or changes nothing: wait.

        The run's row is the lock: two calls, of any process, do not both take the last room.
        """
        self.is_let_through = False
        run = (
            Run.objects.select_for_update(no_key=True).defer("definition").get(pk=self.topic.run_id)
        )
        spent = run.spending()
        self.refusal = run.overspent(spent.prompt, spent.completion)
        if self.refusal:
            return
        self.completion = spent.mean_completion or TYPICAL_ANSWER
        prompt = spent.prompt + spent.prompt_reserved + self.prompt
        completion = spent.completion + spent.completion_reserved + self.completion
        # Alone, a call is let through even if it is larger than the rest: else that would be lost.
        if spent.has_open_calls and not run.has_room(prompt, completion):
            return
        self.topic.reserve(self.prompt, self.completion)
        self.is_let_through = True

    def end(self) -> None:
        """Gives back what was reserved; what was really used has been noted before."""
        if self.is_let_through:
            self.topic.release(self.prompt, self.completion)


class Budget:
    """The budget of a topic's run as a gate before each of the topic's model calls.

    Together the open calls of a run go beyond its budget by no more than they exceed what was
    expected of them, or by one call. Without a budget there is nothing to do and no query.
    """

    def __init__(self, topic: Topic, store: Store, tell: Callable[..., None]) -> None:
        """`tell` takes an event as `research.engine.journal.Journal.event` does."""
        self._topic, self._store, self._tell = topic, store, tell

    @asynccontextmanager
    async def admit(self, tokens: int) -> AsyncIterator[None]:
        """Waits for room for a call with a prompt of that many tokens; raises BudgetSpent."""
        if not self._topic.run.has_budget:
            yield
            return
        call = Call(self._topic, prompt=tokens)
        try:
            await self._wait_for_room(call)
            yield
        finally:
            # Also of a call that was cancelled while it asked: its change may be made yet.
            # Locks the run only to come after `ask`, wherever both are made in one turn.
            self._store.note(call.end, self._topic.pk, locks_run=self._topic.run_id)

    async def _wait_for_room(self, call: Call) -> None:
        pause = FIRST_LOOK
        while True:
            await self._store.change(call.ask, self._topic.pk, locks_run=self._topic.run_id)
            if call.is_let_through:
                return
            if call.refusal:
                raise BudgetSpent(spent=call.refusal)
            if pause == FIRST_LOOK:
                note = "Waits: open calls may use what is left of the run's budget"
                self._tell(Kind.LLM_WAITING, seconds=None, reason="budget", note=note)
            await asyncio.sleep(pause * random.uniform(0.8, 1.2))
            pause = min(2 * pause, LAST_LOOK)
