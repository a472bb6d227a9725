"""Markdown: rendered, then read as HTML, since it may hold HTML itself."""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore, inline

from research.library.blocks import Reading
from research.library.readers import html

MAX_MARKED_UP = 5_000  # characters of a paragraph: the parser's time grows with their square

_FRONT_MATTER = re.compile(r"\A---\n(.*?)\n(---|\.\.\.)\n", re.S)
_TITLE_LINE = re.compile(r"^title:(.*)$", re.M)
_FOOTNOTE = re.compile(r"^\[\^[\w.-]+\]:.*$|\[\^[\w.-]+\]", re.M)  # which CommonMark lacks


def read(text: str) -> Reading:
    """The title is the front matter's or the first heading of the first level."""
    front_matter = _FRONT_MATTER.match(text)
    title = _TITLE_LINE.search(front_matter[1]) if front_matter else None
    body = text[front_matter.end() :] if front_matter else text
    reading = html.read(_Renderer().render(_FOOTNOTE.sub("", body)))
    named = title[1].strip().strip("'\"").strip() if title else ""
    return Reading(named, reading.blocks) if named else reading


class _Renderer(MarkdownIt):
    """CommonMark with tables; what is too long to be a paragraph is not searched for markup."""

    def __init__(self) -> None:
        super().__init__("commonmark", {"html": True})
        self.enable("table")
        self.core.ruler.at("inline", _inline)

    def validateLink(self, url: str) -> bool:
        return True  # only a link's words are kept

    def normalizeLink(self, url: str) -> str:
        return url


def _inline(state: StateCore) -> None:
    for token in state.tokens:
        if token.type == "inline" and len(token.content) > MAX_MARKED_UP:
            token.type = "text"
    inline(state)
