"""The protocols that the scripted provider speaks: a file for each, with one script for all."""

from tests.support.protocols.anthropic import Anthropic
from tests.support.protocols.conversation import Conversation, Refusal, Reply, reply_to
from tests.support.protocols.gemini import Gemini
from tests.support.protocols.ollama import Ollama
from tests.support.protocols.openai import OpenAI
from tests.support.protocols.protocol import Protocol

PROTOCOLS: tuple[type[Protocol], ...] = (OpenAI, Ollama, Anthropic, Gemini)

__all__ = ["PROTOCOLS", "Conversation", "Protocol", "Refusal", "Reply", "reply_to"]
