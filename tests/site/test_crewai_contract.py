"""What research/crews/crewai relies on in CrewAI: a failure names what an upgrade broke."""

import asyncio
import inspect as inspect_module
import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from django.conf import settings

from research.crews import crewai as internals
from research.crews.crewai import absent
from research.crews.crewai.llms import OpenAICompletion
from research.crews.crewai.responses import inspect
from research.crews.llms.offline import OfflineLLM
from research.crews.llms.providers import make_llm
from tests.support.crew import KEY, Told, fate_of
from tests.support.provider import ScriptedProvider


def crew_of_two_tasks(**llm_options) -> internals.QuietCrew:
    def agent(role: str) -> internals.QuietAgent:
        return internals.QuietAgent(
            role=role,
            goal="g",
            backstory="b",
            llm=OfflineLLM(model="offline", topic="t", **llm_options),
            executor_class=internals.AsyncExecutor,
        )

    agents = [agent("first"), agent("second")]
    tasks = [
        internals.Task(name=a.role, description="d", expected_output="e", agent=a) for a in agents
    ]
    tasks[1].context = [tasks[0]]
    return internals.QuietCrew(agents=agents, tasks=tasks)


async def events_of(crew: internals.QuietCrew) -> list[str]:
    heard: list[str] = []
    with internals.listening(lambda source, event: heard.append(event.type)):
        await crew.akickoff()
    return heard


async def test_agents_run_our_executor_and_sinks_hear_in_order() -> None:
    heard = await events_of(crew_of_two_tasks())
    told = [kind for kind in heard if kind.startswith(("task_", "llm_call_"))]
    assert told == ["task_started", "llm_call_started", "llm_call_completed", "task_completed"] * 2


async def test_sinks_of_crews_side_by_side_hear_their_own_crew_only() -> None:
    heard = await asyncio.gather(*(events_of(crew_of_two_tasks()) for _ in range(20)))
    assert {kinds.count("task_started") for kinds in heard} == {2}
    assert {kinds.count("crew_kickoff_completed") for kinds in heard} == {1}


async def test_a_finished_task_is_skipped_and_its_output_passed_on() -> None:
    crew = crew_of_two_tasks()
    first = crew.tasks[0]
    first.output = internals.TaskOutput(name="first", description="d", raw="known", agent="first")
    internals.resume(crew)

    heard = await events_of(crew)

    assert heard.count("task_started") == 1
    prompt = crew.tasks[1].output.messages[-2]["content"]
    assert "known" in prompt


def test_a_crew_writes_no_task_output_file() -> None:
    asyncio.run(events_of(crew_of_two_tasks()))
    assert not list(Path(settings.RESEARCH_CREWAI_HOME).rglob("latest_kickoff_task_outputs.db"))


def test_importing_crewai_leaves_home_alone() -> None:
    assert os.environ.get("HOME") != str(settings.RESEARCH_CREWAI_HOME)
    assert os.environ["CREWAI_DISABLE_TELEMETRY"] == "true"


@pytest.mark.parametrize(
    ("model", "variable"),
    [
        ("openai/gpt-4o-mini", "OPENAI_API_KEY"),
        ("anthropic/claude-sonnet-4-5", "ANTHROPIC_API_KEY"),
        ("deepseek/deepseek-chat", "DEEPSEEK_API_KEY"),
        ("ollama/llama3.2", "OLLAMA_API_KEY"),
    ],
)
async def test_sdk_clients_are_each_llms_own_over_one_tls_context(
    monkeypatch: pytest.MonkeyPatch, model: str, variable: str
) -> None:
    monkeypatch.setenv(variable, "key-0123456789")
    one, other = make_llm(model), make_llm(model)
    assert one._async_client is not other._async_client
    http = one._async_client._client
    assert http._transport.ssl_context is internals.clients.tls()
    assert http.event_hooks["response"] == [inspect]
    await internals.close(one)
    assert one._async_client.is_closed()


async def test_gemini_asks_once_over_our_http_client(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEMINI_API_KEY", KEY)
    one, other = make_llm("gemini/gemini-2.5-flash"), make_llm("gemini/gemini-2.5-flash")
    sdk = one._client._api_client
    http = sdk._async_httpx_client
    assert http is not other._client._api_client._async_httpx_client
    assert not sdk._use_aiohttp()
    assert http._transport.ssl_context is internals.clients.tls()
    assert sdk._websocket_ssl_ctx["ssl"] is internals.clients.tls()  # and builds none of its own
    assert http.event_hooks["response"] == [inspect]
    assert sdk._async_retry.stop.max_attempt_number == 1
    assert sdk._http_options.timeout == settings.RESEARCH_CALL_TIMEOUT * 1000
    await internals.close(one)
    assert http.is_closed


def test_providers_are_asked_where_their_own_variables_say(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("ANTHROPIC_API_KEY", "GEMINI_API_KEY"):
        monkeypatch.setenv(name, KEY)
    for name in ("ANTHROPIC_BASE_URL", "GOOGLE_GEMINI_BASE_URL", "OLLAMA_HOST"):
        monkeypatch.setenv(name, "http://models.test:81/a")
    anthropic, gemini = make_llm("anthropic/claude-x"), make_llm("gemini/gemini-2.5-flash")
    ollama = make_llm("ollama/llama3.2")
    assert str(anthropic._async_client.base_url) == "http://models.test:81/a/"
    assert gemini._client._api_client._http_options.base_url == "http://models.test:81/a"
    assert str(ollama._async_client.base_url) == "http://models.test:81/a/v1/"


def test_ollama_is_asked_on_its_usual_port() -> None:
    assert "localhost:11434" in str(make_llm("ollama/llama3.2")._async_client.base_url)


async def test_no_stop_word_ends_an_answer() -> None:
    crew = crew_of_two_tasks()
    await events_of(crew)
    assert [agent.agent_executor.stop_words for agent in crew.agents] == [[], []]


def test_the_openai_class_streams_through_our_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    llm = make_llm("openai/gpt-4o-mini")
    stock = OpenAICompletion._ahandle_streaming_completion
    own = type(llm)._ahandle_streaming_completion
    assert inspect_module.signature(stock).parameters.keys() == (
        inspect_module.signature(own).parameters.keys()
    )
    for emit in ("stream_chunk", "thinking_chunk", "call_completed"):
        assert callable(getattr(llm, f"_emit_{emit}_event"))


async def test_a_turn_that_calls_tools_is_the_first_message_it_leaves(
    provider: ScriptedProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What came beside the calls is added to it."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_BASE_URL", provider.url)
    provider.script(tools=True, thinking="I look.")
    assert (await fate_of("bees", Told()))[0] == "succeeded"
    *_, turn, result = provider.last_request()["messages"]
    assert turn["tool_calls"][0]["id"] == result["tool_call_id"]
    assert turn["reasoning_content"] == "I look."


async def test_a_conversation_too_long_for_the_model_is_summarised(
    provider: ScriptedProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_BASE_URL", provider.url)
    provider.script(fault="400", times=1, answer="<summary>What was said.</summary>")
    told = Told()
    assert await fate_of("bees", told) == ("succeeded", "<summary>What was said.</summary>")
    asked = provider.stats()["requests"]
    assert asked >= 3  # refused, then at least one summary, then the answer
    assert len(told.all("llm.started")) == asked


async def test_one_too_long_for_any_summary_is_told(
    provider: ScriptedProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_BASE_URL", provider.url)
    provider.script(fault="400")
    kind, sentence = await fate_of("bees", Told())
    assert (kind, provider.stats()["requests"]) == ("too_large", 2)
    assert "too large for the model" in sentence


@pytest.mark.parametrize(
    ("model", "variables"),
    [
        ("openai/gpt-4o-mini", ["OPENAI_API_KEY"]),
        ("anthropic/claude-sonnet-4-5", ["ANTHROPIC_API_KEY"]),
        ("azure/gpt-4o-mini", ["AZURE_API_KEY"]),
    ],
)
def test_no_sdk_asks_again_by_itself(
    monkeypatch: pytest.MonkeyPatch, model: str, variables: list[str]
) -> None:
    monkeypatch.setenv("AZURE_ENDPOINT", "https://somebody.openai.azure.com")
    for variable in variables:
        monkeypatch.setenv(variable, KEY)
    client = make_llm(model)._get_async_client()
    if hasattr(client, "max_retries"):
        assert client.max_retries == 0
    else:
        assert client._config.retry_policy.total_retries == 0


async def test_bedrock_asks_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", KEY)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    llm = make_llm("bedrock/anthropic.claude-sonnet-4-5-20250929-v1:0")
    client = await llm._ensure_async_client()
    assert client.meta.config.retries["total_max_attempts"] == 1
    await llm._async_exit_stack.aclose()


def test_tokens_are_estimated_without_a_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "key-0123456789")
    monkeypatch.setattr(httpx.Client, "send", lambda *_: pytest.fail("a request was made"))
    assert make_llm("openai/gpt-4o-mini").get_input_tokens_count("x" * 400) == 100


FRESH = """
import sys
import django
django.setup()
from research.crews import run
from research.crews.crewai import absent
used = {name for name in absent.ABSENT if name in absent._kept}
real = {name for name in sys.modules if name.startswith(absent.ABSENT)}
print(sorted(set(absent.ABSENT) - used), sorted(real))
import openai.types.responses
print(openai.types.responses.Response.model_fields["id"].annotation)
"""


def test_crewai_imports_what_is_left_out_and_nothing_of_it_in_earnest() -> None:
    """A name that CrewAI no longer imports comes off the list; who needs the real one gets it."""
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "researchsite.settings"}
    told = subprocess.run(
        [sys.executable, "-c", FRESH],
        env=env,
        capture_output=True,
        text=True,
        cwd=settings.BASE_DIR,
    )
    assert told.stdout.splitlines() == ["[] []", "<class 'str'>"], told.stderr


def test_what_is_left_out_says_so_when_it_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("crewai.rag")]:
        monkeypatch.delitem(sys.modules, name)  # the real one, which another test has imported
    with absent.absent():
        from crewai.rag.config import Settings  # its stand-in
    assert issubclass(type("Own", (Settings,), {}), Settings)
    with pytest.raises(RuntimeError, match=r"crewai\.rag\.config is left out by research"):
        Settings()
