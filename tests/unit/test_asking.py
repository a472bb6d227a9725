"""Questions to the database are shared by all who ask before it is asked, and by nobody later."""

import asyncio
import threading
from typing import Any

import pytest

from research.live.asking import ask
from tests.support.patience import patient

asked: list[Any] = []
free, begun = threading.Event(), threading.Event()


def occupy() -> None:
    """Keeps the database's thread busy until it is set free."""
    begun.set()
    assert free.wait(patient(10))


def question(*about: Any) -> int:
    asked.append(about)
    return len(asked)


@pytest.fixture(autouse=True)
def busy_thread() -> None:
    asked.clear()
    free.clear()
    begun.clear()


async def turns(number: int = 3) -> None:
    for _ in range(number):
        await asyncio.sleep(0)


async def test_those_who_wait_share_one_question() -> None:
    busy = asyncio.create_task(ask(occupy))
    waiting = [asyncio.create_task(ask(question, about)) for about in "aabab"]
    await turns()
    free.set()
    assert await asyncio.gather(*waiting) == [1, 1, 2, 1, 2]
    assert asked == [("a",), ("b",)]
    await busy


async def test_who_asks_once_it_has_begun_is_answered_anew() -> None:
    first = asyncio.create_task(ask(occupy))
    await asyncio.to_thread(begun.wait)
    second = asyncio.create_task(ask(occupy))
    await turns()
    begun.clear()
    free.set()
    await asyncio.gather(first, second)
    assert begun.is_set()


async def test_one_who_leaves_takes_the_answer_from_nobody() -> None:
    busy = asyncio.create_task(ask(occupy))
    leaves, stays = (asyncio.create_task(ask(question)) for _ in range(2))
    await turns()
    leaves.cancel()
    await asyncio.wait({leaves})
    free.set()
    assert await stays == 1
    await busy
