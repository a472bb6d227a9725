"""What is older than RESEARCH_KEEP_DAYS goes when an engine starts, and nothing goes without it."""

import asyncio
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from research.engine.sweeping import keep_sweeping
from research.runs.models import Run, Status
from research.runs.submission import Submission
from tests.support.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)


def ended(topic: str, day: str) -> Run:
    run = Submission.check([topic], model="offline").submit()
    run.topics.update(status=Status.SUCCEEDED)
    Run.objects.filter(pk=run.pk).update(
        status=Status.SUCCEEDED, created_at=f"{day}T00:00Z", finished_at=f"{day}T00:00Z"
    )
    return run


async def test_old_runs_go_as_soon_as_an_engine_sweeps(settings: Any) -> None:
    old = await sync_to_async(ended)("bees", "2020-01-01")
    new = await sync_to_async(ended)("wasps", "2999-01-01")
    await keep_sweeping()  # returns at once: runs are kept for ever
    assert await Run.objects.acount() == 2
    settings.RESEARCH_KEEP_DAYS = 30
    sweeping = asyncio.create_task(keep_sweeping())

    async def is_gone() -> bool:
        return not await Run.objects.filter(pk=old.pk).aexists()

    await until(is_gone)
    sweeping.cancel()
    assert await Run.objects.filter(pk=new.pk).aexists()
