"""An MCP server over real HTTP in a thread of its own, which can be made to misbehave."""

import asyncio
import json
import socket
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Self

import uvicorn

from tests.support.mcp_tools import made_server

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]


class HttpServer:
    """`faults` are answers by the JSON-RPC method that they are given to, for as long as they
    stand there: (status, content type, body, headers)."""

    def __init__(self, kind: str = "http", **options: Any) -> None:
        self._kind, self._options = kind, options
        self.asked: Counter[str] = Counter()
        self.headers: dict[str, str] = {}  # of the last message
        self.faults: dict[str, tuple[int, str, bytes, dict[str, str]]] = {}
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self._start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/{'sse' if self._kind == 'sse' else 'mcp'}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.stop()

    def restart(self) -> None:
        """With no memory of its sessions."""
        self.stop()
        self.socket = socket.create_server(("127.0.0.1", self.port))
        self._start()

    def stop(self) -> None:
        self._server.should_exit = self._server.force_exit = True
        self._thread.join()
        self.socket.close()

    def _start(self) -> None:
        made = made_server(host="127.0.0.1", **self._options)
        self._app: Any = made.sse_app() if self._kind == "sse" else made.streamable_http_app()
        config = uvicorn.Config(
            self._answer, interface="asgi3", log_level="critical", timeout_graceful_shutdown=1
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._server.serve([self.socket])), daemon=True
        )
        self._thread.start()

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        self.headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        method = json.loads(body or b"{}").get("method", "")
        self.asked[method] += 1
        if fault := self.faults.get(method):
            await _send(send, *fault)
            return
        told = False

        async def again() -> Any:
            nonlocal told
            if told:
                return await receive()
            told = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app(scope, again, send)


async def _send(send: Send, status: int, kind: str, body: bytes, headers: dict[str, str]) -> None:
    named = {"content-type": kind, **headers}
    told = [(name.encode(), value.encode()) for name, value in named.items()]
    await send({"type": "http.response.start", "status": status, "headers": told})
    await send({"type": "http.response.body", "body": body})
