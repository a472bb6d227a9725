"""Markdown: rendered, then read as HTML, since it may hold HTML itself."""

import re

from markdown_it import MarkdownIt

from research.library.blocks import Reading
from research.library.readers import html

_FRONT_MATTER = re.compile(r"\A---\n(.*?)\n(---|\.\.\.)\n", re.S)
_TITLE_LINE = re.compile(r"^title:\s*['\"]?(.+?)['\"]?\s*$", re.M)
_FOOTNOTE = re.compile(r"^\[\^[\w.-]+\]:.*$|\[\^[\w.-]+\]", re.M)  # which CommonMark lacks


def read(text: str) -> Reading:
    """The title is the front matter's or the first heading of the first level."""
    front_matter = _FRONT_MATTER.match(text)
    title = _TITLE_LINE.search(front_matter[1]) if front_matter else None
    body = text[front_matter.end() :] if front_matter else text
    body = _FOOTNOTE.sub("", body)
    renderer = MarkdownIt("commonmark", {"html": True}).enable("table")
    reading = html.read(renderer.render(body))
    return Reading(title[1], reading.blocks) if title else reading
