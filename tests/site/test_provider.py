"""The scripted provider, as the client that CrewAI uses sees it."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import openai
import pytest

from tests.support.patience import patient
from tests.support.provider import ScriptedProvider
from tests.support.waiting import until

SEARCH = {
    "type": "function",
    "function": {
        "name": "search",
        "parameters": {
            "type": "object",
            "properties": {"query": {"type": "string"}, "limit": {"type": "integer"}},
            "required": ["query"],
        },
    },
}


def ask(topic: str, **more: Any) -> dict[str, Any]:
    messages = [
        {"role": "system", "content": "You find things out."},
        {"role": "user", "content": f"Research this topic: {topic}\nCite your sources."},
    ]
    return {"model": "scripted", "messages": messages, **more}


@pytest.fixture
async def client(provider: ScriptedProvider) -> AsyncIterator[openai.AsyncOpenAI]:
    async with openai.AsyncOpenAI(
        api_key="sk-test", base_url=provider.url, max_retries=0, timeout=patient(5)
    ) as client:
        yield client


async def test_answers_about_the_topic_and_counts_words(provider, client):
    answer = await client.chat.completions.create(**ask("bees"))
    assert answer.choices[0].message.content.count("bees") == 3
    assert answer.usage.prompt_tokens == 11
    assert provider.stats()["prompt_tokens"] == 11
    assert provider.stats()["completion_tokens"] == answer.usage.completion_tokens


async def test_streams_the_same_answer_in_pieces(provider, client):
    provider.script(chunks=4, chunk_delay=0.01)
    whole = await client.chat.completions.create(**ask("bees"))
    options = {"stream": True, "stream_options": {"include_usage": True}}
    events = [
        event async for event in await client.chat.completions.create(**ask("bees"), **options)
    ]
    pieces = [event.choices[0].delta.content for event in events if event.choices]
    assert "".join(piece or "" for piece in pieces) == whole.choices[0].message.content
    assert len([piece for piece in pieces if piece]) == 4
    assert events[-1].usage == whole.usage


@pytest.mark.parametrize("stream", [False, True])
async def test_calls_the_first_tool_and_then_cites(provider, client, stream):
    provider.script(tools=True)
    request = ask("bees", tools=[SEARCH], stream=stream)
    answer = await client.chat.completions.create(**request)
    if stream:
        calls = [call async for event in answer for call in event.choices[0].delta.tool_calls or []]
    else:
        calls = answer.choices[0].message.tool_calls
    assert [(call.function.name, call.function.arguments) for call in calls] == [
        ("search", '{"query": "bees"}')
    ]
    call = {"id": "call_0", "type": "function", "function": {"name": "search", "arguments": "{}"}}
    request["messages"] += [
        {"role": "assistant", "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "call_0", "content": "[1] Bees dance."},
    ]
    request["stream"] = False
    answer = await client.chat.completions.create(**request)
    assert answer.choices[0].message.content.count("[1]") == 3


async def test_calls_tools_in_the_scripted_order(provider, client):
    provider.script(tool_calls=[{"name": "read", "arguments": {"number": 7}}], answer="Done.")
    answer = await client.chat.completions.create(**ask("bees"))
    assert answer.choices[0].message.tool_calls[0].function.arguments == '{"number": 7}'
    turn = {"role": "assistant", "tool_calls": [{"id": "call_0"}]}
    request = ask("bees")
    request["messages"].append(turn)
    answer = await client.chat.completions.create(**request)
    assert answer.choices[0].message.content == "Done."


async def test_a_rule_fails_one_topic_and_then_recovers(provider, client):
    provider.script({"match": "wasps", "fault": "429", "times": 2, "retry_after": 3})
    for _ in range(2):
        with pytest.raises(openai.RateLimitError) as caught:
            await client.chat.completions.create(**ask("wasps"))
        assert caught.value.response.headers["Retry-After"] == "3"
        await client.chat.completions.create(**ask("bees"))
    await client.chat.completions.create(**ask("wasps"))
    assert provider.stats()["faults"] == {"429": 2}


async def test_a_topic_carries_its_own_fault(client):
    request = ask("bees [[fault=503 times=1]]")
    with pytest.raises(openai.InternalServerError):
        await client.chat.completions.create(**request)
    await client.chat.completions.create(**request)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("401", openai.AuthenticationError),
        ("403", openai.PermissionDeniedError),
        ("404", openai.NotFoundError),
        ("disconnect", openai.APIConnectionError),
        ("timeout", openai.APITimeoutError),
    ],
)
async def test_a_fault_is_what_the_real_client_says_it_is(provider, client, fault, error, stream):
    provider.script(fault=fault)
    with pytest.raises(error):
        await client.chat.completions.create(**ask("bees"), stream=stream, timeout=patient(0.5))


async def test_a_stream_breaks_off(provider, client):
    provider.script(fault="disconnect_midstream")
    stream = await client.chat.completions.create(**ask("bees"), stream=True)
    with pytest.raises(Exception, match="incomplete"):
        [event async for event in stream]
    assert provider.stats()["cancelled"] == 0


async def test_a_client_that_goes_away_is_counted(provider, client):
    provider.script(latency=5)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(client.chat.completions.create(**ask("bees")), 0.3)

    async def is_cancelled() -> bool:
        return bool(provider.stats()["cancelled"])

    await until(is_cancelled)
    stats = provider.stats()
    assert (stats["cancelled"], stats["open"], stats["completion_tokens"]) == (1, 0, 0)


async def test_many_calls_are_open_at_once(provider, client):
    provider.script(latency=1)
    topics = [f"topic number {number}" for number in range(50)]
    await asyncio.gather(*(client.chat.completions.create(**ask(topic)) for topic in topics))
    stats = provider.stats()
    assert (stats["most_open"], stats["requests"], stats["open"]) == (50, 50, 0)
    assert {call["topic"] for call in stats["recent"]} == set(topics)


def test_a_mistake_in_a_script_is_told(provider):
    with pytest.raises(ValueError, match="no such fault: 418"):
        provider.script(fault="418")
    with pytest.raises(ValueError, match="no such behaviour: latancy"):
        provider.script({"match": "bees", "latancy": 1})
