"""What a search of the history has found, with its words marked."""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from research.runs.findings import label
from research.runs.models import Run
from research.runs.models.topic_queries import words_of
from research.runs.search import EXCERPT, found_in

MAX_TITLE = 160  # characters of a topic


@dataclass(frozen=True)
class Find:
    """A topic that holds words of a search."""

    position: int
    url: str
    title: SafeString
    excerpt: SafeString
    rests_on: str
    """`nothing found`, `no source cited`; empty where the result cites its sources."""


def finds_in(runs: Sequence[Run], query: str) -> dict[uuid.UUID, list[Find]]:
    """What was found in each run; one query."""
    pattern = _pattern(query)
    return {
        run: [_find(topic, pattern) for topic in topics]
        for run, topics in found_in(runs, query).items()
    }


def _find(topic: Any, pattern: re.Pattern[str]) -> Find:
    return Find(
        topic.position,
        reverse("topic", args=[topic.run_id, topic.position]),
        _marked(_cut(topic.text, MAX_TITLE), pattern),
        _marked(_excerpt(topic, pattern), pattern),
        label(topic),
    )


def _excerpt(topic: Any, pattern: re.Pattern[str]) -> str:
    """A piece of a result in whole words; nothing where it holds none of the words."""
    text: str = topic.excerpt
    if not pattern.search(text):
        return ""
    if len(text) == EXCERPT:
        text = text.rpartition(" ")[0] + " …"
    if topic.start > 1:
        text = "… " + text.partition(" ")[2]
    return " ".join(text.split())


def _cut(text: str, length: int) -> str:
    return text if len(text) < length else text[: length - 1].rpartition(" ")[0] + " …"


def _pattern(query: str) -> re.Pattern[str]:
    longest_first = sorted(words_of(query), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first)) or "(?!)", re.IGNORECASE)


def _marked(text: str, pattern: re.Pattern[str]) -> SafeString:
    """The text with the words in <mark>; all of it is escaped."""
    end, parts = 0, []
    for match in pattern.finditer(text):
        parts += [escape(text[end : match.start()]), f"<mark>{escape(match[0])}</mark>"]
        end = match.end()
    return mark_safe("".join([*parts, escape(text[end:])]))  # noqa: S308 escaped just here
