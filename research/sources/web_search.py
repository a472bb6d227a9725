"""A search of the web: the engines that are free are asked, and what they find is put together."""

import asyncio
import functools
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from research.sources.engines import Engine, Query, Result, ready
from research.sources.engines.asking import SECONDS
from research.sources.exceptions import (
    EngineFailed,
    Held,
    NoEngineAnswered,
    NothingCovers,
    TooSlow,
)
from research.sources.limiter import Limiter, Others, Place
from research.sources.merging import merged
from research.sources.where import ANYWHERE, Where

ASKED = 10  # results that an engine is asked for; fewer are shown
PATIENCE = 3.0  # seconds that a search waits for an engine before it asks the next one instead
LONGEST_WAIT = 300.0  # seconds that it waits where there is no other engine

Tell = Callable[..., None]
"""Hears `tell(engine=, reason=, note=, seconds=, instead=)` of an engine that is not asked, did not
answer, or is waited for; `reason` is an error's code or `waiting`."""


@dataclass(frozen=True)
class Found:
    """What a search found: the results, best first, and how many of them this run may not see."""

    results: list[Result] = field(default_factory=list)
    not_allowed: int = 0
    too_old: int = 0


class WebSearch:
    """The searches of all crews of a process; of one event loop, and used only there."""

    def __init__(self, others: Callable[[], Others | None] = lambda: None) -> None:
        self._others = others
        self._limiters: dict[str, Limiter] = {}

    def share(self, others: Callable[[], Others | None]) -> None:
        """Limits hold for other processes, too, from now on."""
        self._others = others

    def hold(self, title: str, seconds: float) -> None:
        """Another process was refused by the engine of that title."""
        for each in ready():
            if each.title == title:
                self.limiter(each).hold(seconds)

    def limiter(self, engine: Engine) -> Limiter:
        if engine.name not in self._limiters:
            allowed = settings.RESEARCH_SEARCH_PER_MINUTE.get(engine.name)
            spacing = min(engine.spacing, 60 / allowed) if allowed else engine.spacing
            at_once = max(engine.at_once, (allowed or 0) // 60)
            self._limiters[engine.name] = Limiter(
                engine.title,
                allowed or engine.per_minute,
                at_once,
                spacing,
                lambda: self._others(),
            )
        return self._limiters[engine.name]

    async def search(
        self, text: str, where: Where = ANYWHERE, most: int = 5, tell: Tell = lambda **_: None
    ) -> Found:
        """What up to RESEARCH_SEARCH_WIDTH engines find; raises NoEngineAnswered, NothingCovers.

        An engine that fails, or has nothing, is replaced by the next one in the order of
        preference.
        """
        query = Query(text, ASKED, where.sites, where.not_sites, where.since, where.language)
        engines = [engine for engine in ready() if _covers(engine, query)]
        if not engines:
            titles = ", ".join(engine.title for engine in ready()) or "There is none."
            raise NothingCovers(reasons=titles)
        return await _Search(self, query, where, engines, tell).found(most)


class _Search:
    """One search on its way through the engines."""

    def __init__(
        self,
        web: WebSearch,
        query: Query,
        where: Where,
        engines: Sequence[Engine],
        tell: Tell,
    ) -> None:
        self._web, self._query, self._where, self._tell = web, query, where, tell
        self._engines = engines
        self._left = list(engines)
        self._asking: dict[asyncio.Task[list[Result]], Engine] = {}
        self._answers: dict[str, list[Result]] = {}
        self._failures: list[EngineFailed] = []
        self._not_allowed = self._too_old = 0

    async def found(self, most: int) -> Found:
        try:
            while self._ask_more():
                done, _ = await asyncio.wait(self._asking, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    self._take(self._asking.pop(task), task)
        finally:
            for task in self._asking:
                task.cancel()
        if self._failures and len(self._failures) == len(self._engines):
            raise NoEngineAnswered(reasons=" ".join(map(str, self._failures)))
        rankings = [
            (engine.name, self._answers[engine.name])
            for engine in self._engines
            if engine.name in self._answers
        ]
        return Found(merged(rankings, most), self._not_allowed, self._too_old)

    def _ask_more(self) -> bool:
        """Asks as many engines as are wanted, and have not been yet; whether any is asked."""
        answered = sum(bool(results) for results in self._answers.values())
        while self._left and len(self._asking) + answered < settings.RESEARCH_SEARCH_WIDTH:
            engine = self._next(must_wait=not self._asking and not answered)
            if engine is None:
                break
            self._left.remove(engine)
            place = self._web.limiter(engine).join()
            task = asyncio.create_task(self._ask(engine, place))
            task.add_done_callback(functools.partial(_leave, place))
            self._asking[task] = engine
        return bool(self._asking)

    def _next(self, must_wait: bool) -> Engine | None:
        """The first engine that is free; if need be, the one that is free first."""
        for engine in list(self._left):
            if refusal := self._web.limiter(engine).refusal:
                self._left.remove(engine)
                self._fail(engine, refusal)
        waits = {engine.name: self._web.limiter(engine).seconds() for engine in self._left}
        free = [engine for engine in self._left if waits[engine.name] <= PATIENCE]
        if free or not must_wait or not self._left:
            return free[0] if free else None
        engine = min(self._left, key=lambda each: waits[each.name])
        seconds = math.ceil(waits[engine.name])
        if seconds > LONGEST_WAIT:
            self._left.remove(engine)
            reason = "so many searches wait for their turn that this one is not made."
            self._fail(engine, Held(engine.title, left=seconds, reason=reason))
            return self._next(must_wait)
        note = f"waits about {seconds} s for {engine.title}, which takes few searches a minute"
        self._tell(engine=engine.name, reason="waiting", note=note, seconds=seconds, instead=None)
        return engine

    async def _ask(self, engine: Engine, place: Place) -> list[Result]:
        limit = min(SECONDS, settings.RESEARCH_TOOL_TIMEOUT)
        async with self._web.limiter(engine).turn(place):
            try:
                async with asyncio.timeout(limit):
                    return await engine.search(self._query)
            except TimeoutError:
                raise TooSlow(engine.title, limit=limit) from None

    def _take(self, engine: Engine, task: "asyncio.Task[list[Result]]") -> None:
        try:
            results = task.result()
        except EngineFailed as error:
            self._fail(engine, error)
        else:
            self._answers[engine.name] = list(self._allowed(results))

    def _allowed(self, results: Sequence[Result]) -> Iterable[Result]:
        """What this run may see; engines are asked for no other, and not all of them can be."""
        for result in results:
            if self._where.refusal(result.url):
                self._not_allowed += 1
            elif self._where.is_too_old(result.published):
                self._too_old += 1
            else:
                yield result

    def _fail(self, engine: Engine, error: EngineFailed) -> None:
        self._failures.append(error)
        instead = next((each for each in self._left if not self._web.limiter(each).refusal), None)
        then = f" {instead.title} is asked instead." if instead else ""
        told: dict[str, Any] = {
            "engine": engine.name,
            "reason": error.code,
            "seconds": round(error.pause) or None,
            "instead": instead.name if instead else None,
        }
        self._tell(note=f"{error}{then}", **told)


def _leave(place: Place, task: "asyncio.Task[list[Result]]") -> None:
    """A task that is cancelled before it begins leaves nothing by itself."""
    place.leave()


def _covers(engine: Engine, query: Query) -> bool:
    """Whether the engine knows pages of the sites that are asked for."""
    if not engine.hosts or not query.sites:
        return True
    return any(
        f".{host}".endswith(f".{own}") for host in query.hosts for own in engine.hosts
    ) or any(f".{own}".endswith(f".{host}") for host in query.hosts for own in engine.hosts)


web_search = WebSearch()
"""Of this process."""
