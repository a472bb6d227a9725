"""A bad line between a client and a site: a TCP proxy that goes silent, cuts, and is slow."""

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, Self
from urllib.parse import urlsplit


class BadLine:
    """`url` leads to the site at `target`, over a line that the test spoils and mends."""

    def __init__(self, target: str, bytes_per_second: float | None = None) -> None:
        address = urlsplit(target)
        self._target = address.hostname, address.port
        self._rate = bytes_per_second  # towards the client; None: as fast as it goes
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._writers: set[asyncio.StreamWriter] = set()
        self._carries = asyncio.Event()

    def __enter__(self) -> Self:
        self._thread.start()
        self._carries.set()
        self._server = self._do(asyncio.start_server(self._carry, "127.0.0.1", 0))
        return self

    def __exit__(self, *raised: object) -> None:
        self.end()
        self._do(_forget_the_others())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def silence(self) -> None:
        """No byte comes through any more, and nobody is told."""
        self._loop.call_soon_threadsafe(self._carries.clear)

    def mend(self) -> None:
        """New connections work again; those that went silent have lost what was on its way."""
        self._loop.call_soon_threadsafe(self._carries.set)

    def cut(self) -> None:
        """Breaks all connections."""
        self._do(self._cut())

    def end(self) -> None:
        """Breaks all connections, and takes no further ones."""
        self._loop.call_soon_threadsafe(self._server.close)
        self.cut()

    def _do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _cut(self) -> None:
        for writer in self._writers:
            writer.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            behind = await asyncio.open_connection(*self._target)
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, behind[1]}
        await asyncio.gather(
            self._pump(reader, behind[1], None), self._pump(behind[0], writer, self._rate)
        )
        self._writers -= {writer, behind[1]}

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, rate: float | None
    ) -> None:
        try:
            while data := await reader.read(16_384):
                was_silent = not self._carries.is_set()
                await self._carries.wait()
                if was_silent:
                    break  # the line is another one now
                if rate:
                    await asyncio.sleep(len(data) / rate)
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        writer.close()


async def _forget_the_others() -> None:
    """Cancels what the loop still does."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
