"""Calls that wait, in the order in which they are let out: runs of one priority take turns."""

import asyncio
import uuid
from bisect import insort
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

Run = tuple[int, uuid.UUID]
"""A run as the line knows it: its priority and its id."""


@dataclass(order=True)
class Call:
    """A call that waits. Within a run the one that failed most often goes first: few fail again."""

    rank: int
    number: int
    tokens: int = field(compare=False)
    admitted: "asyncio.Future[None]" = field(compare=False)


class Turns:
    """A queue for every run; those of the highest priority are served in turn."""

    def __init__(self) -> None:
        self._calls: OrderedDict[Run, list[Call]] = OrderedDict()  # in the order of turns
        self._numbers = count()

    def __bool__(self) -> bool:
        return bool(self._calls)

    def __contains__(self, of: tuple[Run, Call]) -> bool:
        run, call = of
        return call in self._calls.get(run, ())

    def add(self, run: Run, tokens: int, failures: int) -> Call:
        """A new call of a run, which has failed `failures` times so far."""
        admitted = asyncio.get_running_loop().create_future()
        call = Call(-failures, next(self._numbers), tokens, admitted)
        insort(self._calls.setdefault(run, []), call)
        return call

    def next(self) -> tuple[Run, Call]:
        """The call that is let out next, and its run."""
        run = max(self._calls, key=_priority)  # of several, the first
        return run, self._calls[run][0]

    def remove(self, run: Run, call: Call) -> None:
        calls = self._calls[run]
        calls.remove(call)
        if not calls:
            del self._calls[run]

    def serve(self, run: Run, call: Call) -> None:
        """Takes a call out that is let through; its run goes behind the others of its priority."""
        self.remove(run, call)
        if run in self._calls:
            self._calls.move_to_end(run)

    def waiting(self) -> Iterator[Call]:
        """All calls that are neither let out nor cancelled."""
        calls = [call for calls in self._calls.values() for call in calls]
        return (call for call in calls if not call.admitted.done())

    def clear(self) -> None:
        self._calls.clear()

    def before(self, run: Run, call: Call) -> int:
        """How many calls are let out earlier, as things stand."""
        rank = self._calls[run].index(call)
        before, is_earlier = rank, True
        for other, calls in self._calls.items():
            if other == run:
                is_earlier = False
            elif _priority(other) > _priority(run):
                before += len(calls)
            elif _priority(other) == _priority(run):
                before += min(len(calls), rank + is_earlier)
        return before


def _priority(run: Run) -> int:
    return run[0]
