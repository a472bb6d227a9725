"""How good offline answers are: `python -m benchmarks.offline [TOPIC…]`.

Fills a sample library of its own, asks the offline model in `quick` and in `deep`, without a
server, and shows each answer with what is wrong with it by kind. An answer is good when its first
sentence says what the topic is, names it, comes from a source about it, is whole and short enough.
"""

import os
import re
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MODEL_CALLS = 20  # more than any task needs
FIRST_WORDS, BULLET_WORDS = 30, 19
DEFINES = re.compile(
    r"\b(?:(?:is|are) (?:an?|the|one|used|executed|wrapped|known|called|immutable|mutable)\b"
    r"|means|refers? to|denotes?|represents?|provides?|supports?|implements?|selects?|preserves?"
    r"|yields?|defines?|specif(?:y|ies)|lets?|allows?|serves?|consists?|exposes?|reads?"
    r"|(?:can|may) be (?:broken|wrapped|used|customized)|proposal that|approach to)\b"
)
HAS_VERB = re.compile(r"\b(?:is|are|was|were|can|may|must|will|has|have|does|do|should)\b")
WHOLE = re.compile(
    r"[.!?][)\"\u201d]?$| \u2026$|: \S+ \S+ .*\w$"
)  # cut, or with its list's first item


@dataclass(frozen=True)
class Expected:
    """Patterns: the words that the first sentence should begin around, and its source's title."""

    topic: str
    words: str
    source: str


FIFTEEN = [
    Expected("Python decorators", r"\bdecorator", r"^(function|class) def|^functools|^terms"),
    Expected("asyncio event loop", r"^(the|an) (asyncio )?event loop", r"^asyncio"),
    Expected("garbage collection", r"garbage", r"^gc|^objects"),
    Expected("context managers", r"^a context manager", r"context|^terms"),
    Expected("how does import work", r"^.{,20}import", r"^the .import. statement|^importlib:"),
    Expected("type hints", r"type (hints|annot)", r"^typing|annotat|proposals"),
    Expected("generators", r"generator", r"yield|^generator|^terms"),
    Expected("exception handling", r"^exceptions? |^the .try", r"^exceptions|try"),
    Expected("list comprehension", r"list.*comprehension", r"^list displays"),
    Expected("metaclasses", r"metaclass", r"metaclass|^terms"),
    Expected("pathlib", r"path", r"^pathlib"),
    Expected("logging", r"^logging|this module", r"^logging"),
    Expected("unit testing", r"unit testing", r"^unittest"),
    Expected("regular expressions", r"regular expression", r"^re\b"),
    Expected("virtual environments", r"virtual environment", r"^venv"),
]
OTHERS = [
    Expected("dataclasses", r"dataclass", r"dataclass"),
    Expected("sockets", r"socket", r"socket"),
    Expected("threading vs multiprocessing", r"thread|process", r"thread|process"),
    Expected("closures", r"closure|nested|free|scope", r""),
    Expected("iterators", r"iterator", r""),
    Expected("Django middleware", r"middleware", r"jango|middleware"),
    Expected("WebSockets", r"websocket", r"socket|channels"),
    Expected("json", r"json", r"^json"),
    Expected("argparse", r"command[- ]line|pars", r"^argparse"),
    Expected("the GIL", r"gil|interpreter lock", r""),
    Expected("descriptors", r"descriptor", r""),
    Expected("coroutines", r"coroutine", r""),
    Expected("sqlite", r"sqlite", r"sqlite"),
    Expected("unicode", r"unicode", r""),
    Expected("slicing", r"slic", r"slic|sequence"),
    Expected("itertools", r"iterat", r"itertools"),
    Expected("subprocess", r"process", r"subprocess"),
    Expected("HTTP requests with httpx", r"httpx|http", r"httpx"),
    Expected("pydantic validation", r"pydantic|validat", r"pydantic"),
    Expected("Channels consumers", r"consumer", r"channels"),
    Expected("CrewAI tasks", r"task", r"crewai"),
    Expected("What is a Python context manager?", r"context manager", r"context"),
    Expected("difference between list and tuple", r"list|tuple", r""),
    Expected("how do I read a CSV file", r"csv", r"^csv"),
]
FURTHER = [
    Expected("lambda expressions", r"lambda", r"lambda"),
    Expected("abstract base classes", r"abstract base class", r"abc"),
    Expected("namespaces and scopes", r"namespace|scope", r""),
    Expected("string formatting", r"format", r"format|string"),
    Expected("f-strings", r"f-string|formatted string|literal", r""),
    Expected("the with statement", r"with|context", r"with|context"),
    Expected("enum", r"enum", r"enum"),
    Expected("dictionaries", r"dict|mapping", r""),
    Expected("async and await", r"await|async|coroutine", r""),
    Expected("thread pools", r"thread|pool", r"concurrent|pool|thread"),
    Expected("mocking", r"mock", r"mock"),
    Expected("weak references", r"weak", r"weakref"),
    Expected("random numbers", r"random", r"random"),
    Expected("date and time", r"date|time", r"date|time"),
    Expected("operator overloading", r"operator|method", r""),
    Expected("inheritance", r"inherit|base class|subclass", r""),
    Expected("the yield statement", r"yield", r"yield"),
    Expected("named tuples", r"tuple", r""),
    Expected("asyncio queues", r"queue", r"queue"),
    Expected("environment variables", r"environ", r""),
]
UNKNOWN = [
    "football results 1998",
    "recipes for lasagne",
    "量子计算",
    "medieval history",
    "sourdough bread baking",
    "history of the Roman empire",
    "photosynthesis",
    "stock market crash of 1929",
    "symptoms of diabetes",
    "hotels in Barcelona",
]


def main(topics: Sequence[str]) -> None:
    """Asks each topic in both blueprints and prints the answers, then how many were good."""
    expected = [Expected(topic, "", "") for topic in topics] or [*FIFTEEN, *OTHERS, *FURTHER]
    good = {"quick": 0, "deep": 0}
    spent = dict.fromkeys(good, 0.0)
    for each in expected:
        for blueprint in good:
            begun = time.process_time()
            answer, sources = ask(each.topic, blueprint)
            spent[blueprint] += time.process_time() - begun
            wrong = faults(each, answer, sources)
            good[blueprint] += not wrong
            print(f"\n### {each.topic} [{blueprint}] {'; '.join(wrong) or 'good'}\n{answer}")
            for number, title in sources.items():
                print(f"    [{number}] {title}")
    for topic in [] if topics else UNKNOWN:
        for blueprint in good:
            answer, _ = ask(topic, blueprint)
            said = "good" if answer.startswith("The library holds nothing") else f"WRONG\n{answer}"
            print(f"\n### {topic} [{blueprint}] {said}")
    for blueprint, number in good.items():
        each_ms = 1000 * spent[blueprint] / len(expected)
        print(f"{blueprint}: {number} of {len(expected)} good, {each_ms:.1f} ms of CPU a topic")


def faults(expected: Expected, answer: str, sources: dict[int, str]) -> list[str]:
    """What is wrong with an answer, by kind."""
    bullets = re.findall(r"(\S.*?) \[(\d+)\](?:\s|$)", _summary(answer))
    if not bullets:
        return ["nothing found"]
    text, title = bullets[0][0].removeprefix("- "), sources.get(int(bullets[0][1]), "")
    is_title_like = not HAS_VERB.search(text) and bool(re.match(expected.source, title, re.I))
    checks = {
        "no definition": DEFINES.search(text) or is_title_like,
        "off the topic": re.search(expected.words, text, re.I),
        f"from \u201c{title}\u201d": re.search(expected.source, title, re.I),
        "a lower-case start": re.match(r"[A-Z`\"\u201c]|[a-z]+[\d._(]|websockets|aiosqlite", text),
        "not whole": WHOLE.search(text),
        "open brackets": text.count("(") == text.count(")") and not text.count("`") % 2,
        "leans on another": not re.match(
            r"(?:it|they|these|those|that|this(?! module))\b", text, re.I
        ),
    }
    if "## Summary" not in answer:
        long = [words for words, _ in bullets[1:] if len(words.split()) > BULLET_WORDS]
        checks["too long"] = len(text.split()) <= FIRST_WORDS and not long
    return [fault for fault, is_well in checks.items() if not is_well]


def _summary(answer: str) -> str:
    return answer.partition("## Summary\n\n")[2] or answer


def ask(topic: str, blueprint: str) -> tuple[str, dict[int, str]]:
    """An answer and the titles of all sources seen, by number."""
    from research.crews.llms import writers
    from research.crews.tools.sources import SourceBook
    from research.crews.tools.toolbox import make_tools

    book = SourceBook()
    tools = {tool.name: tool for tool in make_tools(["search", "read"], book, "offline")}
    text = ""
    for extract in {"quick": ["findings"], "deep": ["angles", "check", "report"]}[blueprint]:
        messages: list[dict[str, Any]] = [{"role": "user", "content": text}]
        for _ in range(MODEL_CALLS):
            writer = writers.writer_for(extract, topic, messages)
            calls = writer.next_calls() if extract != "report" else []
            if not calls:
                break
            messages.append({"role": "assistant", "tool_calls": calls})
            messages += [_used(tools, call) for call in calls]
        text = writer.text()
    return text, {number: seen.title for number, seen in book.numbered().items()}


def _used(tools: dict[str, Any], call: dict[str, Any]) -> dict[str, Any]:
    import json

    tool = tools[call["function"]["name"]]
    return {"role": "tool", "content": tool._run(**json.loads(call["function"]["arguments"]))}


if __name__ == "__main__":
    folder = os.environ.get("OFFLINE_FOLDER") or tempfile.mkdtemp()
    os.environ["DATABASE_URL"] = f"sqlite:///{Path(folder, 'library.sqlite3')}"
    os.environ["SECRET_KEY"] = "for-measuring-only-wTq0Zr7mXk-9fLJ2vBn"  # noqa: S105
    os.environ["DJANGO_SETTINGS_MODULE"] = "researchsite.settings"
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    began = time.process_time()
    call_command("library", "fill")
    print(f"filled in {time.process_time() - began:.1f} s of CPU")
    main(sys.argv[1:])
