"""CrewAI's events of one crew, as ours."""

import json
import threading
import time
from collections.abc import Callable
from typing import Any

from research.crews.answers import Answer, coming, end_of
from research.crews.llms.catalog import OFFLINE
from research.crews.model_calls import Request
from research.crews.protocols.chat import usage_in
from research.crews.provider_words import without_keys
from research.crews.reporter import FinishedTask, Reporter
from research.crews.tools.toolbox import describe_use
from research.exceptions import ResearchError
from research.kinds import Kind

MAX_INPUT = 300  # characters of a tool's arguments that an event shows
MAX_ERROR = 500


class Translator:
    """A CrewAI stream sink that tells a Reporter. Must not raise: an exception fails the crew.

    It hears of model calls from `research.crews.model_calls` too: it is a `Listener`.
    """

    def __init__(self, reporter: Reporter, model: str) -> None:
        self._report = reporter
        self._model = model
        self._lock = threading.Lock()
        self._count = 0
        self._started: dict[str, list[tuple[str, float]]] = {}
        self._asking: dict[str | None, str] = {}  # the last model call of each task
        self._handlers: dict[str, Callable[[Any], None]] = {
            "task_started": self._task_started,
            "task_completed": self._task_finished,
            "llm_call_started": self._llm_started,
            "llm_call_completed": self._llm_finished,
            "llm_call_failed": self._llm_failed,
            "llm_stream_chunk": self._chunk,
            "tool_usage_started": self._tool_started,
            "tool_usage_finished": self._tool_finished,
            "tool_usage_error": self._tool_failed,
        }

    def __call__(self, source: Any, event: Any) -> None:
        if handler := self._handlers.get(event.type):
            handler(event)

    async def kept(self) -> None:
        await self._report.kept()

    def waiting(self, request: Request, seconds: float, reason: str) -> None:
        seconds = round(seconds, 1)
        self._report.event(
            Kind.LLM_WAITING,
            task=request.task,
            agent=request.agent,
            seconds=seconds,
            reason="retry",
            note=f"{request.agent} waits {seconds:g} s, then asks again: {reason}",
        )

    def cut_off(self, request: Request, error: ResearchError) -> None:
        self._spent(coming())
        call = self._asking.get(request.task, "")
        seconds = self._stop(call)
        who = {"task": request.task, "agent": request.agent}
        self._report.event(
            Kind.LLM_FAILED, **who, call=call, model=self._model, seconds=seconds, error=str(error)
        )

    def _task_started(self, event: Any) -> None:
        self._start(f"task {event.task.id}")
        agent, task = event.task.agent.role, event.task.name
        self._report.event(
            Kind.TASK_STARTED, task=task, agent=agent, note=f"{agent} begins “{task}”"
        )

    def _task_finished(self, event: Any) -> None:
        agent, task = event.task.agent.role, event.task.name
        seconds = self._stop(f"task {event.task.id}") or 0.0
        aside = event.task.agent.aside
        finished = FinishedTask(
            task,
            agent,
            str(event.output.raw),
            seconds,
            aside.reasoning,
            aside.is_incomplete,
            aside.first,
            tuple(aside.dropped),
        )
        self._report.task_finished(finished)
        marks = {"incomplete": True} if aside.is_incomplete else {}
        self._report.event(Kind.TASK_FINISHED, task=task, agent=agent, seconds=seconds, **marks)

    def _llm_started(self, event: Any) -> None:
        self._start(event.call_id)
        self._asking[event.task_name] = event.call_id
        self._report.event(
            Kind.LLM_STARTED,
            **_who(event),
            call=event.call_id,
            model=self._model,
            note=f"{event.agent_role or 'The crew'} asks {self._model}",
        )

    def _llm_finished(self, event: Any) -> None:
        answer = coming()
        answer.usage = answer.usage or usage_in(event.usage or {})
        answer.end = answer.end or end_of(event.finish_reason)
        if isinstance(event.response, str):
            answer.written = max(answer.written, len(event.response))
        prompt, completion, is_estimated = self._spent(answer)
        tokens: dict[str, Any] = {"prompt": prompt, "completion": completion}
        if is_estimated:
            tokens["estimated"] = True
        self._report.event(
            Kind.LLM_FINISHED,
            **_who(event),
            call=event.call_id,
            model=self._model,
            seconds=self._stop(event.call_id),
            tokens=tokens,
        )

    def _llm_failed(self, event: Any) -> None:
        seconds = self._stop(event.call_id)
        if seconds is None:
            return  # CrewAI reports a failure twice
        if coming().written:  # it broke off, and was paid for
            self._spent(coming())
        error = without_keys(str(event.error))[:MAX_ERROR]
        self._report.event(
            Kind.LLM_FAILED,
            **_who(event),
            call=event.call_id,
            model=self._model,
            seconds=seconds,
            error=error,
        )

    def _spent(self, answer: Answer) -> tuple[int, int, bool]:
        """Tells what a call has used, and answers with it."""
        used = (0, 0, False) if self._model == OFFLINE else answer.tokens()
        self._report.spent(*used)
        return used

    def _chunk(self, event: Any) -> None:
        if event.chunk and event.tool_call is None:
            self._report.writing(event.chunk)

    def _tool_started(self, event: Any) -> None:
        call = self._start(_use(event))
        arguments = event.tool_args if isinstance(event.tool_args, dict) else {}
        doing = describe_use(event.tool_name, arguments)
        self._report.event(
            Kind.TOOL_STARTED,
            **_who(event),
            call=call,
            tool=event.tool_name,
            input=_text(event.tool_args)[:MAX_INPUT],
            note=f"{event.agent_role or 'The crew'} {doing}"[:MAX_INPUT],
        )

    def _tool_finished(self, event: Any) -> None:
        if failure := getattr(event, "failure", None):
            self._tool_ended(event, Kind.TOOL_FAILED, error=str(failure.message)[:MAX_ERROR])
        else:
            self._tool_ended(event, Kind.TOOL_FINISHED)

    def _tool_failed(self, event: Any) -> None:
        self._tool_ended(event, Kind.TOOL_FAILED, error=str(event.error)[:MAX_ERROR])

    def _tool_ended(self, event: Any, kind: str, **data: Any) -> None:
        key = _use(event)
        call = self._call_of(key)
        seconds = self._stop(key)
        if seconds is None:
            return  # it took too long, and its end has been told
        self._report.event(
            kind, **_who(event), call=call, tool=event.tool_name, seconds=seconds, **data
        )

    def _start(self, key: str) -> str:
        """Notes when something began; answers with a short name for it."""
        with self._lock:
            self._count += 1
            name = f"call-{self._count}"
            self._started.setdefault(key, []).append((name, time.monotonic()))
            return name

    def _call_of(self, key: str) -> str | None:
        with self._lock:
            begun = self._started.get(key)
            return begun[0][0] if begun else None

    def _stop(self, key: str) -> float | None:
        """Seconds since `_start`; None when it was not started or has been stopped."""
        with self._lock:
            begun = self._started.get(key)
            if not begun:
                return None
            _, started = begun.pop(0)
            if not begun:
                del self._started[key]
        return round(time.monotonic() - started, 3)


def _who(event: Any) -> dict[str, Any]:
    return {"task": event.task_name, "agent": event.agent_role}


def _use(event: Any) -> str:
    """Tool events have no id of their own: the same tool with the same arguments is one use."""
    return f"tool {event.task_id} {event.tool_name} {_text(event.tool_args)}"


def _text(arguments: Any) -> str:
    return arguments if isinstance(arguments, str) else json.dumps(arguments, default=str)
