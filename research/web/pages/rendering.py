"""Model output as HTML: Markdown in, sanitised and cited HTML out. The only place that does it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, Protocol

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from research.runs.verdicts import SIGNS
from research.text.claim_spans import Claims, find_claims
from research.text.cleaning import MAX_TEXT
from research.text.markdown import CITATION, OWN_LIST_HINT, Dialect, Known, Source
from research.web.pages.directions import direct

TOP_HEADING = 4  # what a report's highest heading becomes: it stands under a topic's h3
MAX_TITLE = 120  # characters of a source's title at each of its citations

_CUT_NOTE = '<p class="muted">The text is longer than this page shows; this is its beginning.</p>'
_UNKNOWN = "This source was never seen by the crew"
_UNSEEN = "The crew saw no source at this address"
_OWN_LIST = f'<p class="own-list">{OWN_LIST_HINT}</p>'
_WORD_JOINER = "\u2060"
_NO_BREAK = "\u00a0"
_TABLE = re.compile(r"<table>.*?</table>", re.DOTALL)
_BLOCKS = {"p", "hr", "h2", "h3", "h4", "h5", "h6", "pre", "blockquote", "ul", "ol", "li"}
_HEADINGS = ("h2", "h3", "h4", "h5", "h6")
_TABLES = {"table", "thead", "tbody", "tr", "th", "td"}
_TAGS = _BLOCKS | _TABLES | {"a", "br", "code", "em", "ins", "span", "strong"}
_VERDICTS = {f"is-{word.replace(' ', '-')}" for word in SIGNS}


class Citable(Source, Protocol):
    """What a citation needs to know of a source."""

    title: str


@dataclass(frozen=True)
class Marked:
    """A claim of the text, the characters from `start` to `end`, as it is shown there."""

    start: int
    end: int
    anchor: str
    """The id of what a page tells of it."""
    word: str = ""
    """Its verdict; empty: it holds, and nothing is marked."""
    sign: str = ""
    reason: str = ""
    correction: str = ""


def render_markdown(
    text: str,
    sources: Mapping[int, Citable],
    anchor_prefix: str = "source-",
    where: str = "",
    top_heading: int = TOP_HEADING,
    claims: Sequence[Marked] = (),
    heading_prefix: str = "",
) -> SafeString:
    """Sanitised HTML of a model's Markdown; `[3]` links to `#<anchor_prefix>3`.

    A number that is not in `sources` is marked as one that the crew never saw, and so is an
    address at which it saw none of them. `where` is part of the names of its tables, which are
    unique on a page: `topic 7`. Claims that do not hold are marked with the reason. With a
    `heading_prefix` headings have ids: `<heading_prefix>1`, and so on. Never raises.
    """
    is_cut = len(text) > MAX_TEXT
    readable = text[:MAX_TEXT].encode("utf-8", "replace").decode()  # lone surrogates
    told = {
        "known": Known.of(sources),
        "sources": sources,
        "anchor_prefix": anchor_prefix,
        "top_heading": top_heading,
        "heading_prefix": heading_prefix,
        "claims": Claims(readable, claims),
        "claim": None,  # the one that is being written
    }
    html = _scrollable(_CLEANER.clean(_PARSER.render(readable, told)), where)
    return mark_safe(html + (_CUT_NOTE if is_cut else ""))  # noqa: S308


def _scrollable(html: str, where: str) -> str:
    """Clean HTML whose tables and code scroll by themselves, with the keyboard too."""
    numbers = count(1)
    of = f" of {where}" if where else ""

    def framed(table: re.Match[str]) -> str:
        name = f"Table {next(numbers)}{of}"
        frame = f'<div class="scroll" role="region" tabindex="0" aria-label="{name}" dir="auto">'
        return f"{frame}{table[0]}</div>"

    return _TABLE.sub(framed, html).replace("<pre>", '<pre tabindex="0" dir="ltr">')


class _Renderer(RendererHTML):
    """Writes the tokens of `research.text.markdown` that are not Markdown's own."""

    def text(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        content = tokens[index].content
        if index + 1 < len(tokens) and _starts_with_bracket(tokens[index + 1]):
            content = _stay_together(content)
        return escapeHtml(content)

    def citation(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        token = tokens[index]
        number = token.meta["number"]
        shown = f"{number}" if token.meta["is_worded"] else f"[{number}]"
        joined = _WORD_JOINER if index and tokens[index - 1].type == CITATION else ""
        if not token.meta["is_known"]:
            return f'{joined}<span class="unknown-source" title="{_UNKNOWN}">{shown}</span>'
        title = escapeHtml(env["sources"][number].title[:MAX_TITLE])
        href = f"#{env['anchor_prefix']}{number}"
        claim = f' data-claim="{env["claim"].anchor}"' if env["claim"] else ""
        return f'{joined}<a class="cite" href="{href}" title="{title}"{claim}>{shown}</a>'

    def claim_open(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        claim = env["claim"] = tokens[index].meta["claim"]
        return f'<span class="claim {_class(claim)}">' if claim.word else ""

    def claim_close(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        env["claim"] = None
        return "</span>" if tokens[index].meta["claim"].word else ""

    def claim_mark(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        """What is told of a claim, behind it; its reason is read out and printed."""
        claim: Marked = tokens[index].meta["claim"]
        if not claim.word:
            return ""
        correction = f" <ins>{escapeHtml(claim.correction)}</ins>" if claim.correction else ""
        why = f'<span class="why"> ({escapeHtml(claim.reason)})</span>' if claim.reason else ""
        return (
            f'{correction}{_NO_BREAK}<a class="claim-mark {_class(claim)}" href="#{claim.anchor}">'
            f"{claim.sign} {claim.word}{why}</a>"
        )

    def formula(self, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
        return escapeHtml(tokens[index].content)

    def unseen_open(self, *args: Any) -> str:
        return f'<span class="unseen-address" title="{_UNSEEN}">'

    def unseen_close(self, *args: Any) -> str:
        return "</span>"

    def own_list(self, *args: Any) -> str:
        return _OWN_LIST


def _class(claim: Marked) -> str:
    return f"is-{claim.word.replace(' ', '-')}"


def _starts_with_bracket(token: Token) -> bool:
    return token.type == CITATION and not token.meta["is_worded"]


def _stay_together(text: str) -> str:
    """A number stays with the word it follows."""
    return text[:-1] + _NO_BREAK if text.endswith(" ") else text


def _fit_headings(state: StateCore) -> None:
    """Fits a report's headings under the one that it stands below, leaves out no level, and
    numbers them."""
    above: list[int] = []  # the levels of the headings that the next one may belong to
    numbers, prefix = count(1), state.env["heading_prefix"]
    for token in state.tokens:
        if token.type == "heading_open":
            level = int(token.tag[1])
            above = [*(other for other in above if other < level), level]
            if prefix:
                token.attrSet("id", f"{prefix}{next(numbers)}")
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, state.env['top_heading'] + len(above) - 1)}"


_PARSER = Dialect(renderer_cls=_Renderer)
find_claims(_PARSER)
_PARSER.core.ruler.push("headings", _fit_headings)
_PARSER.core.ruler.push("directions", direct)
_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    attributes={
        "*": {"dir"},
        "a": {"href", "title", "data-claim"},
        "span": {"title"},
        "ol": {"start"},
        **{heading: {"id"} for heading in _HEADINGS},
    },
    allowed_classes={
        "a": {"cite", "claim-mark", *_VERDICTS},
        "span": {"unknown-source", "unseen-address", "claim", "why", *_VERDICTS},
        "p": {"own-list"},
    },
    url_schemes={"http", "https", "mailto"},
    url_relative=lambda url: url if url.startswith("#") else None,
    link_rel="noopener noreferrer nofollow",
)
