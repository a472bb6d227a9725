"""A conversation with a scripted model, whatever protocol it is held in."""

import json
import re
from dataclasses import dataclass
from functools import cached_property

from tests.support.script import REFUSALS, Behaviour, Json

TOPIC = re.compile(r"\btopic\b[^:\n]*: *(.+)")

SHOWN = re.compile(
    r"^Source \[(?P<number>\d+)\]: .*\nAddress: .*\n(?P<text>(?:(?!Source \[).*\n?)*)", re.MULTILINE
)
SENTENCE = re.compile(r"((?:\S+ ){4,29}?\S*[^\W\d_]{2}\.(?= |$)|(?:\S+ ?){1,12})")
NOTE = re.compile(r"^- .+ \[\d+\]$", re.MULTILINE)


@dataclass
class Conversation:
    """A request, as far as an answer depends on it."""

    model: str
    stream: bool
    texts: list[tuple[str, str]]
    """Roles (`system`, `user`, `assistant`, `tool`) with what they said."""
    tools: list[Json]
    """`{"name", "parameters"}` of each that is offered."""
    turns: int
    """How often the assistant has called tools."""
    key: str = ""
    wants_usage: bool = True

    @cached_property
    def prompt(self) -> str:
        return "\n".join(text for _, text in self.texts)

    @cached_property
    def asked(self) -> str:
        return "\n".join(text for role, text in self.texts if role == "user")

    @property
    def tool_results(self) -> list[str]:
        return [text for role, text in self.texts if role == "tool"]

    @cached_property
    def topic(self) -> str:
        """What follows "topic …:" in the task; else the first line that was asked."""
        found = TOPIC.search(self.asked)
        return found[1].strip() if found else self.asked.split("\n", 1)[0].strip()

    @cached_property
    def tokens(self) -> int:
        return len(self.prompt.split())


@dataclass(frozen=True)
class Reply:
    """One turn of the assistant."""

    text: str = ""
    calls: tuple[tuple[str, str], ...] = ()
    """Tool names with their arguments as JSON."""
    thinking: str = ""
    finish: str | None = None
    """The protocol's own word, if it is not the usual one."""
    usage: str = ""
    """As JSON, if it is not the true count; "missing": nothing is told."""

    @property
    def tokens(self) -> int:
        said = [self.text, self.thinking, *(arguments for _, arguments in self.calls)]
        return sum(len(text.split()) for text in said)


@dataclass(frozen=True)
class Refusal:
    """An answer that says why there is none."""

    status: int
    message: str

    @classmethod
    def of(cls, behaviour: Behaviour, conversation: Conversation) -> "Refusal":
        words = behaviour.words or REFUSALS[str(behaviour.fault)]
        # Not format(): words that a test scripts may have braces of their own.
        message = words.replace("{key}", conversation.key).replace("{model}", conversation.model)
        return cls(int(behaviour.fault or 500), message)


def reply_to(conversation: Conversation, behaviour: Behaviour) -> Reply:
    """What the script has the assistant say next."""
    text, calls = _said(conversation, behaviour)
    usage = behaviour.usage
    return Reply(
        text=text,
        calls=calls,
        thinking=behaviour.thinking,
        finish=None if calls else behaviour.finish,
        usage=usage if isinstance(usage, str) else json.dumps(usage) if usage else "",
    )


def _said(
    conversation: Conversation, behaviour: Behaviour
) -> tuple[str, tuple[tuple[str, str], ...]]:
    if behaviour.fault == "empty":
        return "", ()
    if conversation.turns < len(behaviour.tool_calls):
        turn = behaviour.tool_calls[conversation.turns]
        calls = turn if isinstance(turn, list) else [turn]
        return "", tuple((call["name"], _arguments(call, conversation.topic)) for call in calls)
    if behaviour.tools and conversation.tools and not conversation.tool_results:
        return "", (_call(conversation.tools[0], conversation.topic),)
    if behaviour.answer is not None:
        return behaviour.answer, ()
    return _report(conversation), ()


def _arguments(call: Json, topic: str) -> str:
    arguments = call["arguments"]
    if isinstance(arguments, str):
        return arguments
    return json.dumps(arguments).replace("{topic}", json.dumps(topic)[1:-1])


def _call(tool: Json, topic: str) -> tuple[str, str]:
    schema = tool.get("parameters") or {}
    properties = schema.get("properties", {})
    texts = [
        name for name in schema.get("required", []) if properties[name].get("type") == "string"
    ]
    return tool["name"], json.dumps(dict.fromkeys(texts, topic))


def _report(conversation: Conversation) -> str:
    """Three bullets that quote what tools or earlier tasks have shown; else made-up ones."""
    quotes = [
        f"- {sentence[1]} [{source['number']}]"
        for result in conversation.tool_results
        for source in SHOWN.finditer(result)
        if (sentence := SENTENCE.match(" ".join(source["text"].split())))
    ] or NOTE.findall(conversation.asked)
    if quotes:
        return "\n\n".join(f"### {conversation.topic}\n\n{quote}" for quote in (quotes * 3)[:3])
    cited = any("[1]" in result for result in conversation.tool_results)
    return _findings(conversation.topic, " [1]" if cited else "")


def _findings(topic: str, source: str) -> str:
    return (
        f"- {topic} has been studied from several sides{source}\n"
        f"- Most accounts of {topic} agree on the main points{source}\n"
        f"- What {topic} will lead to is still open{source}"
    )
