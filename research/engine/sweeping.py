"""Runs that are too old are deleted while an engine lives: at its start, and every hour."""

import asyncio

from django.conf import settings
from django.db import connections

from research.runs import deletion

SECONDS = 3600.0  # between sweeps


async def keep_sweeping() -> None:
    """Sweeps until it is cancelled; does nothing where runs are kept for ever."""
    while settings.RESEARCH_KEEP_DAYS is not None:
        await asyncio.to_thread(_sweep)
        await asyncio.sleep(SECONDS)


def _sweep() -> None:
    try:
        deletion.sweep()
    finally:
        connections.close_all()  # the thread's own
