"""OpenAI's chat protocol as many servers speak it: lenient in what is read, knowing no CrewAI."""

from research.crews.protocols.chat.answer import ChatAnswer, ToolCalls
from research.crews.protocols.chat.usage import usage_in

__all__ = ["ChatAnswer", "ToolCalls", "usage_in"]
