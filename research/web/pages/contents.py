"""The contents of a report, from the headings that it was rendered with."""

import html
import re
from dataclasses import dataclass

from django.utils.html import strip_tags

MOST = 60  # headings that are listed
MAX_TITLE = 90  # characters

_HEADING = re.compile(
    r'<h(?P<level>[2-6])[^>]* id="(?P<id>[^"]+)"[^>]*>(?P<title>.*?)</h', re.DOTALL
)
_CITATION = re.compile(
    r'<a class="(?:cite|claim-mark)[^>]*>.*?</a>|<span class="unknown-source".*?</span>', re.DOTALL
)


@dataclass(frozen=True)
class Heading:
    """A heading's id, its title in plain text, and how deep it stands, from 0."""

    anchor: str
    title: str
    depth: int


def contents_of(report: str) -> list[Heading]:
    """The headings of sanitised HTML; one alone is nothing to choose from."""
    found = list(_HEADING.finditer(report))[:MOST]
    if len(found) < 2:
        return []
    top = min(int(heading["level"]) for heading in found)
    return [
        Heading(heading["id"], _plain(heading["title"]), int(heading["level"]) - top)
        for heading in found
    ]


def _plain(title: str) -> str:
    text = " ".join(html.unescape(strip_tags(_CITATION.sub("", title))).split())
    return text if len(text) <= MAX_TITLE else f"{text[: MAX_TITLE - 1].rstrip()}…"
