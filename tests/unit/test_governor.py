"""The governor's plans: they are kept to over all crews, and runs take turns. Its clock is ours."""

import asyncio
import random
import uuid
from typing import Any

from research.engine.limits.governor import PERIOD, Governor
from research.engine.limits.turns import Run, Turns
from research.runs.models import Limit
from tests.support.clock import DrivenClock
from tests.support.gates import MODEL, Calls, Plans, gates, silent

LONG = 3600


def requests(amount: int, scope: str = "openai") -> Limit:
    return Limit("requests", scope, amount)


def tokens(amount: int) -> Limit:
    return Limit("tokens", MODEL, amount)


async def test_no_more_requests_than_the_plan_allows_in_any_minute(
    governor: Governor, plans: Plans, clock: DrivenClock, calls: Calls
) -> None:
    plans.limits[MODEL] = [requests(5)]
    calls.make(*gates(governor, 15))

    await clock.advance(LONG)

    assert calls.times == [0] * 5 + [PERIOD] * 5 + [2 * PERIOD] * 5  # used to the full


async def test_tokens_count_with_a_typical_answer(
    governor: Governor, plans: Plans, clock: DrivenClock, calls: Calls
) -> None:
    """A prompt of 500 tokens and an answer of 500: two of them are in a plan of 2000."""
    plans.limits[MODEL] = [tokens(2000)]
    calls.make(*gates(governor, 4), tokens=500)

    await clock.advance(LONG)

    assert calls.times == [0] * 2 + [PERIOD] * 2


async def test_a_call_that_took_more_than_thought_is_charged_later(
    governor: Governor, plans: Plans, clock: DrivenClock, calls: Calls
) -> None:
    plans.limits[MODEL] = [tokens(3000)]
    first, second, third = gates(governor, 3)

    calls.make(first, tokens=500)
    await clock.settle()
    first.spent(prompt=1000, completion=500)
    calls.make(second, tokens=500)
    await clock.settle()
    calls.make(third, tokens=500)
    await clock.advance(LONG)

    assert calls.times == [0, 0, PERIOD]


async def test_a_provider_s_plan_is_shared_by_its_models(
    governor: Governor, plans: Plans, clock: DrivenClock
) -> None:
    plans.limits = {
        "openai/one": [requests(4)],
        "openai/two": [requests(4)],
        "openai/own": [requests(3, "openai/own")],
    }
    shared, own = Calls(clock), Calls(clock)
    for model in plans.limits:
        (own if model == "openai/own" else shared).make(*gates(governor, 4, model=model))

    await clock.advance(LONG)

    assert shared.times == [0] * 4 + [PERIOD] * 4
    assert own.times == [0] * 3 + [PERIOD]


async def test_a_small_run_does_not_wait_behind_a_large_one(
    governor: Governor, plans: Plans, clock: DrivenClock
) -> None:
    plans.limits[MODEL] = [requests(5)]
    large, small = Calls(clock), Calls(clock)
    large.make(*gates(governor, 50))
    await clock.settle()
    small.make(*gates(governor, 2))

    await clock.advance(PERIOD + 1)

    assert len(large.times) == 8
    assert small.times == [PERIOD] * 2


async def test_calls_of_a_higher_priority_go_first(
    governor: Governor, plans: Plans, clock: DrivenClock
) -> None:
    plans.limits[MODEL] = [requests(1)]
    through: list[int] = []

    async def call(priority: int) -> None:
        async with governor.gate(Run(uuid.uuid4(), priority=priority), MODEL, silent).admit(10):
            through.append(priority)

    tasks = [asyncio.create_task(call(priority)) for priority in (0, -1, -1, 0, 1)]
    await clock.advance(LONG)

    assert through == [1, 0, 0, -1, -1]
    assert all(task.done() for task in tasks)


async def test_teams_take_turns_and_within_a_team_its_runs(
    governor: Governor, plans: Plans, clock: DrivenClock
) -> None:
    plans.limits[MODEL] = [requests(1)]
    through: list[str] = []

    async def call(name: str, run: Run) -> None:
        async with governor.gate(run, MODEL, silent).admit(10):
            through.append(name)

    tasks = []
    for team, runs in ((1, "abc"), (None, "yz"), (2, "r")):
        for name in runs:
            run = Run(uuid.uuid4(), team)
            tasks += [asyncio.create_task(call(name, run)) for _ in range(2)]
    await clock.advance(LONG)

    assert "".join(through) == "ayr" + "bzr" + "cy" + "az" + "bc"
    assert all(task.done() for task in tasks)


async def test_how_many_calls_are_before_one_is_told_as_they_are_let_out() -> None:
    """Whatever teams, runs and priorities there are, and whoever was served last."""
    chance, turns = random.Random(1), Turns()
    runs = [Run(uuid.uuid4(), chance.choice((None, 1, 2)), chance.choice((0, 1))) for _ in range(9)]
    waiting = [(run, turns.add(run, 10, chance.randint(0, 2))) for run in runs * 5]
    for _ in range(12):
        turns.serve(*(served := turns.next()))
        waiting.remove(served)
    told = [turns.before(run, call) for run, call in waiting]
    order = []
    while turns:
        turns.serve(*(served := turns.next()))
        order.append(served)
    assert [order.index(each) for each in waiting] == told


async def test_a_cancelled_call_leaves_the_line_at_once(
    governor: Governor, plans: Plans, clock: DrivenClock, calls: Calls
) -> None:
    plans.limits[MODEL] = [requests(1)]
    calls.make(*gates(governor, 1))
    await clock.settle()
    waiting = calls.make(*gates(governor, 20))
    await clock.settle()
    calls.make(*gates(governor, 1))
    for task in waiting:
        task.cancel()

    await clock.advance(LONG)

    assert calls.times == [0, PERIOD]
    assert all(task.cancelled() for task in waiting)


async def test_without_a_plan_there_is_no_line(governor: Governor, plans: Plans) -> None:
    first, *many = gates(governor, 500)
    async with first.admit(10):
        assert plans.reads == 1
    before = asyncio.all_tasks()

    for gate in many:
        async with gate.admit(10):
            assert asyncio.all_tasks() == before

    assert plans.reads == 1


async def test_a_call_above_the_whole_limit_goes_alone(
    governor: Governor, plans: Plans, clock: DrivenClock, calls: Calls
) -> None:
    plans.limits[MODEL] = [tokens(1000)]
    small, huge, after = gates(governor, 3)
    calls.make(small)
    await clock.settle()
    calls.make(huge, tokens=50_000)
    await clock.settle()
    calls.make(after)

    await clock.advance(LONG)

    assert calls.times == [0, PERIOD, 2 * PERIOD]


async def test_a_changed_plan_holds_for_calls_that_wait_already(
    governor: Governor, plans: Plans, clock: DrivenClock, calls: Calls
) -> None:
    plans.limits[MODEL] = [requests(1)]
    calls.make(*gates(governor, 30))
    await clock.advance(1)
    assert len(calls.times) == 1

    plans.limits[MODEL] = [requests(100)]
    await clock.advance(10)

    assert len(calls.times) == 30


async def test_waiting_is_told_once_with_what_for(
    governor: Governor, plans: Plans, clock: DrivenClock, calls: Calls
) -> None:
    plans.limits[MODEL] = [requests(2)]
    told: list[tuple[str, dict[str, Any]]] = []
    run = Run(uuid.uuid4())
    calls.make(*gates(governor, 6, run))
    calls.make(governor.gate(run, MODEL, lambda kind, **data: told.append((kind, data))))

    await clock.advance(LONG)

    note = "waits for its turn: 2 requests a minute for openai, 4 calls before it"
    data = {"seconds": 3 * PERIOD, "reason": "rate_limit", "note": note}
    assert told == [("llm.waiting", data)]
