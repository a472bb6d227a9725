"""Plain `AsyncOpenAI` under `gather`: what the calls cost without any framework."""

from typing import Any

from openai import AsyncOpenAI

from benchmarks.processes import serve
from benchmarks.stopwatch import Stopwatch
from benchmarks.workload import MODEL, all_at_once, count_wrong, make_topics, messages


async def measure(topics: int, stream: bool = False) -> dict[str, Any]:
    """Asks about that many topics, all through one client."""
    wanted = make_topics(topics)
    with Stopwatch() as watch:
        answers = await _ask_all(wanted, stream)
    return {
        "seconds": watch.seconds,
        "cpu_ms": watch.cpu * 1000 / topics,
        "wrong": count_wrong(wanted, answers),
    }


async def _ask_all(topics: list[str], stream: bool) -> list[str]:
    async with AsyncOpenAI() as client:

        async def ask(topic: str) -> str:
            prompt: Any = messages(topic)
            answer = await client.chat.completions.create(model=MODEL, messages=prompt)
            return answer.choices[0].message.content or ""

        async def ask_streaming(topic: str) -> str:
            prompt: Any = messages(topic)
            chunks = await client.chat.completions.create(
                model=MODEL, messages=prompt, stream=True, stream_options={"include_usage": True}
            )
            return "".join([c.choices[0].delta.content or "" async for c in chunks if c.choices])

        return await all_at_once(ask_streaming if stream else ask, topics)


if __name__ == "__main__":
    serve(measure)
