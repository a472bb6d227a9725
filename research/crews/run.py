"""From a blueprint and a topic to a finished crew; nothing is shared with any other crew."""

import asyncio
import contextlib
from dataclasses import dataclass, field
from typing import Any

from research.crews.checking import Checked, OutputCheck, ResultCheck
from research.crews.crewai import (
    AsyncExecutor,
    BaseLLM,
    QuietAgent,
    QuietCrew,
    Task,
    TaskOutput,
    close,
    listening,
    one_retry_layer,
    resume,
)
from research.crews.definition import AgentDefinition, Definition, TaskDefinition
from research.crews.filling import CellCheck, Row, adapted, filled_in, listed, seen_before
from research.crews.llms import catalog
from research.crews.llms.offline import OfflineLLM
from research.crews.llms.providers import get_ready, is_ready, make_llm
from research.crews.model_calls import OPEN_GATE, Gate, Gates, MakeCall, ModelCalls, make_once
from research.crews.reporter import Reporter
from research.crews.reporting import Translator
from research.crews.start_turns import in_turn
from research.crews.tools.mcp import Remote
from research.crews.tools.sources import SourceBook
from research.crews.tools.toolbox import make_tools
from research.crews.tools.web import Web
from research.tables.output import output_model


@dataclass(frozen=True)
class Assignment:
    """What a crew is to do.

    `outputs` are those of the first tasks, if they are done already; `feedback` is what a reviewer
    said of an earlier crew's result; `row` is what the topic is in a table.
    """

    topic: str
    definition: Definition
    model: str
    outputs: list[str] = field(default_factory=list)
    feedback: str = ""
    row: Row = field(default_factory=Row)
    web: Web = field(default_factory=Web)
    remote: Remote = field(default_factory=Remote)
    is_given_sources: bool = False
    """Whether all it needs is in its book from the start, so that it is told that."""

    @property
    def work(self) -> Definition:
        """The blueprint as this crew works by it."""
        return adapted(self.definition, self.row, self.topic)


async def run_crew(
    assignment: Assignment, book: SourceBook, reporter: Reporter, gate: Gate = OPEN_GATE
) -> Checked:
    """Runs one crew to its last task's output, checked, telling the reporter of every step.

    `gate` lets each of its model calls through. Raises whatever stops the crew. Cancelling it
    closes the open model call.
    """
    if not is_ready(assignment.model):
        await asyncio.to_thread(get_ready, assignment.model)
    translator = Translator(reporter, assignment.model)
    async with contextlib.AsyncExitStack() as stack:
        start = await stack.enter_async_context(in_turn())
        calls = ModelCalls(translator, Gates(start, gate))
        check = _check(assignment, book, reporter)
        crew = build_crew(assignment, book, calls.make, check)
        for agent in crew.agents:
            stack.push_async_callback(close, agent.llm)
        stack.enter_context(listening(translator))
        stack.enter_context(one_retry_layer())
        output: Any = await crew.akickoff()
    return await check.outcome(str(output.raw))


def _check(assignment: Assignment, book: SourceBook, reporter: Reporter) -> ResultCheck | CellCheck:
    """What looks at the crew's result: at a row's cells, or at a report's claims."""
    may_ask = assignment.model != catalog.OFFLINE  # it quotes, and would say the same again
    topic, row = assignment.topic, assignment.row
    if row.asked:
        return CellCheck(topic, list(assignment.definition.tasks)[-1], row, book, may_ask)
    return ResultCheck(topic, assignment.definition, book, reporter, may_ask)


def build_crew(
    assignment: Assignment,
    book: SourceBook,
    make_call: MakeCall = make_once,
    check: OutputCheck | None = None,
) -> QuietCrew:
    """A crew of new agents, tasks, LLM objects and tools, its finished tasks marked as such."""
    definition = assignment.work
    extracts = {name: task.offline for name, task in definition.tasks.items()}
    *_, last = definition.tasks
    columns = assignment.row.asked
    seen = list(book.numbered().values())
    known = seen_before(assignment.row, assignment.topic, seen)
    if assignment.is_given_sources:
        known = listed(seen)

    def llm() -> BaseLLM:
        if assignment.model == catalog.OFFLINE:
            return OfflineLLM(model=catalog.OFFLINE, topic=assignment.topic, extracts=extracts)
        return make_llm(assignment.model)

    def agent(wanted: AgentDefinition) -> QuietAgent:
        return QuietAgent(
            role=wanted.role,
            goal=wanted.goal,
            backstory=wanted.backstory,
            llm=llm(),
            tools=make_tools(
                wanted.tools, book, assignment.model, assignment.web, assignment.remote
            ),
            executor_class=AsyncExecutor,
            max_iter=wanted.max_iter,
            max_retry_limit=0,  # calls are retried in research.crews.model_calls
            make_call=make_call,
            check=check,
            allow_delegation=False,
            verbose=False,
        )

    agents = {name: agent(wanted) for name, wanted in definition.agents.items()}
    tasks: dict[str, Task] = {}
    for name, wanted in definition.tasks.items():
        tasks[name] = Task(
            name=name,
            description=_description(wanted, assignment, known if name == last else ""),
            expected_output=wanted.expected_output,
            output_pydantic=output_model(columns) if columns and name == last else None,
            agent=agents[wanted.agent],
            context=[tasks[earlier] for earlier in wanted.context],
        )
    crew = QuietCrew(
        agents=list(agents.values()), tasks=list(tasks.values()), cache=False, verbose=False
    )
    for task, output in zip(tasks.values(), assignment.outputs, strict=False):
        task.output = TaskOutput(
            name=task.name,
            description=task.description,
            raw=output,
            agent=task.agent.role if task.agent else "",
        )
    if assignment.outputs:
        resume(crew)
    return crew


def _description(task: TaskDefinition, assignment: Assignment, known: str) -> str:
    """What a task asks for; a reviewer's words go to every task, for each may be meant."""
    description = filled_in(task.description, assignment.topic, assignment.row.inputs)
    return "\n\n".join(filter(None, [description, known, assignment.feedback]))
