"""The tool of our crews by itself: many searches at once, on a loop whose lag is looked at."""

import asyncio
import os
import time
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "researchsite.settings")
django.setup()

from benchmarks.processes import serve  # noqa: E402 Django's settings come first
from benchmarks.topics import make_topics  # noqa: E402
from research.crews.tools.sources import SourceBook  # noqa: E402
from research.crews.tools.toolbox import SearchLibrary  # noqa: E402
from research.library.models import Passage  # noqa: E402
from research.ops.runtime import take_short_turns  # noqa: E402

TICK_SECONDS = 0.005  # between looks at the loop's lag


async def measure(topics: int) -> dict[str, Any]:
    """That many crews search at once: ms from each call to its answer, and the loop's lag."""
    take_short_turns()  # as in the engine's process
    lags: list[float] = []
    looking = asyncio.create_task(_look(lags))
    passages = await asyncio.to_thread(Passage.objects.count)
    times = await asyncio.gather(*map(_search, make_topics(topics)))
    looking.cancel()
    return {"search_ms": times, "lag_ms": lags, "passages": passages}


async def _search(topic: str) -> float:
    begun = time.perf_counter()
    await SearchLibrary(book=SourceBook()).arun(query=topic)
    return (time.perf_counter() - begun) * 1000


async def _look(lags: list[float]) -> None:
    while True:
        due = time.perf_counter() + TICK_SECONDS
        await asyncio.sleep(TICK_SECONDS)
        lags.append((time.perf_counter() - due) * 1000)


if __name__ == "__main__":
    serve(measure)
