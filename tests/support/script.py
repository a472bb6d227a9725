"""How a scripted provider behaves, and what was asked of it; the same for every protocol."""

import json
import re
import time
from collections import Counter, deque
from dataclasses import dataclass, field, fields, replace
from typing import Any

Json = dict[str, Any]

REFUSALS = {
    "400": "This model's maximum context length is 8192 tokens.",
    "401": "Incorrect API key provided: {key}.",  # some providers do repeat the key
    "402": "Your credit balance is too low.",
    "403": "You are not allowed to use the model {model}.",
    "404": "The model {model} does not exist or you do not have access to it.",
    "413": "The request is larger than the provider takes.",
    "429": "Rate limit reached for {model}.",
    "500": "The server had an error while processing your request.",
    "503": "The engine is currently overloaded, please try again later.",
    "529": "Overloaded",
}
FAULTS = {
    *REFUSALS,
    "timeout",  # no byte ever comes
    "slow",  # each piece of the answer comes a second after the last: no read timeout helps
    "disconnect",  # the connection ends before the answer
    "disconnect_midstream",  # … in the middle of it
    "html",  # status 200 and a web page
    "bad_json",  # status 200 and half a JSON document
    "empty",  # an answer without text
}
RAW = "raw"  # the behaviour's `raw` is sent, whatever was asked
TOLD = ("status", "body", "stream")
MARKER = re.compile(r"\[\[((?:\w+=[^\s\]]+ ?)+)\]\]")


@dataclass(frozen=True)
class Behaviour:
    """How a request is answered."""

    latency: float = 0.0
    """Seconds to the first byte."""
    chunks: int = 8
    """How many pieces a streamed answer comes in."""
    chunk_delay: float = 0.0
    """Seconds between the pieces."""
    ignores_stream: bool = False
    """Answer with one JSON document whatever was asked for, as some servers do."""
    tools: bool = False
    """First call the first tool that is offered, with the topic as its text arguments."""
    tool_calls: tuple[Json | list[Json], ...] = ()
    """`{"name", "arguments"}` of the turns before the answer, in order; a list: several at once.

    `{topic}` in arguments is the topic. Those that are a text are sent as they are, JSON or not.
    """
    answer: str | None = None
    """What to say instead of three bullets about the topic."""
    thinking: str = ""
    """What the model thinks before it answers, in the protocol's own place for it."""
    finish: str | None = None
    """Why the answer ends, in the protocol's own word, in place of the usual one."""
    usage: Json | str | None = None
    """What is told of the tokens in place of the true count; "missing": nothing."""
    fault: str | None = None
    """One of FAULTS, or RAW."""
    times: int | None = None
    """How many requests meet the fault before it is over; None: all."""
    words: str | None = None
    """What a fault that has a status says, in place of the usual sentence."""
    told: str = "status"
    """How it says so: by its HTTP status, in a `body` with status 200, or amid the `stream`."""
    retry_after: float | None = None
    """Seconds, sent as a header with a fault that has a status."""
    rate: Json | None = None
    """`{"requests", "seconds"}`: more than that in any so many seconds are refused with a 429."""
    raw: Json = field(default_factory=dict)
    """What the fault `raw` sends: `{"body"}`, with `status` and `type` (of the content) if need be.

    A body that is a list is a stream: each item, as JSON unless it is a text, is one event's data.
    """


class Script:
    """A behaviour for all prompts, and changes to it for those that contain a rule's `match`."""

    def __init__(self, default: Behaviour, changes: Json) -> None:
        rules = changes.pop("rules", [])
        self.default = _changed(default, changes)
        self.rules = [(rule.pop("match"), rule) for rule in rules]
        for _, rule in self.rules:
            _changed(self.default, rule)  # a mistake is told now, not in the middle of a test
        self.met: Counter[str] = Counter()
        self.let_in: deque[float] = deque()

    def behaviour(self, prompt: str, topic: str) -> Behaviour:
        """What holds for a prompt; a fault that it meets is counted towards its `times`."""
        found = self.default
        origin = ""  # of the fault, so that each one has a count of its own
        rules = [(match, rule) for match, rule in self.rules if match in prompt]
        if marker := MARKER.search(topic):
            rules.append((topic, _parse_marker(marker[1])))
        for match, rule in rules:
            found = _changed(found, rule)
            origin = match if "fault" in rule else origin
        if found.fault and found.times is not None:
            self.met[origin] += 1
            if self.met[origin] > found.times:
                return replace(found, fault=None)
        return self._within_rate(found) if found.rate else found

    def _within_rate(self, behaviour: Behaviour) -> Behaviour:
        assert behaviour.rate is not None
        now = time.monotonic()
        while self.let_in and self.let_in[0] <= now - behaviour.rate["seconds"]:
            self.let_in.popleft()
        if len(self.let_in) < behaviour.rate["requests"]:
            self.let_in.append(now)
            return behaviour
        seconds = self.let_in[0] + behaviour.rate["seconds"] - now + 0.001
        return replace(behaviour, fault="429", retry_after=seconds)


def _changed(behaviour: Behaviour, changes: Json) -> Behaviour:
    """Raises ValueError for a name or a fault that does not exist."""
    if unknown := changes.keys() - {each.name for each in fields(Behaviour)}:
        raise ValueError(f"no such behaviour: {', '.join(sorted(unknown))}")
    if changes.get("fault") not in (None, RAW, *FAULTS):
        raise ValueError(f"no such fault: {changes['fault']}")
    if changes.get("told", "status") not in TOLD:
        raise ValueError(f"no such way to tell: {changes['told']}")
    return replace(behaviour, **changes)


def _parse_marker(text: str) -> Json:
    pairs = (pair.split("=", 1) for pair in text.split())
    return {name: value if name == "fault" else json.loads(value) for name, value in pairs}


@dataclass
class Stats:
    """What was asked of the provider and what it gave."""

    requests: int = 0
    open: int = 0
    most_open: int = 0
    cancelled: int = 0
    """Requests whose client went away before the answer was complete."""
    faults: Counter[str] = field(default_factory=Counter)
    prompt_tokens: int = 0
    completion_tokens: int = 0
    """Of complete answers."""
    recent: deque[Json] = field(default_factory=lambda: deque(maxlen=2000))
    """The last requests: `time` and `ended` (None while open) on this machine's clock, `tokens` of
    a complete answer, None of any other."""
