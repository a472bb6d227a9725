"""A scripted model provider: a server process that speaks several protocols over real HTTP.

    python -m tests.support.provider --port 9000 --latency 1.0

The protocols stand in `tests/support/protocols`, and `GET /v1/models` is the provider's too, as
is Ollama's own list of models.
`PUT /script` sets how it behaves (a `Behaviour` as JSON, with `rules` for some prompts only),
`GET /stats` tells what was asked of it, `GET /last` the last request's body, `DELETE /stats` starts
the counts again. A topic can carry its own behaviour as well: `cold fusion [[fault=500 times=2]]`.
Tokens are words, so that tests can add them up.
"""

import argparse
import asyncio
import hashlib
import json
import subprocess
import sys
import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
from aiohttp import web

from tests.support.patience import patient
from tests.support.protocols import PROTOCOLS, Conversation, Protocol, Refusal, Reply, reply_to
from tests.support.protocols.protocol import pieces
from tests.support.script import RAW, REFUSALS, Behaviour, Json, Script, Stats

PROJECT = Path(__file__).resolve().parents[2]
MODELS = ("scripted", "scripted-large")


class Provider:
    """The server's handlers, its script and its counts."""

    def __init__(self, latency: float) -> None:
        self.default = Behaviour(latency=latency)
        self.script = Script(self.default, {})
        self.stats = Stats()
        self.last: Json = {}  # the last request's body

    def app(self) -> web.Application:
        app = web.Application(client_max_size=64 * 1024 * 1024)
        for kind in PROTOCOLS:
            answer = partial(self.answer, kind())
            for path in kind.paths:
                app.router.add_post(path, answer)
        app.router.add_get("/v1/models", self.list_models)
        app.router.add_get("/ollama/api/tags", self.list_tags)
        app.router.add_put("/script", self.set_script)
        app.router.add_get("/stats", self.tell_stats)
        app.router.add_get("/last", self.tell_last)
        app.router.add_delete("/stats", self.reset_stats)
        return app

    async def list_models(self, request: web.Request) -> web.Response:
        models = [{"id": name, "object": "model", "owned_by": "tests"} for name in MODELS]
        return web.json_response({"object": "list", "data": models})

    async def list_tags(self, request: web.Request) -> web.Response:
        return web.json_response({"models": [{"name": name, "size": 1} for name in MODELS]})

    async def set_script(self, request: web.Request) -> web.Response:
        try:
            self.script = Script(self.default, await request.json())
        except ValueError as error:
            return web.json_response({"error": str(error)}, status=400)
        return web.Response(status=204)

    async def tell_stats(self, request: web.Request) -> web.Response:
        return web.json_response(vars(self.stats) | {"recent": list(self.stats.recent)})

    async def tell_last(self, request: web.Request) -> web.Response:
        return web.json_response(self.last)

    async def reset_stats(self, request: web.Request) -> web.Response:
        self.stats = Stats(open=self.stats.open, most_open=self.stats.open)
        return web.Response(status=204)

    async def answer(self, protocol: Protocol, request: web.Request) -> web.StreamResponse:
        """Answers a request in its protocol, as the script says."""
        body = self.last = await request.json()
        conversation = protocol.read(request.match_info, request.headers, body)
        behaviour = self.script.behaviour(conversation.prompt, conversation.topic)
        if words := protocol.objection(body, behaviour):
            behaviour = replace(behaviour, fault="400", words=words, told="status")
        noted = self._count(conversation, behaviour)
        try:
            return await self._answer(request, protocol, conversation, behaviour, noted)
        except (asyncio.CancelledError, ConnectionResetError):
            self.stats.cancelled += 1
            raise
        finally:
            self.stats.open -= 1
            noted["ended"] = time.time()

    def _count(self, conversation: Conversation, behaviour: Behaviour) -> Json:
        stats = self.stats
        stats.requests += 1
        stats.open += 1
        stats.most_open = max(stats.most_open, stats.open)
        if behaviour.fault:
            stats.faults[behaviour.fault] += 1
        noted = {
            "time": time.time(),
            "ended": None,
            "model": conversation.model,
            "key": conversation.key,
            "stream": conversation.stream,
            "had_tools": bool(conversation.tools),
            "topic": conversation.topic,
            "asked": conversation.asked[:200],
            "digest": hashlib.sha256(ascii(conversation.prompt).encode()).hexdigest()[:16],
            "tokens": None,
        }
        stats.recent.append(noted)
        return noted

    async def _answer(
        self,
        request: web.Request,
        protocol: Protocol,
        conversation: Conversation,
        behaviour: Behaviour,
        noted: Json,
    ) -> web.StreamResponse:
        if behaviour.fault == "timeout":
            await asyncio.Event().wait()
        await asyncio.sleep(behaviour.latency)
        conversation.stream = conversation.stream and not behaviour.ignores_stream
        match behaviour.fault:
            case "disconnect":
                return _hang_up(request, web.Response())
            case "html":
                return web.Response(text=protocol.html, content_type="text/html")
            case fault if fault == RAW:
                return _raw(protocol, behaviour)
            case fault if fault in REFUSALS and behaviour.told != "stream":
                return _refusal(protocol, conversation, behaviour)
        reply = reply_to(conversation, behaviour)
        parts = _parts(protocol, conversation, behaviour, reply)
        response = await _send(request, conversation, behaviour, parts)
        if behaviour.fault in (None, "slow", "empty"):
            self.stats.prompt_tokens += conversation.tokens
            self.stats.completion_tokens += reply.tokens
            noted["tokens"] = conversation.tokens + reply.tokens
        return response


def _parts(
    protocol: Protocol, conversation: Conversation, behaviour: Behaviour, reply: Reply
) -> tuple[bytes, ...]:
    """The answer's body as it is sent, bit by bit."""
    if not conversation.stream:
        body = protocol.whole(conversation, reply)
        if behaviour.fault == "bad_json":
            body = body[: len(body) // 2]
        return tuple(pieces(body, behaviour.chunks))
    events = protocol.stream(conversation, reply, behaviour.chunks)
    if behaviour.fault == "bad_json":
        return (*events[:3], events[3].rstrip()[:-8] + b"\n\n")
    if behaviour.fault in REFUSALS:
        refusal = Refusal.of(behaviour, conversation)
        return (*events[: len(events) // 2], protocol.refusal_event(refusal))
    return events


async def _send(
    request: web.Request,
    conversation: Conversation,
    behaviour: Behaviour,
    parts: tuple[bytes, ...],
) -> web.StreamResponse:
    kind = "text/event-stream" if conversation.stream else "application/json"
    delay = 1.0 if behaviour.fault == "slow" else behaviour.chunk_delay
    cut_off = behaviour.fault == "disconnect_midstream"
    if not delay and not cut_off:
        return web.Response(body=b"".join(parts), content_type=kind)
    response = web.StreamResponse(headers={"Content-Type": kind})
    await response.prepare(request)
    for number, part in enumerate(parts[: len(parts) // 2] if cut_off else parts):
        await asyncio.sleep(delay if number else 0)
        await response.write(part)
    return _hang_up(request, response) if cut_off else response


def _hang_up(request: web.Request, response: web.StreamResponse) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.close()
    return response


def _refusal(protocol: Protocol, conversation: Conversation, behaviour: Behaviour) -> web.Response:
    refusal = Refusal.of(behaviour, conversation)
    headers = {}
    if behaviour.retry_after is not None:
        headers["Retry-After"] = f"{behaviour.retry_after:g}"
    status = 200 if behaviour.told == "body" else refusal.status
    return web.json_response(protocol.refusal(refusal), status=status, headers=headers)


def _raw(protocol: Protocol, behaviour: Behaviour) -> web.Response:
    """What a test wrote out in full."""
    raw = behaviour.raw
    body, kind = raw["body"], "application/json"
    if isinstance(body, list):
        body, kind = b"".join(map(protocol.event, body)), "text/event-stream"
    elif not isinstance(body, str):
        body = json.dumps(body)
    return web.Response(
        body=body, content_type=raw.get("type", kind), status=raw.get("status", 200)
    )


async def serve(port: int, latency: float) -> None:
    """Serves until the process ends, and says where on stdout once it does."""
    # handler_cancellation: a client that goes away is seen at once, and counted.
    runner = web.AppRunner(Provider(latency).app(), access_log=None, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, backlog=2048).start()
    print(f"http://127.0.0.1:{runner.addresses[0][1]}", flush=True)
    await asyncio.Event().wait()


class ScriptedProvider:
    """The server as a process of its own, with its controls.

    `url` is what OPENAI_BASE_URL takes; for other protocols see `tests.support.site.asking`.
    """

    def __init__(self, latency: float = 0.0, port: int = 0) -> None:
        command = [
            sys.executable,
            "-m",
            "tests.support.provider",
            f"--port={port}",
            f"--latency={latency}",
        ]
        self._process = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        address = self._process.stdout.readline().strip()
        if not address:
            raise RuntimeError("The scripted provider did not start; see its stderr above.")
        self.url = f"{address}/v1"
        self._control = httpx.Client(base_url=address, trust_env=False, timeout=patient(10))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def script(self, *rules: Json, **behaviour: Any) -> None:
        """Replaces the script: a Behaviour's fields, and rules `{"match": text, …}` for some."""
        body = json.dumps({**behaviour, "rules": rules})  # as ASCII: lone surrogates get through
        answer = self._control.put("/script", content=body)
        if answer.is_error:
            raise ValueError(answer.json()["error"])

    def last_request(self) -> Json:
        """The body of the last request, in its protocol."""
        body: Json = self._control.get("/last").raise_for_status().json()
        return body

    def stats(self) -> Json:
        """The counts as in `Stats`."""
        stats: Json = self._control.get("/stats").raise_for_status().json()
        return stats

    def reset(self) -> None:
        """Empties script and counts."""
        self.script()
        self.reset_counts()

    def reset_counts(self) -> None:
        self._control.delete("/stats").raise_for_status()

    def stop(self) -> None:
        """Ends the process; calls that are open are cut off."""
        self._control.close()
        self._process.terminate()
        self._process.wait(timeout=patient(10))
        if self._process.stdout is not None:
            self._process.stdout.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds to the first byte")
    arguments = parser.parse_args()
    asyncio.run(serve(arguments.port, arguments.latency))
