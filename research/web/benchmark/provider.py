"""A model that costs nothing: a server on this machine that speaks OpenAI's protocol."""

import asyncio
import contextlib
import json
import os
import re
from collections.abc import AsyncIterator

SIMULATED = "simulated"
_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_CHUNK = {"id": "simulated", "object": "chat.completion.chunk", "created": 0, "model": SIMULATED}
_CHOICE = {"index": 0, "delta": {"content": "It is a number."}, "finish_reason": "stop"}
_BODY = f"data: {json.dumps(_CHUNK | {'choices': [_CHOICE]})}\n\ndata: [DONE]\n\n".encode()
_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: %d\r\n\r\n%b" % (
    len(_BODY),
    _BODY,
)


@contextlib.asynccontextmanager
async def simulated_provider(latency: float) -> AsyncIterator[str]:
    """The name of a model that answers after `latency` seconds.

    It stands behind HTTP on this machine, so that crews reach it the way they reach a real one.
    """

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = _LENGTH.search(head)
                await reader.readexactly(int(length[1]) if length else 0)
                await asyncio.sleep(latency)
                writer.write(_ANSWER)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, backlog=1024)
    port = server.sockets[0].getsockname()[1]
    # Of this process, which ends with the benchmark.
    os.environ |= {
        "OPENAI_API_KEY": "simulated",
        "OPENAI_BASE_URL": f"http://127.0.0.1:{port}/v1",
    }
    try:
        yield f"openai/{SIMULATED}"
    finally:
        server.close()
