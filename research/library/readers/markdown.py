"""Markdown: rendered, then read as HTML, since it may hold HTML itself."""

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore, inline

from research.library.blocks import Reading
from research.library.readers import html

MAX_MARKED_UP = 5_000  # characters of a paragraph: the parser's time grows with their square

_FRONT_MATTER = re.compile(r"\A(?:---\n(.*?)\n(?:---|\.\.\.)|\+\+\+\n(.*?)\n\+\+\+)(?:\n|\Z)", re.S)
_TITLE_LINE = re.compile(r"^title[ \t]*[:=](.*)$", re.M)
_REFERENCE = re.compile(r"\[\^[\w.-]+\]")  # to a footnote, which CommonMark lacks
# A line whose text stands below it, further in: a footnote, a tab, a note that may fold.
_OPENING = re.compile(
    r"\[\^(?P<footnote>[\w.-]+)\]:[ \t]*(?P<text>.*)"
    r"|===[!+]*[ \t]+\"(?P<tab>[^\"]*)\""
    r"|(?:!!!|\?\?\?\+?)[ \t]+(?P<kind>\w[\w -]*)(?:\"(?P<note>[^\"]*)\")?"
)
_DEFINITION = re.compile(r":[ \t]+(?=\S)")
_FENCE = re.compile(r"(`{3,}|~{3,})")
INDENT = "    "
MAX_MARGIN = 8 * len(INDENT)


def read(text: str) -> Reading:
    """The title is the front matter's or the first heading of the first level."""
    front_matter = _FRONT_MATTER.match(text)
    about = (front_matter[1] or front_matter[2]) if front_matter else None
    title = _TITLE_LINE.search(about) if about else None
    body = text[front_matter.end() :] if front_matter else text
    reading = html.read(_Renderer().render(_REFERENCE.sub("", "\n".join(_plain(body)))))
    named = title[1].strip().strip("'\"").strip() if title else ""
    return Reading(named, reading.blocks) if named else reading


def _plain(text: str) -> Iterator[str]:
    """The lines, those of footnotes, tabs and notes as paragraphs of CommonMark."""
    margin, fence = "", ""
    for line in text.split("\n"):
        while line.strip() and not line.startswith(margin):
            margin = margin.removesuffix(INDENT)
        line = line.removeprefix(margin)
        if found := _FENCE.match(line.lstrip()):
            fence = "" if fence and found[1].startswith(fence) else fence or found[1]
        opening = None if fence else _OPENING.fullmatch(line.rstrip())
        if opening:
            if len(margin) < MAX_MARGIN:
                margin += INDENT
            yield from ("", _title_of(opening))
            if not opening["footnote"]:
                yield ""
        elif not fence and _DEFINITION.match(line):
            yield from ("", _DEFINITION.sub("", line))
        else:
            yield line


def _title_of(opening: re.Match[str]) -> str:
    if opening["footnote"]:
        return opening["text"]
    return opening["tab"] or opening["note"] or (opening["kind"] or "").strip().capitalize()


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
