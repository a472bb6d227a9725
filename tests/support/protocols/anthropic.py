"""Anthropic's messages."""

import json
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from tests.support.protocols.conversation import Conversation, Refusal, Reply
from tests.support.protocols.protocol import Protocol, pieces, told_usage
from tests.support.script import Behaviour, Json

ERRORS = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    503: "overloaded_error",
    529: "overloaded_error",
}
SIGNATURE = "c2lnbmVk"  # of thoughts, which come back unchanged or are refused


class Anthropic(Protocol):
    paths = ("/v1/messages",)

    def read(self, path: Mapping[str, str], headers: Mapping[str, str], body: Json) -> Conversation:
        messages = body["messages"]
        texts = [("system", text) for _, text in _texts("system", body.get("system", ""))]
        for message in messages:
            texts += _texts(message["role"], message["content"])
        return Conversation(
            model=str(body["model"]),
            stream=bool(body.get("stream")),
            texts=texts,
            tools=[
                {"name": tool["name"], "parameters": tool["input_schema"]}
                for tool in body.get("tools") or []
            ],
            turns=sum(bool(_blocks(message, "tool_use")) for message in messages),
            key=headers.get("x-api-key", ""),
        )

    def objection(self, body: Json, behaviour: Behaviour) -> str | None:
        if not isinstance(body.get("max_tokens"), int):
            return "max_tokens: Field required"
        if any(not text.strip() for text in body.get("stop_sequences") or []):
            return "stop_sequences: each stop sequence must contain non-whitespace"
        for number, message in enumerate(body["messages"]):
            if not message["content"] or any(
                not block["text"].strip() for block in _blocks(message, "text")
            ):
                return f"messages.{number}: text content blocks must be non-empty"
            calls = _blocks(message, "tool_use")
            first = message["content"][0]
            if calls and behaviour.thinking and first.get("signature") != SIGNATURE:
                return (
                    f"messages.{number}.content.0.type: Expected `thinking` or "
                    "`redacted_thinking`, but found `tool_use`"
                )
        for message, following in pairwise([*body["messages"], {"content": ""}]):
            asked = {block["id"] for block in _blocks(message, "tool_use")}
            results = {block["tool_use_id"] for block in _blocks(following, "tool_result")}
            if asked != results:
                return (
                    "messages: `tool_use` ids were found without `tool_result` blocks immediately "
                    f"after: {', '.join(sorted(asked ^ results))}"
                )
        return None

    def whole(self, conversation: Conversation, reply: Reply) -> bytes:
        content = [
            block
            | {
                "thinking": {"thinking": reply.thinking, "signature": SIGNATURE},
                "text": {"text": reply.text},
                "tool_use": {"input": json.loads(arguments or "{}")},
            }[block["type"]]
            for block, arguments in _content(reply)
        ]
        usage = _usage(conversation, reply, reply.tokens)
        message = _message(conversation, content=content, stop_reason=_stop_reason(reply))
        return json.dumps(message | usage).encode()

    def stream(self, conversation: Conversation, reply: Reply, chunks: int) -> tuple[bytes, ...]:
        return tuple(map(self.event, _events(conversation, reply, chunks)))

    def event(self, data: Any) -> bytes:
        if isinstance(data, str):
            return super().event(data)
        return f"event: {data['type']}\n".encode() + super().event(data)

    def refusal(self, refusal: Refusal) -> Json:
        error = {"type": ERRORS.get(refusal.status, "api_error"), "message": refusal.message}
        return {"type": "error", "error": error, "request_id": "req_0"}


def _texts(role: str, content: str | list[Json]) -> Iterator[tuple[str, str]]:
    """What a message says, with the results of tools apart from the rest."""
    if isinstance(content, str):
        content = [{"type": "text", "text": content}]
    for block in content:
        match block["type"]:
            case "text":
                yield role, block["text"]
            case "tool_result":
                for _, text in _texts(role, block["content"]):
                    yield "tool", text


def _blocks(message: Json, kind: str) -> list[Json]:
    content = message["content"]
    return [] if isinstance(content, str) else [each for each in content if each["type"] == kind]


def _content(reply: Reply) -> Iterator[tuple[Json, str]]:
    """The blocks of an answer as they begin, with the arguments of a call."""
    if reply.thinking:
        yield {"type": "thinking", "thinking": "", "signature": ""}, ""
    if reply.text:
        yield {"type": "text", "text": ""}, ""
    for index, (name, arguments) in enumerate(reply.calls):
        yield {"type": "tool_use", "id": f"toolu_{index}", "name": name, "input": {}}, arguments


def _deltas(block: Json, arguments: str, reply: Reply, chunks: int) -> Iterator[Json]:
    match block["type"]:
        case "thinking":
            for piece in pieces(reply.thinking, chunks):
                yield {"type": "thinking_delta", "thinking": piece}
            yield {"type": "signature_delta", "signature": SIGNATURE}
        case "text":
            for piece in pieces(reply.text, chunks):
                yield {"type": "text_delta", "text": piece}
        case "tool_use":
            yield {"type": "input_json_delta", "partial_json": ""}
            for piece in pieces(arguments, 3):
                yield {"type": "input_json_delta", "partial_json": piece}


def _events(conversation: Conversation, reply: Reply, chunks: int) -> Iterator[Json]:
    begun = _message(conversation, content=[], stop_reason=None)
    yield {"type": "message_start", "message": begun | _usage(conversation, reply, 1)}
    for index, (block, arguments) in enumerate(_content(reply)):
        yield {"type": "content_block_start", "index": index, "content_block": block}
        if index == 0:
            yield {"type": "ping"}
        for delta in _deltas(block, arguments, reply, chunks):
            yield {"type": "content_block_delta", "index": index, "delta": delta}
        yield {"type": "content_block_stop", "index": index}
    end = {"stop_reason": _stop_reason(reply), "stop_sequence": None}
    usage = _usage(conversation, reply, reply.tokens)
    yield {"type": "message_delta", "delta": end, **usage}
    yield {"type": "message_stop"}


def _message(conversation: Conversation, **more: Any) -> Json:
    return {
        "id": "msg_0",
        "type": "message",
        "role": "assistant",
        "model": conversation.model,
        "stop_sequence": None,
        **more,
    }


def _stop_reason(reply: Reply) -> str:
    return reply.finish or ("tool_use" if reply.calls else "end_turn")


def _usage(conversation: Conversation, reply: Reply, output: int) -> Json:
    counted = {
        "input_tokens": conversation.tokens,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": 0,
        "output_tokens": output,
    }
    return told_usage(reply, "usage", counted)
