"""Gemini's generateContent."""

from collections.abc import Iterator
from typing import Any

from research.crews.answers import End, Usage, end_of, whole_number
from research.crews.protocols.reader import Json, Reader
from research.crews.provider_words import error_in

_WRITTEN = ("candidates", "thoughts")  # both are paid for


class GeminiReader(Reader):
    """Reads a response, whole or in pieces, which have the same form."""

    def read(self, data: Any) -> str:
        if isinstance(data, list):  # a stream that was not asked for as server-sent events
            return "".join(map(self.read, data))
        if error := error_in(data):
            raise error
        self._count(data.get("usageMetadata"))
        self._block(data.get("promptFeedback") or {})
        candidates = data.get("candidates") or []
        if not candidates and not data.keys() & {"usageMetadata", "promptFeedback"}:
            raise KeyError("candidates")
        return "".join(self._read_candidate(candidate) for candidate in candidates[:1])

    def _read_candidate(self, candidate: Json) -> str:
        text = ""
        for part in (candidate.get("content") or {}).get("parts") or []:
            if part.get("functionCall"):
                self.calls.append(part)
                self.written_aside += len(str(part["functionCall"]))
            elif part.get("thought"):
                self.think(part.get("text") or "")
            else:
                text += part.get("text") or ""
        if reason := candidate.get("finishReason"):
            said = candidate.get("finishMessage")
            self._end(end_of(reason), said or f"finishReason: {reason}")
        return text

    def _block(self, feedback: Json) -> None:
        if reason := feedback.get("blockReason"):
            said = feedback.get("blockReasonMessage")
            self._end(End.REFUSED, said or f"blockReason: {reason}")

    def _end(self, end: End | None, words: str) -> None:
        self.is_complete = True
        self.answer.end = End.TOOLS if end is End.DONE and self.calls else end
        self.answer.words = words

    def _count(self, told: Any) -> None:
        """Each piece tells the counts so far."""
        if not isinstance(told, dict):
            return
        prompt = whole_number(told.get("promptTokenCount"))
        if prompt is not None:
            written = [whole_number(told.get(f"{kind}TokenCount")) for kind in _WRITTEN]
            self.answer.usage = Usage(prompt, sum(filter(None, written)))

    def write_text(self, text: str) -> Iterator[Json]:
        yield _response([{"text": text}])

    def write_end(self) -> Iterator[Json]:
        response = _response(self.calls, finishReason="STOP")
        if usage := self.answer.usage:
            response["usageMetadata"] = {
                "promptTokenCount": usage.prompt,
                "candidatesTokenCount": usage.completion,
                "totalTokenCount": (usage.prompt or 0) + (usage.completion or 0),
            }
        yield response


def _response(parts: list[Json], **more: str) -> Json:
    return {"candidates": [{"content": {"parts": parts, "role": "model"}, "index": 0, **more}]}
