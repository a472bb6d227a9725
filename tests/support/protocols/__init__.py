"""The protocols that the scripted provider speaks: a file for each, with one script for all."""

from tests.support.protocols.anthropic import Anthropic
from tests.support.protocols.conversation import Conversation, Refusal, Reply, reply_to
from tests.support.protocols.gemini import Gemini
from tests.support.protocols.ollama import Ollama
from tests.support.protocols.openai import OpenAI
from tests.support.protocols.protocol import Protocol

PROTOCOLS: tuple[type[Protocol], ...] = (OpenAI, Ollama, Anthropic, Gemini)
MODELS = {
    "openai": "openai/scripted",
    "ollama": "ollama/scripted",
    "anthropic": "anthropic/claude-scripted",
    "gemini": "gemini/gemini-2.5-scripted",
}
"""A model that is asked in each of them."""

__all__ = ["MODELS", "PROTOCOLS", "Conversation", "Protocol", "Refusal", "Reply", "reply_to"]
