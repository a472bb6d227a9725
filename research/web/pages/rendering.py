"""Model output as HTML: Markdown in, sanitised and cited HTML out. The only place that does it."""

import re
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from typing import Any, Protocol

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from research.text.cleaning import MAX_TEXT

TOP_HEADING = 4  # what a report's highest heading becomes: it stands inside a card with an h3

_CUT_NOTE = '<p class="muted">The text is longer than this page shows; this is its beginning.</p>'
_UNKNOWN = "This source was never seen by the crew"
_CITATION = re.compile(r"\[([0-9]{1,6}(?:\s*,\s*[0-9]{1,6})*)\]")
_WORD_JOINER = "\u2060"
_SCHEMES = ("http://", "https://", "mailto:")
_BLOCKS = {"p", "hr", "h4", "h5", "h6", "pre", "blockquote", "ul", "ol", "li"}
_TABLES = {"table", "thead", "tbody", "tr", "th", "td"}
_TAGS = _BLOCKS | _TABLES | {"a", "br", "code", "em", "span", "strong"}


class Citable(Protocol):
    """What a citation needs to know of a source."""

    title: str


def render_markdown(
    text: str, sources: Mapping[int, Citable], anchor_prefix: str = "source-"
) -> SafeString:
    """Sanitised HTML of a model's Markdown; `[3]` links to `#<anchor_prefix>3`.

    A number that is not in `sources` is marked as one that the crew never saw. Never raises.
    """
    is_cut = len(text) > MAX_TEXT
    readable = text[:MAX_TEXT].encode("utf-8", "replace").decode()  # lone surrogates
    html = _PARSER.render(readable, {"sources": sources, "anchor_prefix": anchor_prefix})
    return mark_safe(_CLEANER.clean(html) + (_CUT_NOTE if is_cut else ""))  # noqa: S308


class _Parser(MarkdownIt):
    """CommonMark with tables, without raw HTML, images and reference definitions.

    Definitions are out because models close with `[1]: https://…`, which is their list of sources.
    """

    def __init__(self) -> None:
        super().__init__("commonmark", {"html": False, "maxNesting": 20})
        self.enable("table").disable(["image", "reference", "html_block", "html_inline"])
        self.core.ruler.push("headings", _lower_headings)
        self.core.ruler.push("citations", _link_citations)

    def validateLink(self, url: str) -> bool:
        return url.lower().startswith(_SCHEMES)


def _lower_headings(state: StateCore) -> None:
    """Fits a report's headings under the heading of the card that they stand in."""
    headings = [t for t in state.tokens if t.type in ("heading_open", "heading_close")]
    shift = TOP_HEADING - min((int(t.tag[1]) for t in headings), default=TOP_HEADING)
    for token in headings:
        token.tag = f"h{min(6, int(token.tag[1]) + shift)}"


def _link_citations(state: StateCore) -> None:
    """Turns source numbers in running text into links; code and link texts stay as they are."""
    for block in state.tokens:
        if block.children and "[" in block.content:
            block.children = list(_cited(block.children, state.env))


def _cited(tokens: Sequence[Token], env: MutableMapping[str, Any]) -> Iterator[Token]:
    links_open = 0
    for token in tokens:
        links_open += (token.type == "link_open") - (token.type == "link_close")
        if token.type == "text" and not links_open:
            yield from _split(token.content, env)
        else:
            yield token


def _split(text: str, env: MutableMapping[str, Any]) -> Iterator[Token]:
    """A text as text tokens and citations."""
    end = 0
    for match in _CITATION.finditer(text):
        before = text[end : match.start()]
        yield _text(re.sub(" $", "\u00a0", before))  # a number stays with the word it follows
        for index, number in enumerate(re.findall("[0-9]+", match[1])):
            yield _text(_WORD_JOINER if index else "")
            yield from _citation(int(number), env)
        end = match.end()
    yield _text(text[end:])


def _citation(number: int, env: MutableMapping[str, Any]) -> Iterator[Token]:
    source = env["sources"].get(number)
    if source is None:
        tag, attributes = "span", {"class": "unknown-source", "title": _UNKNOWN}
    else:
        href = f"#{env['anchor_prefix']}{number}"
        tag, attributes = "a", {"class": "cite", "href": href, "title": source.title}
    yield Token("citation_open", tag, 1, attrs=dict(attributes))
    yield _text(f"[{number}]")
    yield Token("citation_close", tag, -1)


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


_PARSER = _Parser()
_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    attributes={"a": {"href", "title"}, "span": {"title"}, "ol": {"start"}},
    allowed_classes={"a": {"cite"}, "span": {"unknown-source"}},
    url_schemes={"http", "https", "mailto"},
    url_relative=lambda url: url if url.startswith("#") else None,
    link_rel="noopener noreferrer nofollow",
)
