"""Fixtures of tests that need no server."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from research.engine.limits.governor import Governor
from tests.support.clock import AtOnce, DrivenClock
from tests.support.gates import Calls, Plans


@pytest.fixture
def plans() -> Plans:
    """What the governor reads its limits from."""
    return Plans()


@pytest.fixture
async def governor(plans: Plans, clock: DrivenClock) -> AsyncIterator[Governor]:
    """A governor whose time is the test's."""
    asyncio.get_running_loop().set_default_executor(AtOnce())
    governor = Governor(plans, clock=clock)
    yield governor
    await governor.close()


@pytest.fixture
def calls(clock: DrivenClock) -> Calls:
    """Calls by the test's time."""
    return Calls(clock)
