"""Crews that share nothing, write no file and run side by side only."""

import contextlib
from collections.abc import Coroutine, Iterator
from typing import Any, TypeVar, cast

from research.crews.crewai.quiet_import import quiet_import
from research.exceptions import ResearchError

with quiet_import():
    from crewai import Crew
    from crewai.utilities import file_store
    from pydantic import PrivateAttr

T = TypeVar("T")


class _NoTaskOutputs:
    """In place of CrewAI's task-output file: one SQLite file, locked and emptied by every crew."""

    def reset(self) -> None:
        """Nothing is kept."""

    def update(self, task_index: int, log: dict[str, Any]) -> None:
        """Nothing is kept: the site stores outputs itself."""

    def load(self) -> None:
        return None


class QuietCrew(Crew):
    """A crew that shares nothing with other crews, and can only be run side by side with them."""

    _task_output_handler: Any = PrivateAttr(default_factory=_NoTaskOutputs)

    async def akickoff(self, *args: Any, **kwargs: Any) -> Any:
        with _exclusive(self):
            return await super().akickoff(*args, **kwargs)

    def kickoff(self, *args: Any, **kwargs: Any) -> Any:
        """Refused, like all the ways that hold up a loop or go through a pool of six threads."""
        raise RunsSerially(way="kickoff")

    async def kickoff_async(self, *args: Any, **kwargs: Any) -> Any:
        raise RunsSerially(way="kickoff_async")

    def kickoff_for_each(self, *args: Any, **kwargs: Any) -> Any:
        raise RunsSerially(way="kickoff_for_each")

    async def kickoff_for_each_async(self, *args: Any, **kwargs: Any) -> Any:
        raise RunsSerially(way="kickoff_for_each_async")

    async def akickoff_for_each(self, *args: Any, **kwargs: Any) -> Any:
        raise RunsSerially(way="akickoff_for_each")


class RunsSerially(ResearchError):
    """Crew.{way}() makes crews wait for each other. Build a crew per input and await akickoff()."""


class SharedBetweenCrews(ResearchError):
    """{part} is at work in another crew. Build agents, LLM objects and tools afresh for each."""


_at_work: dict[int, Any] = {}


@contextlib.contextmanager
def _exclusive(crew: Crew) -> Iterator[None]:
    """Holds a crew's agents, LLM objects and tools; raises if another running crew has one."""
    parts = [part for agent in crew.agents for part in (agent, agent.llm, *(agent.tools or []))]
    for part in parts:
        if id(part) in _at_work:
            raise SharedBetweenCrews(part=f"{type(part).__name__} {str(part)[:60]!r}")
    own = {id(part): part for part in parts}
    _at_work.update(own)
    try:
        yield
    finally:
        for key in own:
            del _at_work[key]


def _without_file_store() -> None:
    """Crews here take no files, yet ask for them five times, each in a thread with a loop."""

    def run_to_end(coroutine: Coroutine[None, None, T]) -> T:
        try:
            coroutine.send(None)
        except StopIteration as end:
            return cast(T, end.value)
        raise RuntimeError("CrewAI's file store waits although it is switched off.")

    file_store._file_store = None
    file_store._run_sync = run_to_end  # type: ignore[assignment]


_without_file_store()


def resume(crew: Crew) -> None:
    """Makes a fresh crew skip the tasks whose `output` is already set, passing their context on."""
    crew.checkpoint_kickoff_event_id = "resume"
