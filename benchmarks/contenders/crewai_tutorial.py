"""CrewAI as its tutorials have it: stock agents, one crew per topic, started in three ways."""

import asyncio
from typing import Any

from crewai import LLM, Agent, Crew, Task
from crewai.tools import tool

from benchmarks.processes import serve
from benchmarks.stopwatch import Stopwatch
from benchmarks.topics import make_topics
from benchmarks.workload import (
    BACKSTORY,
    EXPECTED,
    GOAL,
    MODEL,
    ROLE,
    TASK,
    TOOL_NAME,
    TOOLS,
    all_at_once,
    judge,
)


async def measure(topics: int, work: str, way: str) -> dict[str, Any]:
    """Builds that many crews and runs them: way is kickoff, kickoff_async or akickoff."""
    wanted = make_topics(topics)
    with Stopwatch() as building:
        crews = {topic: _build_crew(topic, work) for topic in wanted}
    with Stopwatch() as running:
        answers = await _run(crews, way)
    return {
        "seconds": building.seconds + running.seconds,
        "cpu_ms": (building.cpu + running.cpu) * 1000 / topics,
        "build_ms": building.cpu * 1000 / topics,
        **judge(wanted, answers),
    }


def _build_crew(topic: str, work: str) -> Crew:
    search = TOOLS[work]
    agent = Agent(
        role=ROLE,
        goal=GOAL,
        backstory=BACKSTORY,
        llm=LLM(model=MODEL, provider="openai"),
        tools=[tool(TOOL_NAME)(search)] if search else [],
    )
    task = Task(description=TASK.format(topic=topic), expected_output=EXPECTED, agent=agent)
    return Crew(agents=[agent], tasks=[task])


async def _run(crews: dict[str, Crew], way: str) -> list[str]:
    if way == "kickoff":  # in a thread: on an event loop it blocks, and CrewAI refuses part of it
        return await asyncio.to_thread(lambda: [str(crew.kickoff()) for crew in crews.values()])

    async def ask(topic: str) -> str:
        return str(await getattr(crews[topic], way)())

    return await all_at_once(ask, crews)


if __name__ == "__main__":
    serve(measure)
