"""Everything here leans on the insides of CrewAI 1.15; nothing else in the project does.

Each piece says what the stock code does, and has a contract test that names what an upgrade broke
(tests/test_crewai_contract.py). Import this module before any other part of CrewAI: it switches off
what CrewAI would do at import (telemetry, tracing, version check, `.env`, writing to HOME).
"""

import asyncio
import contextlib
import functools
import os
import ssl
from collections.abc import Callable, Coroutine, Iterator
from typing import TYPE_CHECKING, Any, TypeVar, cast

import httpx
from django.conf import settings
from httpx_aiohttp import HttpxAiohttpClient

from research.crews.streams import inspect
from research.exceptions import ResearchError


@contextlib.contextmanager
def _quiet_import() -> Iterator[None]:
    """CrewAI's switches, and a HOME of its own: it makes folders and a key file there at import."""
    home = settings.RESEARCH_CREWAI_HOME
    home.mkdir(parents=True, exist_ok=True)
    os.environ |= {
        "CREWAI_DISABLE_TELEMETRY": "true",
        "CREWAI_DISABLE_VERSION_CHECK": "true",
        "CREWAI_STORAGE_DIR": str(home),
        "CREWAI_TOOLS_FORCE_SAFE_PATHS": "true",
        "CREWAI_TRACING_ENABLED": "false",
        "LITELLM_LOCAL_MODEL_COST_MAP": "true",
        "OTEL_SDK_DISABLED": "true",
        "PYTHON_DOTENV_DISABLED": "1",
    }
    own_home = os.environ.get("HOME")
    os.environ["HOME"] = str(home)
    try:
        yield
    finally:
        if own_home is None:
            del os.environ["HOME"]
        else:
            os.environ["HOME"] = own_home


with _quiet_import():
    from anthropic import Anthropic, AsyncAnthropic
    from crewai import Agent, Crew, Task
    from crewai.agents.agent_executor import AgentExecutor
    from crewai.agents.parser import AgentAction, AgentFinish, OutputParserError
    from crewai.events.event_bus import crewai_event_bus
    from crewai.events.stream_context import add_stream_sink, reset_stream_sinks
    from crewai.events.types.llm_events import LLMCallType
    from crewai.llm import LLM
    from crewai.llms.base_llm import BaseLLM, llm_call_context
    from crewai.llms.providers.anthropic.completion import AnthropicCompletion
    from crewai.llms.providers.openai.completion import OpenAICompletion
    from crewai.llms.retry import _active_llm_rate_limit_retry
    from crewai.tasks.task_output import TaskOutput
    from crewai.tools import BaseTool
    from crewai.utilities import agent_utils, file_store
    from crewai.utilities.i18n import I18N_DEFAULT
    from crewai_core.printer import PRINTER
    from openai import AsyncOpenAI, OpenAI
    from openai._base_client import get_platform
    from pydantic import BaseModel, PrivateAttr


__all__ = [  # CrewAI's public names too: imported from here, they come after the switches above
    "LLM",
    "Agent",
    "AsyncExecutor",
    "BaseLLM",
    "BaseTool",
    "LLMCallType",
    "QuietAgent",
    "QuietCrew",
    "Task",
    "TaskOutput",
    "close",
    "listening",
    "llm_call_context",
    "llm_class",
    "one_retry_layer",
    "resume",
    "warm",
]


T = TypeVar("T")


# Agents --------------------------------------------------------------------------------------


class AsyncExecutor(AgentExecutor):
    """CrewAI's agent loop with native async model calls.

    The stock executor is a Flow whose steps, the model call among them, go through
    `asyncio.to_thread`: six at a time on two cores, and a cancelled call runs on. Here the same
    steps are a plain loop: the model call is awaited, so that any number is open at once and
    cancelling closes the request; only tools, which block, run in a thread. Planning (`todos`) is
    the Flow's and is not supported.
    """

    def _flow_post_init(self, definition: Any = None) -> None:
        """No Flow to set up: the stock one builds a pydantic class and a listener table."""
        self._initialize_runtime_extension_attrs()

    async def kickoff_async(self, *args: Any, **kwargs: Any) -> Any:
        # The stock pre-flight counts tokens in a thread before each call, and over HTTP for OpenAI.
        # A context that is too long is instead summarised when the provider says so.
        self.respect_context_window = False
        self._show_start_logs()
        self.state.use_native_tools = self._check_native_tool_support()
        if self.state.use_native_tools:
            self._setup_native_tools()
        while not self.state.is_finished:
            if agent_utils.has_reached_max_iterations(self.state.iterations, self.max_iter):
                await self._force_final_answer()
            else:
                await self._iterate()
                self.state.iterations += 1
        return self.state.current_answer

    async def _iterate(self) -> None:
        """One model call, and the tools that it asks for."""
        native = self.state.use_native_tools
        try:
            answer = await self._ask_model(self._openai_tools if native else None)
            if native and isinstance(answer, list) and self._is_tool_call_list(answer):
                self.state.pending_tool_calls = list(answer)
                await asyncio.to_thread(self.execute_native_tool)
            elif native or isinstance(answer, BaseModel):
                self._finish(answer)
            else:
                await self._act_on(answer)
        except OutputParserError as error:
            self._last_parser_error = error
            self.recover_from_parser_error()
            self.state.iterations -= 1  # the stock method counts, and so does the loop
        except Exception as error:
            if native and agent_utils.is_native_tool_calling_unsupported_error(error):
                self._downgrade_to_text_tool_calling()
            elif agent_utils.is_context_length_exceeded(error):
                await asyncio.to_thread(self._summarise)
            else:
                raise

    async def _ask_model(self, tools: list[dict[str, Any]] | None) -> Any:
        return await agent_utils.aget_llm_response(
            llm=cast("BaseLLM", self.llm),
            messages=list(self.state.messages),
            callbacks=self.callbacks,
            printer=PRINTER,
            tools=tools or None,
            from_task=self.task,
            from_agent=self.agent,
            response_model=None if self.original_tools else self.response_model,
            executor_context=self,
            verbose=False,
        )

    async def _act_on(self, answer: str) -> None:
        """A model without native tool calls writes its action, or its answer, as text."""
        step = agent_utils.process_llm_response(answer, self.use_stop_words)
        self.state.current_answer = step
        if isinstance(step, AgentAction):
            await asyncio.to_thread(self.execute_tool_action)
        else:
            self._append_message_to_state(step.text)
            self.state.is_finished = True

    async def _force_final_answer(self) -> None:
        """Out of iterations: asks once more, for the answer as it stands."""
        request = {"role": "user", "content": I18N_DEFAULT.errors("force_final_answer")}
        self.state.messages.append(request)
        self._finish(await self._ask_model(None))

    def _finish(self, answer: Any) -> None:
        text = answer.model_dump_json() if isinstance(answer, BaseModel) else str(answer)
        self._append_message_to_state(text)
        self.state.current_answer = AgentFinish(
            thought="", output=answer if isinstance(answer, BaseModel) else text, text=text
        )
        self.state.is_finished = True

    def _summarise(self) -> None:
        agent_utils.handle_context_length(
            respect_context_window=True,
            printer=PRINTER,
            messages=self.state.messages,
            llm=cast("BaseLLM", self.llm),
            callbacks=self.callbacks,
            verbose=False,
        )


class QuietAgent(Agent):
    """An agent whose executor is made once: the crew's set-up makes one that no task uses."""

    def create_agent_executor(self, tools: Any = None, task: Any = None) -> None:
        if task is not None:
            super().create_agent_executor(tools=tools, task=task)


# Crews ---------------------------------------------------------------------------------------


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


# Events --------------------------------------------------------------------------------------

Sink = Callable[[Any, Any], None]


@contextlib.contextmanager
def listening(sink: Sink) -> Iterator[None]:
    """Sends the events of crews run in this context, and of no others, to `sink(source, event)`.

    Sinks are called at once, in the emitting thread. The global bus delivers without order on ten
    threads, a kickoff waits for it on the event loop, and it keeps every event until the crew
    ends; so its own listeners and its record are taken off.
    """
    _silence_bus()
    token = add_stream_sink(sink)
    try:
        yield
    finally:
        reset_stream_sinks(token)


@functools.cache
def _silence_bus() -> None:
    crewai_event_bus._sync_handlers.clear()
    crewai_event_bus._async_handlers.clear()
    crewai_event_bus._record_event = lambda event: None  # type: ignore[method-assign]


@contextlib.contextmanager
def one_retry_layer() -> Iterator[None]:
    """Leaves retries to the provider's SDK; CrewAI would wrap three rounds more around a 429."""
    token = _active_llm_rate_limit_retry.set(True)
    try:
        yield
    finally:
        _active_llm_rate_limit_retry.reset(token)


# Models --------------------------------------------------------------------------------------


@functools.cache
def _tls() -> ssl.SSLContext:
    """One for the process: building it takes 43 ms, which CrewAI spends twice for every LLM."""
    return ssl.create_default_context()


@functools.cache
def _platform() -> Any:
    """What the SDKs' clients each find out anew, in a thread, for a header of their first call."""
    return get_platform()


def _http_client() -> httpx.AsyncClient:
    """For one LLM. aiohttp's transport takes half the CPU of httpx's own for a call."""
    return HttpxAiohttpClient(
        verify=_tls(),
        headers={"accept-encoding": "identity"},  # `inspect` reads what comes
        event_hooks={"response": [inspect]},
    )


@functools.cache
def _sync_http_client() -> httpx.Client:
    """One for all: CrewAI wants a sync client for every LLM, and hardly ever uses it."""
    return httpx.Client(verify=_tls())


class _Clients:
    """What the clients of both SDK families share."""

    if TYPE_CHECKING:

        def _get_client_params(self, **options: Any) -> dict[str, Any]: ...

    def get_input_tokens_count(self, messages: Any, *args: Any, **kwargs: Any) -> int:
        """Four characters to a token; the stock classes ask the provider over HTTP."""
        return len(str(messages)) // 4


class _OpenAIClients(_Clients):
    """SDK clients of their own for each LLM, over one SSLContext for all."""

    def _build_sync_client(self) -> OpenAI:
        return OpenAI(**self._get_client_params(), http_client=_sync_http_client())

    def _build_async_client(self) -> AsyncOpenAI:
        client = AsyncOpenAI(**self._get_client_params(), http_client=_http_client())
        client._platform = _platform()
        return client


class _AnthropicClients(_Clients):
    """The same for Anthropic's SDK."""

    def _build_sync_client(self) -> Anthropic:
        params = self._get_client_params(include_http_client=False)
        return Anthropic(**params, http_client=_sync_http_client())

    def _build_async_client(self) -> AsyncAnthropic:
        params = self._get_client_params(include_http_client=False)
        client = AsyncAnthropic(**params, http_client=_http_client())
        client._platform = _platform()
        return client


@functools.cache
def llm_class(provider: str) -> type[BaseLLM] | None:
    """CrewAI's class for a provider, with cheap clients; None where CrewAI goes through LiteLLM."""
    native = LLM._get_native_provider(provider)
    if native is None:
        return None
    for family, clients in (
        (OpenAICompletion, _OpenAIClients),
        (AnthropicCompletion, _AnthropicClients),
    ):
        if issubclass(native, family):
            body = {"__module__": __name__}
            own = type(native)(native.__name__, (clients, native), body)  # type: ignore[misc]
            return cast("type[BaseLLM]", own)
    return native


def warm(llm: BaseLLM) -> None:
    """Has an SDK import what it puts off to the first call: OpenAI's takes 0.7 s."""
    if isinstance(llm, OpenAICompletion):
        _ = llm._get_async_client().chat.completions


async def close(llm: Any) -> None:
    """Closes an LLM's connections, which nothing in CrewAI does."""
    if client := getattr(llm, "_async_client", None):
        with contextlib.suppress(AttributeError):  # Gemini's and Bedrock's close by themselves
            await client.close()
