"""Gemini's generateContent."""

import json
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from tests.support.protocols.conversation import Conversation, Refusal, Reply
from tests.support.protocols.protocol import Protocol, pieces, told_usage
from tests.support.script import Behaviour, Json

STATUSES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
}
SIGNATURE = "c2lnbmVk"  # of a call's thoughts, which comes back unchanged or is refused


class Gemini(Protocol):
    paths = (
        "/v1beta/models/{model}:{verb:generateContent}",
        "/v1beta/models/{model}:{verb:streamGenerateContent}",
    )

    def read(self, path: Mapping[str, str], headers: Mapping[str, str], body: Json) -> Conversation:
        system = body.get("systemInstruction") or {"parts": []}
        texts = list(_texts("system", system))
        for content in body["contents"]:
            texts += _texts("assistant" if content["role"] == "model" else "user", content)
        return Conversation(
            model=path["model"],
            stream=path["verb"] == "streamGenerateContent",
            texts=texts,
            tools=[
                {"name": tool["name"], "parameters": _schema(tool)}
                for tools in body.get("tools") or []
                for tool in tools["functionDeclarations"]
            ],
            turns=sum(bool(_parts(content, "functionCall")) for content in body["contents"]),
            key=headers.get("x-goog-api-key", ""),
        )

    def objection(self, body: Json, behaviour: Behaviour) -> str | None:
        for content in body["contents"]:
            if not content.get("parts"):
                return "Unable to submit request because it must include at least one parts field"
            calls = _parts(content, "functionCall")
            if calls and behaviour.thinking and calls[0].get("thoughtSignature") != SIGNATURE:
                name = calls[0]["functionCall"]["name"]
                return f"Function call is missing a thought_signature in functionCall parts: {name}"
        for content, following in pairwise([*body["contents"], {"parts": []}]):
            calls = _parts(content, "functionCall")
            if calls and len(calls) != len(_parts(following, "functionResponse")):
                return (
                    "Please ensure that the number of function response parts is equal to the "
                    "number of function call parts of the function call turn."
                )
        return None

    def whole(self, conversation: Conversation, reply: Reply) -> bytes:
        parts = _said(reply, 1)
        return json.dumps(_answer(conversation, reply, parts, _finish(reply))).encode()

    def stream(self, conversation: Conversation, reply: Reply, chunks: int) -> tuple[bytes, ...]:
        *most, last = [*_said(reply, chunks)] or [{"text": ""}]
        answers = [_answer(conversation, reply, [part]) for part in most]
        answers.append(_answer(conversation, reply, [last], _finish(reply)))
        return tuple(map(self.event, answers))

    def event(self, data: Any) -> bytes:
        return super().event(data).replace(b"\n", b"\r\n")

    def refusal(self, refusal: Refusal) -> Json:
        return {
            "error": {
                "code": refusal.status,
                "message": refusal.message,
                "status": STATUSES.get(refusal.status, "UNKNOWN"),
            }
        }


def _schema(tool: Json) -> Json | None:
    """A tool's parameters, in either of the spellings that Google's servers take."""
    return tool.get("parametersJsonSchema") or tool.get("parameters_json_schema")


def _texts(role: str, content: Json) -> Iterator[tuple[str, str]]:
    """What a turn says, with the results of tools apart from the rest."""
    for part in content["parts"]:
        if "text" in part:
            yield role, part["text"]
        elif "functionResponse" in part:
            yield "tool", str(part["functionResponse"]["response"].get("result"))


def _parts(content: Json, kind: str) -> list[Json]:
    return [part for part in content["parts"] if kind in part]


def _said(reply: Reply, chunks: int) -> Iterator[Json]:
    for piece in pieces(reply.thinking, chunks):
        yield {"text": piece, "thought": True}
    for piece in pieces(reply.text, chunks):
        yield {"text": piece}
    for name, arguments in reply.calls:
        part: Json = {"functionCall": {"name": name, "args": json.loads(arguments)}}
        yield part | ({"thoughtSignature": SIGNATURE} if reply.thinking else {})


def _finish(reply: Reply) -> str:
    return reply.finish or "STOP"


def _answer(
    conversation: Conversation, reply: Reply, parts: Any, finish: str | None = None
) -> Json:
    candidate: Json = {"content": {"parts": list(parts), "role": "model"}, "index": 0}
    if finish:
        candidate["finishReason"] = finish
    thoughts = len(reply.thinking.split())
    counted = {
        "promptTokenCount": conversation.tokens,
        "candidatesTokenCount": reply.tokens - thoughts,
        "totalTokenCount": conversation.tokens + reply.tokens,
        **({"thoughtsTokenCount": thoughts} if thoughts else {}),
    }
    return {
        "candidates": [candidate],
        **told_usage(reply, "usageMetadata", counted),
        "modelVersion": conversation.model,
        "responseId": "response-0",
    }
