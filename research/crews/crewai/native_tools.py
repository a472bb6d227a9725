"""Calls of tools in the protocol's own field, awaited; CrewAI has a thread wait for each."""

import asyncio
from datetime import datetime
from typing import Any, cast

from research.crews.crewai.quiet_import import quiet_import

with quiet_import():
    from crewai.agents.agent_executor import AgentExecutor
    from crewai.events.event_bus import crewai_event_bus
    from crewai.events.types.tool_usage_events import (
        ToolUsageErrorEvent,
        ToolUsageEvent,
        ToolUsageFinishedEvent,
        ToolUsageStartedEvent,
    )
    from crewai.hooks.tool_hooks import (
        ToolCallHookContext,
        run_after_tool_call_hooks,
        run_before_tool_call_hooks,
    )
    from crewai.tools import BaseTool
    from crewai.tools.tool_failure import (
        ToolFailure,
        detect_tool_failure,
        failure_from_exception,
        handle_tool_failure,
        reportable_failure,
    )
    from crewai.utilities.agent_utils import (
        check_repeated_tool_call,
        extract_tool_call_info,
        format_native_tool_output_for_agent,
        parse_tool_call_args,
    )

Outcome = dict[str, Any]
"""What CrewAI's executor knows of a call that has ended."""


class NativeTools(AgentExecutor):
    """The stock executor, except that it awaits the tools that a model calls.

    Messages, events, hooks and failures are the stock one's. Results are not cached and calls that
    delegate are not counted: crews here have neither.
    """

    async def use_natively(self, calls: list[Any]) -> None:
        """Runs the calls of one turn side by side, and adds them and their results to the messages.

        Raises what a tool failure policy or the limit on equal calls raises.
        """
        known = [call for call in calls if extract_tool_call_info(call)]
        outcomes = await asyncio.gather(*map(self._use, known))
        self._outcomes = {id(call): outcome for call, outcome in zip(known, outcomes, strict=True)}
        self.state.pending_tool_calls = known
        self.execute_native_tool()

    def _should_parallelize_native_tool_calls(self, tool_calls: list[Any]) -> bool:
        return False  # they have been run

    def _execute_single_native_tool_call(self, tool_call: Any) -> Outcome:
        return self._outcomes.pop(id(tool_call))

    async def _use(self, call: Any) -> Outcome:
        call_id, name, written = cast("tuple[str, str, Any]", extract_tool_call_info(call))
        arguments, refused = parse_tool_call_args(written, name, call_id)
        use = _Use(self, name, arguments or {})
        if refused:
            use.fail(refused["tool_failure"], written)
            return refused
        await use.run()
        check_repeated_tool_call(
            self._tool_call_counts,
            tool_name=name,
            tool_args=use.arguments,
            result=use.result,
            agent=self.agent,
            task=self.task,
        )
        return use.outcome(call_id)


class _Use:
    """One use of a tool, and what comes of it."""

    def __init__(self, executor: NativeTools, name: str, arguments: dict[str, Any]) -> None:
        self.arguments = arguments
        self.raw: Any = "Tool not found"
        self.result = "Tool not found"
        self.failure: ToolFailure | None = None
        self._executor, self._name = executor, name
        self._tool = cast("BaseTool | None", executor._tool_name_mapping.get(name))
        self._structured: Any = next(
            (each for each in executor.tools if each._original_tool is self._tool), None
        )
        self._who: Any = {"agent": executor.agent, "task": executor.task, "crew": executor.crew}
        self._is_told = False

    async def run(self) -> None:
        """Tells of its begin and its end."""
        begun = datetime.now()
        self._tell(ToolUsageStartedEvent)
        hooked = {"tool_name": self._name, "tool_input": self.arguments, "tool": self._structured}
        if run_before_tool_call_hooks(ToolCallHookContext(**hooked, **self._who)):
            self.raw = self.result = f"Tool execution blocked by hook. Tool: {self._name}"
        elif self._tool is None:
            self.failure = self._executor._unknown_tool_failure(self._name, self.result)
        else:
            await self._call(self._tool)
        seen = {"tool_result": self.result, "raw_tool_result": self.raw}
        told = run_after_tool_call_hooks(ToolCallHookContext(**hooked, **seen, **self._who))
        self.result = self.result if told is None else told
        if not self._is_told:
            shown = reportable_failure(self.failure, tool=self._structured, **self._who)
            times = {"started_at": begun, "finished_at": datetime.now()}
            self._tell(ToolUsageFinishedEvent, output=self.result, failure=shown, **times)
        if self.failure is not None:
            self.fail(self.failure, self.arguments)

    async def _call(self, tool: BaseTool) -> None:
        try:
            self.raw = await _result(tool, self.arguments)
            self.result = format_native_tool_output_for_agent(tool, self.raw)
            self.failure = detect_tool_failure(self.raw)
        except Exception as error:  # noqa: BLE001 whatever a tool raises is its answer to the agent
            self.raw = self.result = f"Error executing tool: {error}"
            self.failure = failure_from_exception(error)
            if self._executor.task:
                self._executor.task.increment_tools_errors()
            self._tell(ToolUsageErrorEvent, error=error)
            self._is_told = True

    def fail(self, failure: ToolFailure, arguments: Any) -> None:
        """Deals with a failure as its policy has it, which may raise."""
        handle_tool_failure(
            failure,
            tool_name=self._name,
            tool_args=arguments,
            tool=self._structured,
            **self._who,
        )

    def outcome(self, call_id: str) -> Outcome:
        """What the stock executor makes the tool's message of."""
        return {
            "call_id": call_id,
            "func_name": self._name,
            "result": self.result,
            "tool_args": self.arguments,
            "from_cache": False,
            "original_tool": self._tool,
            "tool_failure": self.failure,
        }

    def _tell(self, kind: type[ToolUsageEvent], **more: Any) -> None:
        agent, task = self._executor.agent, self._executor.task
        event = kind(
            tool_name=self._name,
            tool_args=self.arguments,
            from_agent=agent,
            from_task=task,
            agent_key=agent.key if agent else "unknown",
            **more,
        )
        crewai_event_bus.emit(self._executor, event=event)


async def _result(tool: BaseTool, arguments: dict[str, Any]) -> Any:
    """What a tool returns: awaited if it can be, else from a thread."""
    if type(tool)._arun is not BaseTool._arun:
        return await tool.arun(**arguments)
    return await asyncio.to_thread(tool.run, **arguments)
