"""LangGraph's `create_agent` for all topics under `gather`; benchmarks/requirements.txt has it."""

import os
from typing import Any

from langchain.agents import create_agent
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI

from benchmarks.processes import serve
from benchmarks.stopwatch import Stopwatch
from benchmarks.topics import make_topics
from benchmarks.workload import (
    MODEL,
    TOOL_DESCRIPTION,
    TOOL_NAME,
    TOOLS,
    all_at_once,
    judge,
    messages,
)


async def measure(topics: int, work: str, stream: bool = False) -> dict[str, Any]:
    """Asks about that many topics, all with one agent, as its documentation has it."""
    wanted = make_topics(topics)
    with Stopwatch() as watch:
        answers = await _ask_all(wanted, work, stream)
    return {
        "seconds": watch.seconds,
        "cpu_ms": watch.cpu * 1000 / topics,
        **judge(wanted, answers),
    }


async def _ask_all(topics: list[str], work: str, stream: bool) -> list[str]:
    model = ChatOpenAI(model=MODEL, base_url=os.environ["OPENAI_BASE_URL"], streaming=stream)
    search = TOOLS[work]
    tools = [tool(TOOL_NAME, description=TOOL_DESCRIPTION)(search)] if search else []
    agent = create_agent(model, tools=tools)

    async def ask(topic: str) -> str:
        state: Any = {"messages": messages(topic)}
        answer = await agent.ainvoke(state)
        return str(answer["messages"][-1].content)

    return await all_at_once(ask, topics)


if __name__ == "__main__":
    serve(measure)
