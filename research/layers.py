"""The channel layer of a single process: watchers on the web loop, writers in other threads."""

import asyncio
import random
import string
from typing import Any

from channels.layers import BaseChannelLayer

Message = dict[str, Any]


class InProcessChannelLayer(BaseChannelLayer):
    """Channels' in-memory layer, made safe across threads and event loops.

    The stock one puts into an `asyncio.Queue` from whatever thread it is called in, which neither
    wakes the reader's loop nor is safe. Here each queue belongs to the loop that made the channel,
    and a message reaches it by `call_soon_threadsafe`. A full queue drops the message, as every
    layer may: the watcher then reads the database.
    """

    extensions = ["groups", "flush"]

    def __init__(self, expiry: int = 60, capacity: int = 1000, **kwargs: Any) -> None:
        super().__init__(expiry=expiry, capacity=capacity, **kwargs)
        self._channels: dict[str, tuple[asyncio.AbstractEventLoop, asyncio.Queue[Message]]] = {}
        self._groups: dict[str, frozenset[str]] = {}

    async def new_channel(self, prefix: str = "specific") -> str:
        name = f"{prefix}.inprocess!{''.join(random.choices(string.ascii_letters, k=16))}"
        self._open(name)
        return name

    async def send(self, channel: str, message: Message) -> None:
        self._put(channel, message)

    async def receive(self, channel: str) -> Message:
        return await self._open(channel).get()

    async def group_add(self, group: str, channel: str) -> None:
        self.require_valid_group_name(group)
        self._open(channel)
        self._groups[group] = self._groups.get(group, frozenset()) | {channel}

    async def group_discard(self, group: str, channel: str) -> None:
        left = self._groups.get(group, frozenset()) - {channel}
        if left:
            self._groups[group] = left
        else:
            self._groups.pop(group, None)
        self._channels.pop(channel, None)

    async def group_send(self, group: str, message: Message) -> None:
        self.push(group, message)

    async def flush(self) -> None:
        self._channels.clear()
        self._groups.clear()

    async def close(self) -> None:
        """Nothing is held open."""

    def push(self, group: str, message: Message) -> None:
        """`group_send` for any thread, with or without a loop of its own."""
        for channel in self._groups.get(group, frozenset()):
            self._put(channel, message)

    def _open(self, channel: str) -> asyncio.Queue[Message]:
        if channel not in self._channels:
            queue: asyncio.Queue[Message] = asyncio.Queue(maxsize=self.get_capacity(channel))
            self._channels[channel] = (asyncio.get_running_loop(), queue)
        return self._channels[channel][1]

    def _put(self, channel: str, message: Message) -> None:
        if channel not in self._channels:
            return
        loop, queue = self._channels[channel]

        def put() -> None:
            if not queue.full():
                queue.put_nowait(message)

        try:
            loop.call_soon_threadsafe(put)
        except RuntimeError:  # the reader's loop is closed, and its channel with it
            self._channels.pop(channel, None)
