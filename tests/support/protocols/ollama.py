"""Ollama, as CrewAI asks it: OpenAI's chat completions with Ollama's own ways.

Its `/api/chat` is never asked: `ollama/…` goes to `/v1` under OLLAMA_HOST.
"""

from tests.support.protocols.conversation import Refusal
from tests.support.protocols.openai import OpenAI
from tests.support.script import Json


class Ollama(OpenAI):
    """Its thoughts have a name of their own, and its calls of tools come in one piece."""

    paths = ("/ollama/v1/chat/completions",)
    thinking = "reasoning"
    calls_at_once = True

    def refusal(self, refusal: Refusal) -> Json:
        kind = "invalid_request_error" if refusal.status == 400 else "api_error"
        error = {"message": refusal.message, "type": kind, "param": None, "code": None}
        return {"error": error}
