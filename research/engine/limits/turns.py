"""Calls that wait, in the order in which they are let out: teams take turns, and in one its runs.

The line of topics goes by the same rule, in the database (`research.runs.turns`).
"""

import asyncio
import uuid
from bisect import insort
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import NamedTuple, TypeVar

Taker = TypeVar("Taker")


class Run(NamedTuple):
    """A run as the line knows it. Runs without a team count as one team."""

    id: uuid.UUID
    team: int | None = None
    priority: int = 0

    @property
    def side(self) -> tuple[int, int | None]:
        """What takes turns with others of its priority: the team, with its runs of that one."""
        return self.priority, self.team


@dataclass(order=True)
class Call:
    """A call that waits. Within a run the one that failed most often goes first: few fail again."""

    rank: int
    number: int
    tokens: int = field(compare=False)
    admitted: "asyncio.Future[None]" = field(compare=False)


Side = OrderedDict[Run, list[Call]]
"""A team's runs of one priority, in the order of their turns, and their calls."""


class Turns:
    """A queue for every run; teams of the highest priority are served in turn, each run by run."""

    def __init__(self) -> None:
        self._sides: OrderedDict[tuple[int, int | None], Side] = OrderedDict()  # in that order, too
        self._numbers = count()

    def __bool__(self) -> bool:
        return bool(self._sides)

    def __contains__(self, of: tuple[Run, Call]) -> bool:
        run, call = of
        side = self._sides.get(run.side)
        return side is not None and call in side.get(run, ())

    def add(self, run: Run, tokens: int, failures: int) -> Call:
        """A new call of a run, which has failed `failures` times so far."""
        admitted = asyncio.get_running_loop().create_future()
        call = Call(-failures, next(self._numbers), tokens, admitted)
        side = self._sides.setdefault(run.side, OrderedDict())
        insort(side.setdefault(run, []), call)
        return call

    def next(self) -> tuple[Run, Call]:
        """The call that is let out next, and its run."""
        side = max(self._sides, key=_priority)  # of several, the first
        run, calls = next(iter(self._sides[side].items()))
        return run, calls[0]

    def remove(self, run: Run, call: Call) -> None:
        side = self._sides[run.side]
        side[run].remove(call)
        if not side[run]:
            del side[run]
        if not side:
            del self._sides[run.side]

    def serve(self, run: Run, call: Call) -> None:
        """Takes a call out that is let through; its run and its team go behind the others."""
        self.remove(run, call)
        if side := self._sides.get(run.side):
            self._sides.move_to_end(run.side)
            if run in side:
                side.move_to_end(run)

    def waiting(self) -> Iterator[Call]:
        """All calls that are neither let out nor cancelled."""
        calls = [call for side in self._sides.values() for calls in side.values() for call in calls]
        return (call for call in calls if not call.admitted.done())

    def clear(self) -> None:
        self._sides.clear()

    def before(self, run: Run, call: Call) -> int:
        """How many calls are let out earlier, as things stand."""
        own = self._sides[run.side]
        rank = own[run].index(call)
        rank += _ahead({each: len(calls) for each, calls in own.items()}, run, rank)
        sizes = {side: sum(map(len, runs.values())) for side, runs in self._sides.items()}
        equal = {side: size for side, size in sizes.items() if _priority(side) == run.priority}
        higher = sum(size for side, size in sizes.items() if _priority(side) > run.priority)
        return higher + rank + _ahead(equal, run.side, rank)


def _ahead(sizes: Mapping[Taker, int], own: Taker, rank: int) -> int:
    """How many calls of others go before the one of `own` that has `rank` of its own before it.

    `sizes` are in the order of turns: those before `own` have had one more by then.
    """
    ahead, is_earlier = 0, True
    for taker, size in sizes.items():
        if taker == own:
            is_earlier = False
        else:
            ahead += min(size, rank + is_earlier)
    return ahead


def _priority(side: tuple[int, int | None]) -> int:
    return side[0]
