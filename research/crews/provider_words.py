"""How providers say what went wrong: their words, and the shapes of JSON they put them in."""

import json
import re
from typing import Any

CONTEXT_EXCEEDED = re.compile(  # a prompt beyond the model's context window, in the words of:
    r"context[ _-]?length|context[ _-]window|context limit"  # OpenAI, vLLM, LM Studio and most
    r"|available context|exceed_context"  # llama.cpp
    r"|number of tokens to keep from the initial prompt|tokens when context"  # LM Studio
    r"|(input|prompt|context|message) is too (long|large)|prompt too long"  # Anthropic, Ollama
    r"|request_too_large|too many (input |prompt )?tokens"  # Anthropic, Cohere
    r"|token count\b.*exceed"  # Gemini, Copilot
    r"|too large for model"  # Mistral
    r"|maximum (prompt|model|input|sequence) length|longer than the (maximum )?model"  # xAI, vLLM
    r"|reduce (the|your) (length|prompt)"  # Groq
    r"|exceeded model token limit|token limit exceeded|max_input_tokens"  # Kimi and others
    r"|tokens`? \+ `max_new_tokens|range of input length",  # TGI, Qwen
    re.IGNORECASE | re.DOTALL,
)
_TOOLS = r"[`'\"]?(native )?(tool|function)(s\b|[ _-]?(use|call|choice)|\b)"
TOOLS_REFUSED = re.compile(  # tools in the protocol's own field, in the words of:
    rf"\bsupport(s|ed|ing)? (for |the |any )?{_TOOLS}"  # Ollama, OpenRouter, Bedrock
    rf"|{_TOOLS}[\w`'\" ]{{0,20}} not (yet )?(supported|enabled|available|allowed)"  # Gemini
    rf"|(unsupported|unknown|unrecognized|unexpected|extra)[\w ]{{0,30}}:? {_TOOLS}"
    r"|tool[ _]choice[`'\"]? requires|tool-call-parser|enable-auto-tool-choice"  # vLLM
    r"|tool_use_failed|failed to call a function"  # Groq, of a call that it could not read
    r"|tools param(eter)? requires",  # llama.cpp without --jinja
    re.IGNORECASE,
)
QUOTA_SPENT = re.compile(  # a plan that waiting does not fill up again, in the words of:
    r"insufficient_quota"  # OpenAI
    r"|credit balance is too low|specified API usage limits"  # Anthropic, with status 400
    r"|PerDay",  # Gemini, which names the limit: GenerateRequestsPerDayPerProjectPerModel-FreeTier
)
KEY_REFUSED = re.compile(r"API_KEY_INVALID|API key (not valid|expired)")  # Gemini, with status 400
_STATUSES = {  # what stands for a status in an error's `code`, `type` or `status`
    400: ("bad_request", "context_length_exceeded", "invalid_argument", "invalid_request_error"),
    401: ("authentication_error", "invalid_api_key", "unauthenticated"),
    402: ("billing_error", "insufficient_balance", "insufficient_quota"),
    403: ("permission_denied", "permission_error"),
    404: ("model_not_found", "not_found", "not_found_error"),
    408: ("deadline_exceeded", "timeout", "timeout_error"),
    413: ("request_too_large",),
    429: ("rate_limit_error", "rate_limit_exceeded", "resource_exhausted", "too_many_requests"),
    500: ("api_error", "internal", "internal_error", "internal_server_error", "server_error"),
    503: ("overloaded", "overloaded_error", "service_unavailable", "unavailable"),
}
_STATUS_OF = {word: status for status, words in _STATUSES.items() for word in words}
_RETRY_DELAY = re.compile(r'"retryDelay": "([\d.]+)s"')
_KEY = re.compile(r"\b(?:sk|pk|gsk|xai|pplx|nvapi|AIza)[-_]?[\w*.-]{8,}|\bBearer +\S+")


class ProviderError(Exception):
    """What a provider says went wrong in an answer whose own status is 200."""

    def __init__(self, words: str, status: int | None = None) -> None:
        super().__init__(words)
        self.status_code = status


def error_in(data: Any) -> ProviderError | None:
    """The error that a JSON document of a provider holds; None where it holds none.

    It stands under `error`, as an object or a text, perhaps in another one; or the document is it.
    """
    if not isinstance(data, dict):
        return None
    error = data.get("error")
    if not error and "error" in (data.get("object"), data.get("type")):
        error = data
    if not error and "choices" not in data:
        error = data.get("detail")  # FastAPI's
    return ProviderError(words_in(error), status_in(error)) if error else None


def words_in(error: Any) -> str:
    """The sentence in an error's JSON, wherever it stands."""
    if isinstance(error, list) and error:
        return words_in(error[0])
    if not isinstance(error, dict):
        return str(error)
    metadata = error.get("metadata")  # OpenRouter's, with what the provider behind it has said
    raw = metadata.get("raw") if isinstance(metadata, dict) else None
    for name in ("error", "message", "msg", "detail"):
        if said := error.get(name):
            return f"{words_in(said)}: {raw}" if isinstance(raw, str) else words_in(said)
    return json.dumps(error)


def status_in(error: Any) -> int | None:
    """The HTTP status that an error's JSON tells, as a number or as a word for it."""
    if isinstance(error, list) and error:
        return status_in(error[0])
    if not isinstance(error, dict):
        return None
    for name in ("code", "status", "status_code", "type"):
        told = str(error.get(name)).strip().lower()
        if told.isdecimal() and 400 <= int(told[:9]) < 600:
            return int(told)
        if told in _STATUS_OF:
            return _STATUS_OF[told]
    return status_in(error.get("error"))


def wait_in(error: Any) -> float | None:
    """The seconds that Google asks to wait, which stand in the error and in no header."""
    found = _RETRY_DELAY.search(json.dumps(error)) if error else None
    return float(found[1]) if found else None


def without_keys(words: str) -> str:
    """Words without what looks like a key: some providers repeat the one they were sent."""
    return _KEY.sub("•••", words)
