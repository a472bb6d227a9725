"""Markdown: rendered, then read as HTML, since it may hold HTML itself."""

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore, inline

from research.library.blocks import Reading
from research.library.readers import html
from research.library.readers.markdown import dialects, front_matter

MAX_MARKED_UP = 5_000  # characters of a paragraph: the parser's time grows with their square


def read(text: str) -> Reading:
    """The title is the front matter's or the first heading of the first level."""
    about, body = front_matter.split(text)
    reading = html.read(_Renderer().render(dialects.plain(f"{about.about}\n\n{body}")))
    return Reading(about.title or reading.title, reading.blocks)


class _Renderer(MarkdownIt):
    """CommonMark with tables; what is too long to be a paragraph is not searched for markup."""

    def __init__(self) -> None:
        super().__init__("commonmark", {"html": True})
        self.enable(["table", "strikethrough"])
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
