"""Channel layers that can be pushed to from any thread: in one process, and over Redis."""

import asyncio
import logging
import random
import string
import time
from typing import Any

import redis
from channels.layers import BaseChannelLayer
from channels_redis.pubsub import RedisPubSubChannelLayer

Message = dict[str, Any]

AWAY_SECONDS = 1.0  # after a push that failed, pushes are left out for this long

logger = logging.getLogger(__name__)


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

    def has(self, group: str) -> bool:
        """Whether anybody is in the group."""
        return group in self._groups

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


class RedisChannelLayer(RedisPubSubChannelLayer):
    """Channels-redis' layer over pub/sub, with a push for threads that have no event loop.

    `async_to_sync(layer.group_send)` would open a connection for each. A push that cannot be made
    is left out, quickly: watchers then find its events in the database.
    """

    def __init__(self, url: str) -> None:
        super().__init__(hosts=[url])
        self._client = redis.Redis.from_url(url, socket_timeout=0.5, socket_connect_timeout=0.5)
        self._away_until = 0.0

    def push(self, group: str, message: Message) -> None:
        if time.monotonic() < self._away_until:
            return
        try:
            # The name that channels_redis gives to a group's channel.
            self._client.publish(f"asgi__group__{group}", self.serialize(message))
        except redis.RedisError as error:
            logger.warning("Nothing can be pushed, watchers ask the database: %s", error)
            self._away_until = time.monotonic() + AWAY_SECONDS
