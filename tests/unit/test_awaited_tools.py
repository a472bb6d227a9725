"""An awaited call of a tool says and tells what CrewAI's own, which blocks a thread, does."""

import asyncio
import json
from typing import Any

import pytest

from research.crews import crewai as internals
from research.crews.crewai.native_tools import NativeTools
from research.crews.crewai.quiet_import import quiet_import
from research.crews.llms.offline import OfflineLLM

with quiet_import():
    from crewai.agents.agent_executor import AgentExecutor
    from crewai.hooks.dispatch import InterceptionPoint, scoped_hooks
    from crewai.tools.tool_failure import ToolExecutionFailedError, ToolFailure


class Answering(internals.BaseTool):
    name: str = "look up"
    description: str = "Answers, fails or raises, as it is asked to."

    async def _arun(self, query: str) -> Any:
        return self._run(query)

    def _run(self, query: str) -> Any:
        if query == "raise":
            raise ValueError("It is broken.")
        return ToolFailure(message="It failed.") if query == "fail" else f"On {query}."


class Meeting(internals.BaseTool):
    """Comes back once both of its uses have begun."""

    name: str = "meet"
    description: str = "Waits."
    begun: list[str]

    async def _arun(self, query: str) -> str:
        self.begun.append(query)
        while len(self.begun) < 2:
            await asyncio.sleep(0)
        return query

    def _run(self, query: str) -> str:
        raise AssertionError("It would wait for ever in one thread.")


def executor_with(tool: internals.BaseTool) -> NativeTools:
    agent = internals.QuietAgent(
        role="r",
        goal="g",
        backstory="b",
        llm=OfflineLLM(model="offline", topic="t"),
        tools=[tool],
        executor_class=internals.AsyncExecutor,
    )
    task = internals.Task(name="t", description="d", expected_output="e", agent=agent)
    agent.create_agent_executor(tools=[tool], task=task)
    executor: Any = agent.agent_executor
    executor._setup_native_tools()
    return executor


def call(arguments: str, name: str = "look_up", number: int = 1) -> dict[str, Any]:
    return {"id": f"c{number}", "function": {"name": name, "arguments": arguments}}


CALLS = [
    call('{"query": "bees"}'),
    call('{"query": "fail"}'),
    call('{"query": "raise"}'),
    call('{"other": 1}'),
    call("{}"),
    call("{not JSON"),
    call('{"query": "bees"}', name="unknown"),
]


def block(context: Any) -> bool:
    return False


def reword(context: Any) -> str:
    return f"{context.tool_result} Said {context.raw_tool_result!r}."


@pytest.mark.parametrize("asked", CALLS)
@pytest.mark.parametrize(
    "hooks",
    [{}, {InterceptionPoint.PRE_TOOL_CALL: [block]}, {InterceptionPoint.POST_TOOL_CALL: [reword]}],
)
async def test_it_ends_as_the_stock_one_does(asked: dict[str, Any], hooks: dict[Any, Any]) -> None:
    stock, own = executor_with(Answering()), executor_with(Answering())
    stock_heard: list[Any] = []
    own_heard: list[Any] = []
    with scoped_hooks(hooks):
        with internals.listening(lambda source, event: stock_heard.append(event)):
            expected = AgentExecutor._execute_single_native_tool_call(stock, asked)
        with internals.listening(lambda source, event: own_heard.append(event)):
            outcome = await own._use(asked)
    for each in (expected, outcome):
        each["original_tool"] = type(each["original_tool"])
    assert outcome == expected
    assert list(map(told, own_heard)) == list(map(told, stock_heard))


def told(event: Any) -> dict[str, Any]:
    """What an event says, without what differs from one time to the next."""
    times = {"timestamp", "started_at", "finished_at", "duration_ms", "emission_sequence"}
    fields = event.model_dump(exclude={*times, "error", "agent", "task_id", "agent_id"})
    ids = {name for name in fields if name.endswith("event_id") or "fingerprint" in name}
    return {name: value for name, value in fields.items() if name not in ids}


async def test_calls_of_one_turn_run_side_by_side_and_stay_in_their_order() -> None:
    executor = executor_with(Meeting(begun=[]))
    asked = [
        call(json.dumps({"query": word}), "meet", n) for n, word in enumerate(["first", "second"])
    ]
    await executor.use_natively(asked)
    turn, *results = executor.state.messages
    assert [each["id"] for each in turn["tool_calls"]] == ["c0", "c1"]
    assert [(each["tool_call_id"], each["content"]) for each in results] == [
        ("c0", "first"),
        ("c1", "second"),
    ]


async def test_the_same_call_over_and_over_ends_the_task() -> None:
    executor = executor_with(Answering())
    asked = [call('{"query": "bees"}', number=number) for number in range(50)]
    with pytest.raises(ToolExecutionFailedError, match="not making progress"):
        await executor.use_natively(asked)
