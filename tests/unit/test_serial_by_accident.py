"""The ways to make crews wait for each other without noticing are refused by name."""

import asyncio
import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from research.crews import crewai as internals
from research.crews.llms.offline import OfflineLLM
from research.ops.checks import enough_files_for_the_crews, room_for_a_whole_run
from tests.support.patience import patient
from tests.support.waiting import until


def crew_of(agent: internals.QuietAgent) -> internals.QuietCrew:
    task = internals.Task(name="t", description="d", expected_output="e", agent=agent)
    return internals.QuietCrew(agents=[agent], tasks=[task])


def agent_with(llm: OfflineLLM, tools: tuple[internals.BaseTool, ...] = ()) -> internals.QuietAgent:
    return internals.QuietAgent(
        role="r",
        goal="g",
        backstory="b",
        llm=llm,
        tools=list(tools),
        executor_class=internals.AsyncExecutor,
    )


def offline() -> OfflineLLM:
    return OfflineLLM(model="offline", topic="t")


class SlowTool(internals.BaseTool):
    """Comes back once as many calls of it are open at the same moment as are to be."""

    name: str = "search_library"
    description: str = "Blocks."
    together: threading.Barrier

    def _run(self, query: str) -> str:
        self.together.wait(patient(30))
        return "Nothing."


async def run(crew: internals.QuietCrew) -> None:
    with internals.listening(lambda source, event: None):
        await crew.akickoff()


@pytest.mark.parametrize(
    "way",
    [
        "kickoff",
        "kickoff_async",
        "kickoff_for_each",
        "kickoff_for_each_async",
        "akickoff_for_each",
    ],
)
async def test_ways_that_run_one_by_one_are_refused(way: str) -> None:
    async def kick_off() -> None:
        await getattr(crew_of(agent_with(offline())), way)()

    with pytest.raises(internals.RunsSerially, match=way):
        await kick_off()


async def test_an_llm_of_two_crews_at_once_is_refused() -> None:
    llm = offline()
    meeting = threading.Barrier(2)
    slow = crew_of(agent_with(llm, (SlowTool(together=meeting),)))
    running = asyncio.create_task(run(slow))

    async def is_at_work() -> bool:
        return meeting.n_waiting == 1

    await until(is_at_work)
    with pytest.raises(internals.SharedBetweenCrews, match="OfflineLLM"):
        await run(crew_of(agent_with(llm)))
    await asyncio.to_thread(meeting.wait, patient(30))
    await running
    await run(crew_of(agent_with(llm)))  # one after the other does no harm


async def test_tools_that_block_hold_up_nobody() -> None:
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(40))  # as the engine does
    together = threading.Barrier(40)  # which breaks unless all forty are there
    crews = [crew_of(agent_with(offline(), (SlowTool(together=together),))) for _ in range(40)]
    await asyncio.gather(*map(run, crews))
    assert not together.broken


async def test_a_function_guardrail_has_the_task_done_again() -> None:
    crew = crew_of(agent_with(offline()))
    asked = []

    def guardrail(output: internals.TaskOutput) -> tuple[bool, Any]:
        asked.append(output.raw)
        return (len(asked) > 1, "once more" if len(asked) == 1 else output)

    crew.tasks[0] = internals.Task(
        name="t", description="d", expected_output="e", agent=crew.agents[0], guardrail=guardrail
    )
    await run(crew)
    assert len(asked) == 2


def test_settings_that_make_crews_wait_are_named(settings: Any) -> None:
    settings.RESEARCH_MAX_CREWS = 100_000_000
    settings.RESEARCH_MAX_TOPICS = 200
    with contextlib.suppress(IndexError):  # no limit on this machine: nothing to warn of
        assert "RESEARCH_MAX_CREWS" in enough_files_for_the_crews()[0].msg
    settings.RESEARCH_MAX_CREWS = 50
    assert "RESEARCH_MAX_CREWS" in room_for_a_whole_run()[0].msg
    settings.RESEARCH_MAX_CREWS = 200
    assert room_for_a_whole_run() == []
