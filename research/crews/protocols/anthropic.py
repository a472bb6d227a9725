"""Anthropic's messages."""

import contextlib
import json
from collections.abc import Iterator
from typing import Any

from research.crews.answers import Answer, Usage, end_of, whole_number
from research.crews.protocols.reader import Json, Reader
from research.crews.provider_words import error_in

_READ = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
_WRITTEN = "output_tokens"


class AnthropicReader(Reader):
    """Reads a message, whole or as events."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer)
        self._blocks: dict[int, Json] = {}
        """The blocks that are open, by their index."""
        self._usage: dict[str, int] = {}
        self._has_begun = False
        self._has_text = False

    def read(self, data: Any) -> str:
        match data.get("type"):
            case "message":
                return self._read_whole(data)
            case "message_start":
                self._count((data.get("message") or {}).get("usage"))
            case "content_block_start":
                self._blocks[data["index"]] = block = dict(data["content_block"])
                return block.get("text") or ""
            case "content_block_delta":
                return self._grow(self._blocks.setdefault(data["index"], {}), data["delta"])
            case "content_block_stop":
                self._keep(self._blocks.pop(data["index"], {}))
            case "message_delta":
                self._end(data.get("delta") or {}, data.get("usage"))
            case "message_stop":
                self.is_complete = True
            case "error" | None:
                raise error_in(data) or KeyError("type")
        return ""

    def _read_whole(self, message: Json) -> str:
        for block in message["content"]:
            self.think(block.get("thinking") or "")
            self._keep(block)
        self._end(message, message.get("usage"))
        return "".join(block.get("text") or "" for block in message["content"])

    def _grow(self, block: Json, delta: Json) -> str:
        """Adds to an open block; returns the text among it."""
        match delta.get("type"):
            case "text_delta":
                return delta.get("text") or ""
            case "input_json_delta":
                block["json"] = block.get("json", "") + (delta.get("partial_json") or "")
            case "thinking_delta":
                block["thinking"] = (block.get("thinking") or "") + (delta.get("thinking") or "")
                self.think(delta.get("thinking") or "")
            case "signature_delta":
                block["signature"] = delta.get("signature")
        return ""

    def _keep(self, block: Json) -> None:
        """Takes in a block that is complete."""
        match block.get("type"):
            case "tool_use":
                self.calls.append(_call(block))
                self.written_aside += len(json.dumps(self.calls[-1]["input"]))
            case "thinking" | "redacted_thinking":
                self.answer.thoughts.append(block)

    def _end(self, told: Json, usage: Any) -> None:
        if reason := told.get("stop_reason"):
            self.is_complete = True
            for index in sorted(self._blocks):
                self._keep(self._blocks.pop(index))
            self.answer.end = end_of(reason)
            said = (told.get("stop_details") or {}).get("explanation")
            self.answer.words = said or f"stop_reason: {reason}"
        self._count(usage)
        if usage and _WRITTEN in self._usage:
            prompt = sum(self._usage.get(name, 0) for name in _READ)
            self.answer.usage = Usage(prompt, self._usage[_WRITTEN])

    def _count(self, usage: Any) -> None:
        """The last word on each count holds: some gateways tell all of them at the end only."""
        told = usage if isinstance(usage, dict) else {}
        for name in (*_READ, _WRITTEN):
            if (count := whole_number(told.get(name))) is not None:
                self._usage[name] = count

    def write_text(self, text: str) -> Iterator[Json]:
        yield from self._beginning()
        if not self._has_text:
            self._has_text = True
            yield _block_start(0, {"type": "text", "text": ""})
        yield _block_delta(0, {"type": "text_delta", "text": text})

    def write_end(self) -> Iterator[Json]:
        yield from self._beginning()
        if self._has_text:
            yield _block_stop(0)
        for index, call in enumerate(self.calls, start=int(self._has_text)):
            yield _block_start(index, {**call, "input": {}})
            arguments = json.dumps(call["input"])
            yield _block_delta(index, {"type": "input_json_delta", "partial_json": arguments})
            yield _block_stop(index)
        end = {"stop_reason": "tool_use" if self.calls else "end_turn"}
        yield {"type": "message_delta", "delta": end, "usage": self._told_usage()}
        yield {"type": "message_stop"}

    def _beginning(self) -> Iterator[Json]:
        if not self._has_begun:
            self._has_begun = True
            message = {"type": "message", "role": "assistant", "id": "", "content": []}
            yield {"type": "message_start", "message": message | {"usage": self._told_usage()}}

    def _told_usage(self) -> Json:
        return {name: self._usage.get(name, 0) for name in (*_READ, _WRITTEN)}

    def encode(self, event: Json) -> bytes:
        return b"event: %s\n" % event["type"].encode() + super().encode(event)


def _call(block: Json) -> Json:
    """A call of a tool. Arguments that are not JSON become none, of which the tool complains."""
    arguments = block.get("input")
    if text := block.get("json"):
        with contextlib.suppress(ValueError, RecursionError):
            arguments = json.loads(text)
    return {
        "type": "tool_use",
        "id": str(block["id"]),
        "name": str(block["name"]),
        "input": arguments if isinstance(arguments, dict) else {},
    }


def _block_start(index: int, block: Json) -> Json:
    return {"type": "content_block_start", "index": index, "content_block": block}


def _block_delta(index: int, delta: Json) -> Json:
    return {"type": "content_block_delta", "index": index, "delta": delta}


def _block_stop(index: int) -> Json:
    return {"type": "content_block_stop", "index": index}
