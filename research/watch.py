"""Following a run: its stored events in order, then the live ones, from the database and a push."""

import asyncio
import uuid
from collections.abc import AsyncIterator

from channels.layers import get_channel_layer

from research.events import Frame, group_of
from research.models import OPEN, Event, Run

PAGE = 500  # events
QUIET_SECONDS = 5.0  # without a push, the database is asked this often


async def follow(run_id: uuid.UUID, after: int = 0) -> AsyncIterator[Frame]:
    """Every event of the run with `seq` > `after`, in order, without gap or repeat, to its end.

    Frames without `seq` pass in between: `llm.partial` texts, and a `ping` when nothing happens.
    A push that continues what was sent is sent on as it is; anything else (a gap after a lost push,
    a repeat) is settled by reading the database. Ends after `run.finished`.
    """
    layer = get_channel_layer()
    # 1. Join first: an event stored after the read below is then pushed to us.
    channel = await layer.new_channel()
    await layer.group_add(group_of(run_id), channel)
    try:
        while True:
            # 2. What is stored; the state is read before, so that an ended run is read whole.
            is_open = await Run.objects.filter(pk=run_id, status__in=OPEN).aexists()
            async for frame in _stored(run_id, after):
                after = frame["seq"]
                yield frame
            if not is_open:
                return
            # 3. What is pushed, for as long as it joins on.
            while True:
                try:
                    async with asyncio.timeout(QUIET_SECONDS):
                        message = await layer.receive(channel)
                except TimeoutError:
                    yield {"kind": "ping"}
                    break
                if passing := message.get("passing"):
                    yield passing
                    continue
                frames = [f for f in message["events"] if f["seq"] > after]
                if frames and frames[0]["seq"] != after + 1:
                    break
                for frame in frames:
                    after = frame["seq"]
                    yield frame
                if any(frame["kind"] == "run.finished" for frame in frames):
                    break
    finally:
        await layer.group_discard(group_of(run_id), channel)


async def _stored(run_id: uuid.UUID, after: int) -> AsyncIterator[Frame]:
    while True:
        page = [e async for e in Event.objects.filter(run_id=run_id).after(after)[:PAGE]]
        for event in page:
            yield event.as_json()
        if len(page) < PAGE:
            return
        after = page[-1].seq
