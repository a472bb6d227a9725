"""A scripted model provider: a server process that speaks the OpenAI protocol over real HTTP.

    python -m tests.support.provider --port 9000 --latency 1.0

`POST /v1/chat/completions` and `GET /v1/models` are the provider's. `PUT /script` sets how it
behaves (a `Behaviour` as JSON, with `rules` for some prompts only), `GET /stats` tells what was
asked of it, `DELETE /stats` starts the counts again. A topic can carry its own behaviour as well:
`cold fusion [[fault=500 times=2]]`. Tokens are words, so that tests can add them up.
"""

import argparse
import asyncio
import hashlib
import json
import re
import subprocess
import sys
import time
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
from aiohttp import web

Json = dict[str, Any]

PROJECT = Path(__file__).resolve().parents[2]
MODELS = ("scripted", "scripted-large")
REFUSALS = {
    "400": "This model's maximum context length is 8192 tokens.",
    "401": "Incorrect API key provided: {key}.",  # some providers do repeat the key
    "403": "You are not allowed to use the model {model}.",
    "404": "The model {model} does not exist or you do not have access to it.",
    "429": "Rate limit reached for {model}.",
    "500": "The server had an error while processing your request.",
    "503": "The engine is currently overloaded, please try again later.",
}
FAULTS = {
    *REFUSALS,
    "timeout",  # no byte ever comes
    "slow",  # each piece of the answer comes a second after the last: no read timeout helps
    "disconnect",  # the connection ends before the answer
    "disconnect_midstream",  # … in the middle of it
    "html",  # status 200 and a web page
    "bad_json",  # status 200 and half a JSON document
    "empty",  # an answer without text
}
MARKER = re.compile(r"\[\[((?:\w+=[^\s\]]+ ?)+)\]\]")
TOPIC = re.compile(r"\btopic\b[^:\n]*: *(.+)")


@dataclass(frozen=True)
class Behaviour:
    """How a request is answered."""

    latency: float = 0.0
    """Seconds to the first byte."""
    chunks: int = 8
    """How many pieces a streamed answer comes in."""
    chunk_delay: float = 0.0
    """Seconds between the pieces."""
    ignores_stream: bool = False
    """Answer with one JSON document whatever was asked for, as some servers do."""
    tools: bool = False
    """First call the first tool that is offered, with the topic as its text arguments."""
    tool_calls: tuple[Json | list[Json], ...] = ()
    """`{"name", "arguments"}` of the turns before the answer, in order; a list: several at once.

    Arguments that are a text are sent as they are, whether or not they are JSON.
    """
    answer: str | None = None
    """What to say instead of three bullets about the topic."""
    fault: str | None = None
    """One of FAULTS."""
    times: int | None = None
    """How many requests meet the fault before it is over; None: all."""
    retry_after: float | None = None
    """Seconds, sent as a header with a fault that has a status."""
    rate: Json | None = None
    """`{"requests", "seconds"}`: more than that in any so many seconds are refused with a 429."""


class Script:
    """A behaviour for all prompts, and changes to it for those that contain a rule's `match`."""

    def __init__(self, default: Behaviour, changes: Json) -> None:
        rules = changes.pop("rules", [])
        self.default = _changed(default, changes)
        self.rules = [(rule.pop("match"), rule) for rule in rules]
        for _, rule in self.rules:
            _changed(self.default, rule)  # a mistake is told now, not in the middle of a test
        self.met: Counter[str] = Counter()
        self.let_in: deque[float] = deque()

    def behaviour(self, prompt: str, topic: str) -> Behaviour:
        """What holds for a prompt; a fault that it meets is counted towards its `times`."""
        found = self.default
        origin = ""  # of the fault, so that each one has a count of its own
        rules = [(match, rule) for match, rule in self.rules if match in prompt]
        if marker := MARKER.search(topic):
            rules.append((topic, _parse_marker(marker[1])))
        for match, rule in rules:
            found = _changed(found, rule)
            origin = match if "fault" in rule else origin
        if found.fault and found.times is not None:
            self.met[origin] += 1
            if self.met[origin] > found.times:
                return replace(found, fault=None)
        return self._within_rate(found) if found.rate else found

    def _within_rate(self, behaviour: Behaviour) -> Behaviour:
        assert behaviour.rate is not None
        now = time.monotonic()
        while self.let_in and self.let_in[0] <= now - behaviour.rate["seconds"]:
            self.let_in.popleft()
        if len(self.let_in) < behaviour.rate["requests"]:
            self.let_in.append(now)
            return behaviour
        seconds = self.let_in[0] + behaviour.rate["seconds"] - now + 0.001
        return replace(behaviour, fault="429", retry_after=seconds)


def _changed(behaviour: Behaviour, changes: Json) -> Behaviour:
    """Raises ValueError for a name or a fault that does not exist."""
    if unknown := changes.keys() - {each.name for each in fields(Behaviour)}:
        raise ValueError(f"no such behaviour: {', '.join(sorted(unknown))}")
    if changes.get("fault") not in (None, *FAULTS):
        raise ValueError(f"no such fault: {changes['fault']}")
    return replace(behaviour, **changes)


def _parse_marker(text: str) -> Json:
    pairs = (pair.split("=", 1) for pair in text.split())
    return {name: value if name == "fault" else json.loads(value) for name, value in pairs}


@dataclass
class Stats:
    """What was asked of the provider and what it gave."""

    requests: int = 0
    open: int = 0
    most_open: int = 0
    cancelled: int = 0
    """Requests whose client went away before the answer was complete."""
    faults: Counter[str] = field(default_factory=Counter)
    prompt_tokens: int = 0
    completion_tokens: int = 0
    """Of complete answers."""
    recent: deque[Json] = field(default_factory=lambda: deque(maxlen=2000))
    """The last requests: `time` and `ended` (None while open) on this machine's clock, `tokens` of
    a complete answer, None of any other."""


@dataclass(frozen=True)
class Reply:
    """One turn of the assistant."""

    text: str = ""
    calls: tuple[tuple[str, str], ...] = ()
    """Tool names with their arguments as JSON."""

    @property
    def tokens(self) -> int:
        return len(self.text.split()) + sum(len(arguments.split()) for _, arguments in self.calls)

    @property
    def finish_reason(self) -> str:
        return "tool_calls" if self.calls else "stop"


class Conversation:
    """A request's messages, as far as an answer depends on them."""

    def __init__(self, body: Json) -> None:
        self.model = str(body["model"])
        self.stream = bool(body.get("stream"))
        self.wants_usage = not self.stream or bool(
            (body.get("stream_options") or {}).get("include_usage")
        )
        self.tools = [tool["function"] for tool in body.get("tools") or []]
        messages = body["messages"]
        texts = [(message["role"], _text(message.get("content"))) for message in messages]
        self.prompt = "\n".join(text for _, text in texts)
        self.asked = "\n".join(text for role, text in texts if role == "user")
        self.tool_results = [text for role, text in texts if role == "tool"]
        self.turns = sum(bool(message.get("tool_calls")) for message in messages)

    @property
    def topic(self) -> str:
        """What follows "topic …:" in the task; else the first line that was asked."""
        found = TOPIC.search(self.asked)
        return found[1].strip() if found else self.asked.split("\n", 1)[0].strip()

    @property
    def tokens(self) -> int:
        return len(self.prompt.split())

    def reply(self, behaviour: Behaviour) -> Reply:
        if behaviour.fault == "empty":
            return Reply()
        if self.turns < len(behaviour.tool_calls):
            turn = behaviour.tool_calls[self.turns]
            calls = turn if isinstance(turn, list) else [turn]
            return Reply(calls=tuple((call["name"], _arguments(call)) for call in calls))
        if behaviour.tools and self.tools and not self.tool_results:
            return Reply(calls=(_call(self.tools[0], self.topic),))
        if behaviour.answer is not None:
            return Reply(behaviour.answer)
        cited = any("[1]" in result for result in self.tool_results)
        return Reply(_findings(self.topic, " [1]" if cited else ""))


def _text(content: str | list[Json] | None) -> str:
    if isinstance(content, list):
        return "\n".join(part.get("text", "") for part in content)
    return content or ""


def _arguments(call: Json) -> str:
    arguments = call["arguments"]
    return arguments if isinstance(arguments, str) else json.dumps(arguments)


def _call(tool: Json, topic: str) -> tuple[str, str]:
    schema = tool.get("parameters") or {}
    properties = schema.get("properties", {})
    texts = [
        name for name in schema.get("required", []) if properties[name].get("type") == "string"
    ]
    return tool["name"], json.dumps(dict.fromkeys(texts, topic))


def _findings(topic: str, source: str) -> str:
    return (
        f"- {topic} has been studied from several sides{source}\n"
        f"- Most accounts of {topic} agree on the main points{source}\n"
        f"- What {topic} will lead to is still open{source}"
    )


@lru_cache(maxsize=4096)
def encode(reply: Reply, model: str, prompt_tokens: int) -> bytes:
    """A whole answer as JSON."""
    message: Json = {"role": "assistant", "content": reply.text or None}
    if reply.calls:
        message["tool_calls"] = _tool_calls(reply)
    choice = {"index": 0, "message": message, "finish_reason": reply.finish_reason}
    answer = _answer("chat.completion", model, [choice])
    return json.dumps(answer | {"usage": _usage(prompt_tokens, reply)}).encode()


@lru_cache(maxsize=4096)
def encode_stream(
    reply: Reply, model: str, prompt_tokens: int, wants_usage: bool, chunks: int
) -> tuple[bytes, ...]:
    """The same answer as server-sent events."""

    def event(choices: list[Json], **more: Any) -> bytes:
        answer = _answer("chat.completion.chunk", model, choices) | more
        return b"data: " + json.dumps(answer).encode() + b"\n\n"

    def delta(content: Json, finish_reason: str | None = None) -> bytes:
        return event([{"index": 0, "delta": content, "finish_reason": finish_reason}])

    events = [delta({"role": "assistant", "content": ""})]
    events += [delta({"content": piece}) for piece in _cut(reply.text, chunks)]
    events += [delta({"tool_calls": [call]}) for call in _tool_calls(reply)]
    events.append(delta({}, reply.finish_reason))
    if wants_usage:
        events.append(event([], usage=_usage(prompt_tokens, reply)))
    return (*events, b"data: [DONE]\n\n")


def _cut(text: Any, pieces: int) -> Iterator[Any]:
    """A text or bytes in at most so many parts of about one length."""
    size = -(-len(text) // pieces) or 1
    return (text[start : start + size] for start in range(0, len(text), size))


def _answer(kind: str, model: str, choices: list[Json]) -> Json:
    return {"id": "chatcmpl-0", "object": kind, "created": 0, "model": model, "choices": choices}


def _tool_calls(reply: Reply) -> list[Json]:
    return [
        {
            "index": index,
            "id": f"call_{index}",
            "type": "function",
            "function": {"name": name, "arguments": arguments},
        }
        for index, (name, arguments) in enumerate(reply.calls)
    ]


def _usage(prompt_tokens: int, reply: Reply) -> Json:
    return {
        "prompt_tokens": prompt_tokens,
        "completion_tokens": reply.tokens,
        "total_tokens": prompt_tokens + reply.tokens,
    }


class Provider:
    """The server's handlers, its script and its counts."""

    def __init__(self, latency: float) -> None:
        self.default = Behaviour(latency=latency)
        self.script = Script(self.default, {})
        self.stats = Stats()

    def app(self) -> web.Application:
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_post("/v1/chat/completions", self.complete)
        app.router.add_get("/v1/models", self.list_models)
        app.router.add_put("/script", self.set_script)
        app.router.add_get("/stats", self.tell_stats)
        app.router.add_delete("/stats", self.reset_stats)
        return app

    async def list_models(self, request: web.Request) -> web.Response:
        models = [{"id": name, "object": "model", "owned_by": "tests"} for name in MODELS]
        return web.json_response({"object": "list", "data": models})

    async def set_script(self, request: web.Request) -> web.Response:
        try:
            self.script = Script(self.default, await request.json())
        except ValueError as error:
            return web.json_response({"error": str(error)}, status=400)
        return web.Response(status=204)

    async def tell_stats(self, request: web.Request) -> web.Response:
        return web.json_response(vars(self.stats) | {"recent": list(self.stats.recent)})

    async def reset_stats(self, request: web.Request) -> web.Response:
        self.stats = Stats(open=self.stats.open, most_open=self.stats.open)
        return web.Response(status=204)

    async def complete(self, request: web.Request) -> web.StreamResponse:
        conversation = Conversation(await request.json())
        behaviour = self.script.behaviour(conversation.prompt, conversation.topic)
        noted = self._count(conversation, behaviour)
        try:
            return await self._answer(request, conversation, behaviour, noted)
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
        self, request: web.Request, conversation: Conversation, behaviour: Behaviour, noted: Json
    ) -> web.StreamResponse:
        if behaviour.fault == "timeout":
            await asyncio.Event().wait()
        await asyncio.sleep(behaviour.latency)
        conversation.stream = conversation.stream and not behaviour.ignores_stream
        match behaviour.fault:
            case "disconnect":
                return _hang_up(request, web.Response())
            case "html":
                page = "<!doctype html><title>Sign in</title><h1>Please sign in</h1>"
                return web.Response(text=page, content_type="text/html")
            case fault if fault in REFUSALS:
                return _refusal(request, conversation, behaviour)
        reply = conversation.reply(behaviour)
        pieces = _pieces(conversation, behaviour, reply)
        response = await _send(request, conversation, behaviour, pieces)
        if behaviour.fault not in ("bad_json", "disconnect_midstream"):
            self.stats.prompt_tokens += conversation.tokens
            self.stats.completion_tokens += reply.tokens
            noted["tokens"] = conversation.tokens + reply.tokens
        return response


def _pieces(conversation: Conversation, behaviour: Behaviour, reply: Reply) -> tuple[bytes, ...]:
    """The answer's body as it is sent, bit by bit."""
    model, tokens = conversation.model, conversation.tokens
    if not conversation.stream:
        body = encode(reply, model, tokens)
        if behaviour.fault == "bad_json":
            body = body[: len(body) // 2]
        return tuple(_cut(body, behaviour.chunks))
    events = encode_stream(reply, model, tokens, conversation.wants_usage, behaviour.chunks)
    if behaviour.fault == "bad_json":
        return (*events[:2], b'data: {"id": "chatcmpl-0", "choices": [{"del\n\n')
    return events


async def _send(
    request: web.Request,
    conversation: Conversation,
    behaviour: Behaviour,
    pieces: tuple[bytes, ...],
) -> web.StreamResponse:
    kind = "text/event-stream" if conversation.stream else "application/json"
    delay = 1.0 if behaviour.fault == "slow" else behaviour.chunk_delay
    cut_off = behaviour.fault == "disconnect_midstream"
    if not delay and not cut_off:
        return web.Response(body=b"".join(pieces), content_type=kind)
    response = web.StreamResponse(headers={"Content-Type": kind})
    await response.prepare(request)
    for piece in pieces[: len(pieces) // 2] if cut_off else pieces:
        await response.write(piece)
        await asyncio.sleep(delay)
    return _hang_up(request, response) if cut_off else response


def _hang_up(request: web.Request, response: web.StreamResponse) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.close()
    return response


def _refusal(
    request: web.Request, conversation: Conversation, behaviour: Behaviour
) -> web.Response:
    key = request.headers.get("Authorization", "").removeprefix("Bearer ")
    message = REFUSALS[str(behaviour.fault)].format(key=key, model=conversation.model)
    headers = {}
    if behaviour.retry_after is not None:
        headers["Retry-After"] = f"{behaviour.retry_after:g}"
    error = {"message": message, "type": "scripted", "param": None, "code": behaviour.fault}
    return web.json_response({"error": error}, status=int(behaviour.fault or 500), headers=headers)


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

    `url` is what OPENAI_BASE_URL takes.
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
        self._control = httpx.Client(base_url=address, trust_env=False, timeout=10)

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

    def stats(self) -> Json:
        """The counts as in `Stats`."""
        stats: Json = self._control.get("/stats").raise_for_status().json()
        return stats

    def reset(self) -> None:
        """Empties script and counts."""
        self.script()
        self._control.delete("/stats").raise_for_status()

    def stop(self) -> None:
        """Ends the process; calls that are open are cut off."""
        self._control.close()
        self._process.terminate()
        self._process.wait(timeout=10)
        if self._process.stdout is not None:
            self._process.stdout.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=0, help="0: any free one")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds to the first byte")
    arguments = parser.parse_args()
    asyncio.run(serve(arguments.port, arguments.latency))
