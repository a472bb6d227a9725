"""Plain `AsyncOpenAI` under `gather`, its loop of tool calls by hand: no framework at all."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from openai import AsyncOpenAI

from benchmarks.processes import serve
from benchmarks.stopwatch import Stopwatch
from benchmarks.topics import make_topics
from benchmarks.workload import MODEL, TOOL, TOOLS, all_at_once, judge, messages

Message = dict[str, Any]
Ask = Callable[[AsyncOpenAI, list[Any], Any], Awaitable[Message]]


async def measure(topics: int, work: str, stream: bool = False) -> dict[str, Any]:
    """Asks about that many topics, all through one client."""
    wanted = make_topics(topics)
    with Stopwatch() as watch:
        answers = await _ask_all(wanted, work, _ask_streaming if stream else _ask)
    return {
        "seconds": watch.seconds,
        "cpu_ms": watch.cpu * 1000 / topics,
        **judge(wanted, answers),
    }


async def _ask_all(topics: list[str], work: str, ask: Ask) -> list[str]:
    tool = TOOLS[work]
    options: dict[str, Any] = {"model": MODEL, "tools": [TOOL]} if tool else {"model": MODEL}
    async with AsyncOpenAI() as client:

        async def work_on(topic: str) -> str:
            said = messages(topic)
            while True:
                said.append(answer := await ask(client, said, options))
                if not (calls := answer.get("tool_calls")):
                    return str(answer["content"])
                for call in calls:
                    assert tool
                    result = tool(json.loads(call["function"]["arguments"])["query"])
                    said.append({"role": "tool", "tool_call_id": call["id"], "content": result})

        return await all_at_once(work_on, topics)


async def _ask(client: AsyncOpenAI, said: list[Any], options: Any) -> Message:
    answer = await client.chat.completions.create(messages=said, **options)
    message: Message = answer.choices[0].message.model_dump(exclude_none=True)
    return message


async def _ask_streaming(client: AsyncOpenAI, said: list[Any], options: Any) -> Message:
    chunks = await client.chat.completions.create(
        messages=said, stream=True, stream_options={"include_usage": True}, **options
    )
    text, calls = "", {}
    async for chunk in chunks:
        for choice in chunk.choices:
            text += choice.delta.content or ""
            for call in choice.delta.tool_calls or []:  # this provider sends each in one piece
                calls[call.index] = call.model_dump(exclude={"index"})
    return {"role": "assistant", "content": text} | (
        {"tool_calls": list(calls.values())} if calls else {}
    )


if __name__ == "__main__":
    serve(measure)
