"""A budget: model calls are made while something is left of it, and none after."""

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest
import pytest_asyncio

from research.engine.journal import Journal
from research.engine.limits.budget import Budget
from research.engine.store import Store
from research.exceptions import BudgetSpent
from research.runs.events import record
from research.runs.models import Blueprint, Run, Topic
from tests.support.patience import patient
from tests.support.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest_asyncio.fixture
async def store() -> AsyncIterator[Store]:
    store = Store()
    yield store
    await store.close()


@pytest.fixture
def topics(transactional_db: None) -> list[Topic]:
    """Three topics at work, of a run that may spend 1,000 tokens."""
    quick = Blueprint.objects.get(name="quick")
    run = Run.objects.create(
        blueprint="quick", definition=quick.definition, model="gpt-4o-mini", token_budget=1000
    )
    for position in (1, 2, 3):
        Topic.objects.create(run=run, position=position, text=f"topic {position}")
    topics = list(Topic.objects.select_related("run"))
    for topic in topics:
        record(Topic.objects.claim([topic], "worker"))
    return topics


def reserved(topics: list[Topic]) -> list[tuple[int, int]]:
    columns = ("prompt_reserved", "completion_reserved")
    return list(Topic.objects.filter(run=topics[0].run).values_list(*columns))


class Crew:
    """Makes model calls through a topic's budget, as a crew does."""

    def __init__(self, topic: Topic, store: Store) -> None:
        self.journal = Journal(topic, store)
        self.told: list[dict[str, Any]] = []
        self.budget = Budget(topic, store, lambda kind, **data: self.told.append({kind: data}))
        self.is_open = asyncio.Event()

    async def call(
        self, estimate: int, prompt: int, completion: int, end: asyncio.Event | None = None
    ) -> None:
        """A call that is answered once `end` is set."""
        async with self.budget.admit(estimate):
            self.is_open.set()
            if end:
                await end.wait()
            self.journal.spent(prompt, completion)

    async def is_told(self) -> bool:
        return bool(self.told)


async def test_without_a_budget_nothing_is_asked(topics: list[Topic]) -> None:
    topics[0].run.token_budget = None
    no_store: Any = None
    async with Budget(topics[0], no_store, print).admit(10**9):
        pass


async def test_what_is_spent_is_spent(topics: list[Topic], store: Store) -> None:
    first, second, _ = (Crew(topic, store) for topic in topics)
    await first.call(400, prompt=500, completion=499)
    await second.call(100, prompt=1, completion=0)  # 1 token is left: nothing is lost of it
    with pytest.raises(BudgetSpent, match=r"1,000 of its 1,000 tokens\. Retry .* larger budget"):
        await first.call(1, 1, 1)
    assert await store.read(lambda: reserved(topics)) == [(0, 0)] * 3


async def test_calls_that_may_not_fit_together_wait_for_each_other(
    topics: list[Topic], store: Store
) -> None:
    """At the start an answer is taken to have 500 tokens: with 300 asked, one call at a time."""
    first, second, _ = (Crew(topic, store) for topic in topics)
    async with asyncio.timeout(patient(5)), asyncio.TaskGroup() as crews:
        end = asyncio.Event()
        crews.create_task(first.call(300, prompt=300, completion=50, end=end))
        await first.is_open.wait()
        waiting = crews.create_task(second.call(300, prompt=300, completion=50))
        await until(second.is_told)
        assert not second.is_open.is_set()
        end.set()
        await waiting
    assert [told["llm.waiting"]["reason"] for told in second.told] == ["budget"]
    assert first.told == []


async def test_the_runs_own_answers_tell_what_to_expect(topics: list[Topic], store: Store) -> None:
    first, second, third = (Crew(topic, store) for topic in topics)
    await first.call(100, prompt=100, completion=50)
    async with asyncio.timeout(patient(5)), asyncio.TaskGroup() as crews:
        end = asyncio.Event()
        for crew in (first, second, third):
            crew.is_open.clear()
            crews.create_task(crew.call(200, prompt=200, completion=50, end=end))
            await crew.is_open.wait()
        held = await store.read(lambda: reserved(topics))
        end.set()
    assert held == [(200, 50)] * 3


async def test_many_crews_go_beyond_it_by_one_call_at_most(
    topics: list[Topic], store: Store
) -> None:
    async def crew(topic: Topic) -> None:
        work = Crew(topic, store)
        while True:
            await work.call(90, prompt=90, completion=10)

    await Crew(topics[0], store).call(90, prompt=90, completion=10)
    async with asyncio.timeout(patient(20)):
        ended = await asyncio.gather(
            *(crew(topic) for topic in topics for _ in range(5)), return_exceptions=True
        )
    assert [type(error) for error in ended] == [BudgetSpent] * 15
    spent = await store.read(topics[0].run.spending)
    assert 1000 <= spent.prompt + spent.completion < 1100
    assert spent.has_open_calls is False


async def test_a_call_that_fails_gives_back_what_it_held(topics: list[Topic], store: Store) -> None:
    budget = Budget(topics[0], store, print)

    async def fail() -> None:
        async with budget.admit(100):
            assert (await store.read(lambda: reserved(topics)))[0] == (100, 500)
            raise ConnectionError

    with pytest.raises(ConnectionError):
        await fail()
    assert await store.read(lambda: reserved(topics)) == [(0, 0)] * 3


async def test_a_cancelled_call_gives_back_what_it_held(topics: list[Topic], store: Store) -> None:
    """Even one that is cancelled while it asks, before it knows that it was let through."""
    work = Crew(topics[0], store)
    for seconds in (0.0, 0.001, 0.005, 0.012, 0.05):
        call = asyncio.create_task(work.call(100, prompt=0, completion=0, end=asyncio.Event()))
        await asyncio.sleep(seconds)
        call.cancel()
        await asyncio.wait([call])
        assert await store.read(lambda: reserved(topics)) == [(0, 0)] * 3


async def test_a_dead_worker_holds_nothing(topics: list[Topic], store: Store) -> None:
    def take_over() -> list[Any]:
        return topics[0].let_go()

    dead = Budget(topics[0], store, print).admit(600)
    await dead.__aenter__()
    crew = Crew(topics[1], store)
    waiting = asyncio.create_task(crew.call(100, prompt=1, completion=1))
    await until(crew.is_told)
    assert not waiting.done()
    await store.change(take_over)
    await asyncio.wait_for(waiting, patient(3))
    await dead.__aexit__(None, None, None)  # it was not dead after all: nothing goes below zero
    assert await store.read(lambda: reserved(topics)) == [(0, 0)] * 3


async def test_money_is_counted_with_the_runs_price(topics: list[Topic], store: Store) -> None:
    price = {"prompt_price": Decimal(1000), "completion_price": Decimal(2000)}
    budget = {"token_budget": None, "money_budget": Decimal("0.50")}
    await store.change(lambda: Run.objects.update(**price, **budget) and None)
    topics[0].run.money_budget = Decimal("0.50")
    work = Crew(topics[0], store)
    await work.call(100, prompt=100, completion=199)
    await work.call(100, prompt=2, completion=0)
    with pytest.raises(BudgetSpent, match=r"\$0.50 of its \$0.50"):
        await work.call(1, 1, 1)


async def test_a_larger_budget_lets_calls_through_again(topics: list[Topic], store: Store) -> None:
    work = Crew(topics[0], store)
    await work.call(100, prompt=1000, completion=0)
    with pytest.raises(BudgetSpent):
        await work.call(1, 1, 1)
    await store.change(lambda: Run.objects.update(token_budget=2000) and None)
    await work.call(1, 1, 1)
