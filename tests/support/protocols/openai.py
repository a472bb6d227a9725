"""OpenAI's chat completions, which most other providers speak too."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from tests.support.protocols.conversation import Conversation, Refusal, Reply
from tests.support.protocols.protocol import Protocol, pieces, told_usage
from tests.support.script import Json


class OpenAI(Protocol):
    paths = ("/v1/chat/completions",)
    thinking = "reasoning_content"
    """Where thoughts are told, as DeepSeek and its kin do."""
    calls_at_once = False
    """All calls of tools in one piece, with the index 0 for each, as Ollama has sent them."""

    def read(self, path: Mapping[str, str], headers: Mapping[str, str], body: Json) -> Conversation:
        messages = body["messages"]
        stream = bool(body.get("stream"))
        return Conversation(
            model=str(body["model"]),
            stream=stream,
            texts=[(message["role"], _text(message.get("content"))) for message in messages],
            tools=[tool["function"] for tool in body.get("tools") or []],
            turns=sum(bool(message.get("tool_calls")) for message in messages),
            key=headers.get("Authorization", "").removeprefix("Bearer "),
            wants_usage=not stream or bool((body.get("stream_options") or {}).get("include_usage")),
        )

    def whole(self, conversation: Conversation, reply: Reply) -> bytes:
        return _whole(reply, self.thinking, conversation.model, conversation.tokens)

    def stream(self, conversation: Conversation, reply: Reply, chunks: int) -> tuple[bytes, ...]:
        tokens = conversation.tokens if conversation.wants_usage else None
        return _stream(reply, self.thinking, self.calls_at_once, conversation.model, tokens, chunks)

    def refusal(self, refusal: Refusal) -> Json:
        error = {"message": refusal.message, "type": "scripted", "param": None}
        return {"error": error | {"code": str(refusal.status)}}


def _text(content: str | list[Json] | None) -> str:
    if isinstance(content, list):
        return "\n".join(part.get("text", "") for part in content)
    return content or ""


@lru_cache(maxsize=4096)
def _whole(reply: Reply, thinking: str, model: str, prompt_tokens: int) -> bytes:
    message: Json = {"role": "assistant", "content": reply.text or None}
    if reply.thinking:
        message[thinking] = reply.thinking
    if reply.calls:
        message["tool_calls"] = _tool_calls(reply)
    choice = {"index": 0, "message": message, "finish_reason": _finish(reply)}
    answer = _answer("chat.completion", model, [choice])
    return json.dumps(answer | _usage(prompt_tokens, reply)).encode()


@lru_cache(maxsize=4096)
def _stream(
    reply: Reply,
    thinking: str,
    calls_at_once: bool,
    model: str,
    prompt_tokens: int | None,
    chunks: int,
) -> tuple[bytes, ...]:
    """Without `prompt_tokens`, no usage is told."""

    def event(choices: list[Json], **more: Any) -> bytes:
        answer = _answer("chat.completion.chunk", model, choices) | more
        return b"data: " + json.dumps(answer).encode() + b"\n\n"

    def delta(content: Json, finish_reason: str | None = None) -> bytes:
        return event([{"index": 0, "delta": content, "finish_reason": finish_reason}])

    events = [delta({"role": "assistant", "content": ""})]
    events += [delta({thinking: piece}) for piece in pieces(reply.thinking, chunks)]
    events += [delta({"content": piece}) for piece in pieces(reply.text, chunks)]
    calls = _tool_calls(reply)
    if calls and calls_at_once:
        events.append(delta({"tool_calls": [call | {"index": 0} for call in calls]}))
    else:
        events += [delta({"tool_calls": [call]}) for call in calls]
    events.append(delta({}, _finish(reply)))
    if prompt_tokens is not None and (usage := _usage(prompt_tokens, reply)):
        events.append(event([], **usage))
    return (*events, b"data: [DONE]\n\n")


def _answer(kind: str, model: str, choices: list[Json]) -> Json:
    return {"id": "chatcmpl-0", "object": kind, "created": 0, "model": model, "choices": choices}


def _finish(reply: Reply) -> str:
    return reply.finish or ("tool_calls" if reply.calls else "stop")


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
    counted = {
        "prompt_tokens": prompt_tokens,
        "completion_tokens": reply.tokens,
        "total_tokens": prompt_tokens + reply.tokens,
    }
    return told_usage(reply, "usage", counted)
