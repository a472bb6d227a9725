"""The Markdown that models write, as tokens: with citations, addresses and maths told apart.

Pages render these tokens and a topic's finding counts them, so both see the same citations.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Literal, Protocol

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML, RendererProtocol
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from research.text import citations
from research.text.addresses import ADDRESS, place, trimmed

CITATION = "citation"
"""Type of a token whose `meta` has `number`, `is_known` and `is_worded`."""
UNSEEN = "unseen"
"""Types of tokens around an address at which the crew saw no source: `unseen_open`, `_close`."""
OWN_LIST = "own_list"
"""Type of a token behind the title of a list of sources that names addresses never seen."""

OWN_LIST_HINT = (
    "The model wrote this list itself. The crew saw no source at the addresses that are marked."
)
"""What is said there."""

# Without one of them there is nothing to mark.
_SIGNS = ("[", "【", "(", "\uff3b", "\u3014", "<", "ource", "www.", "://")
_WEB = ("http://", "https://", "www.")
_SCHEMES = ("http://", "https://", "mailto:")
_LONGEST_FORMULA = 2_000  # characters
_FORMULAS = {r"\(": r"\)", r"\[": r"\]", "$$": "$$", "$": "$"}
_PRICE = re.compile(  # `$5 and US$`, or `$ME and $YOU`: what stands between is prose
    r"\d.*?(?<![\\A-Za-z])[A-Za-z]{2,}|.*?(?<![\\A-Za-z])[A-Za-z]{3,}[,.]?\s+[A-Za-z]{2,}",
    re.DOTALL,
)
_NUMBERS_ONLY = re.compile(r"[\d\s,;^-]*\Z")  # `\[1\]`, a bracket that somebody has escaped
_DEFINITION = re.compile(r"\s*\[\^?[^\[\]\s]{1,40}\]\s*:")
LIST_TITLE = re.compile(
    r"[\s*_#\d.]*(?:(?:list of|works|cited|used|further|key|main|primary|all|my)\s+)*"
    r"(?:sources|references|bibliography|citations|works cited|cited|links|reading|footnotes"
    r"|quellen|literatur|fuentes|sources citées|références)"
    r"(?:\s+(?:cited|used|consulted|list|and\s+\w+|&\s*\w+))*[\s*_]*(?::[\s*_]*)?",
    re.IGNORECASE,
)


class Source(Protocol):
    """What is to be known of a source."""

    @property
    def url(self) -> str: ...


@dataclass
class Known:
    """The sources that the crew saw, and how much of a text may still be marked."""

    numbers: Collection[int]
    by_place: Mapping[str, int]
    """Addresses, as `place` compares them, and the number of the source that is there."""
    cited: set[int] = field(default_factory=set)
    """The sources that the text has been found to cite, other than in a list of them."""
    unknown: set[int] = field(default_factory=set)
    """Numbers that the text has been found to cite, of no source that there is."""
    left: int = field(default=citations.MOST)
    """So many citations and addresses are still marked; the rest stays text."""

    @classmethod
    def of(cls, sources: Mapping[int, Source]) -> "Known":
        places = {place(source.url): number for number, source in sources.items() if source.url}
        return cls(sources.keys(), places)

    def lacks(self, address: str) -> bool:
        """Whether an address is none at which the crew saw a source."""
        return address.lower().startswith(_WEB) and place(address) not in self.by_place


class Dialect(MarkdownIt):
    """CommonMark with tables and formulas, without raw HTML, images and reference definitions.

    Definitions are out because models close with `[1]: https://…`, which is their list of sources.
    """

    def __init__(self, renderer_cls: Callable[[Any], RendererProtocol] = RendererHTML) -> None:
        super().__init__("commonmark", {"html": False, "maxNesting": 20}, renderer_cls=renderer_cls)
        self.enable("table").disable(["image", "reference", "html_block", "html_inline"])
        self.inline.ruler.before("escape", "formula", _formula)
        self.core.ruler.push("citations", _mark)

    def validateLink(self, url: str) -> bool:
        return url.lower().startswith(_SCHEMES)


def read(text: str, sources: Mapping[int, Source]) -> Known:
    """The sources, with what a text cites of them and beside them: `cited` and `unknown`."""
    known = Known.of(sources)
    _PLAIN.parse(text, {"known": known})
    return known


def _formula(state: StateInline, silent: bool) -> bool:
    r"""`$…$`, `$$…$$`, `\(…\)` and `\[…\]` stay as they are: a bracket in them cites nothing."""
    opening = next((mark for mark in _FORMULAS if state.src.startswith(mark, state.pos)), None)
    if opening is None:
        return False
    start = state.pos + len(opening)
    closing = _FORMULAS[opening]
    end = state.src.find(closing, start, min(state.posMax, start + _LONGEST_FORMULA))
    if end < 0 or not _is_formula(state, opening, start, end):
        return False
    if not silent:
        token = state.push("formula", "", 0)
        token.content = state.src[state.pos : end + len(closing)]
    state.pos = end + len(closing)
    return True


def _is_formula(state: StateInline, opening: str, start: int, end: int) -> bool:
    content = state.src[start:end]
    if not content.strip():
        return False
    if opening.startswith("\\"):
        return not _NUMBERS_ONLY.match(content)
    if opening == "$":  # a price has the same sign
        before, after = state.src[start - 2 : start - 1], state.src[end + 1 : end + 2]
        is_tight = not (content[0].isspace() or content[-1].isspace())
        return is_tight and not (before.isalnum() or after.isdecimal() or _PRICE.match(content))
    return True


def _mark(state: StateCore) -> None:
    """Puts tokens for citations and unseen addresses into the place of their text."""
    known: Known = state.env["known"]
    titles = set()
    for block, title in _with_lists(state.tokens):
        if any(sign in block.content for sign in _SIGNS):
            block.children = _Paragraph(known, title is not None).marked(block.children or [])
            if title is not None and any(t.type == f"{UNSEEN}_open" for t in block.children):
                titles.add(title)
    for title in sorted(titles, reverse=True):
        state.tokens.insert(title + 1, Token(OWN_LIST, "", 0, block=True))


def _with_lists(tokens: Sequence[Token]) -> Iterator[tuple[Token, int | None]]:
    """The tokens with text, each with where the title of the list of sources ends that it is in.

    A list begins with its title, a heading or a line of its own, and ends with the next heading.
    """
    title = None
    for index, token in enumerate(tokens):
        if token.type == "inline":
            if LIST_TITLE.fullmatch(token.content.partition("\n")[0]):
                title = index + 1
            elif tokens[index - 1].type == "heading_open":
                title = None
            yield token, title


class _Paragraph:
    """Marks the citations and the unseen addresses of one paragraph."""

    def __init__(self, known: Known, in_list: bool) -> None:
        self._known, self._in_list = known, in_list
        self._before: str | None = None  # the text in front of a token; None: a line begins

    def marked(self, tokens: Iterable[Token]) -> list[Token]:
        return list(self._mark(tokens))

    def _mark(self, tokens: Iterable[Token]) -> Iterator[Token]:
        links: list[bool] = []  # those that are open, and whether they lead to an unseen address
        for token in tokens:
            match token.type:
                case "text" if not links:
                    yield from self._split(token.content)
                    self._before = token.content
                case "link_open":
                    links.append(self._is_unseen(str(token.attrs.get("href", ""))))
                    yield from [_unseen(1), token] if links[-1] else [token]
                case "link_close":
                    yield from [token, _unseen(-1)] if links and links.pop() else [token]
                    self._before = ""
                case _:
                    yield token
                    if token.type in ("softbreak", "hardbreak"):
                        self._before = None
                    elif token.nesting == 0:  # code, a formula
                        self._before = ""

    def _cite(self, number: int | None) -> None:
        if number is not None and not self._in_list:
            self._known.cited.add(number)

    def _is_unseen(self, address: str) -> bool:
        self._cite(self._known.by_place.get(place(address)))
        if self._known.left < 1 or not self._known.lacks(address):
            return False
        self._known.left -= 1
        return True

    def _split(self, text: str) -> Iterator[Token]:
        """A text as texts, addresses and citations."""
        end = 0
        if self._before is None and (definition := _DEFINITION.match(text)):
            end = definition.end()
            yield _text(text[:end])
        before = self._before or ""
        for match in ADDRESS.finditer(text, end):
            address = trimmed(match[0])
            yield from self._cited(text[end : match.start()], before)
            before, end = "", match.start() + len(address)
            if self._is_unseen(address):
                yield from (_unseen(1), _text(address), _unseen(-1))
            else:
                yield _text(address)
        yield from self._cited(text[end:], before)

    def _cited(self, text: str, before: str) -> Iterator[Token]:
        end = 0
        found = citations.find(text, self._known.numbers, before)
        for citation in islice(found, self._known.left):
            self._known.left -= 1
            if citation.start > end:
                yield _text(text[end : citation.start])
            yield from (self._citation(citation, number) for number in citation.numbers)
            end = citation.end
        yield _text(text[end:])

    def _citation(self, citation: citations.Citation, number: int) -> Token:
        about = {
            "number": number,
            "is_known": number in self._known.numbers,
            "is_worded": citation.is_worded,
        }
        if about["is_known"]:
            self._cite(number)
        else:
            self._known.unknown.add(number)
        return Token(CITATION, "", 0, content=str(number), meta=about)


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def _unseen(nesting: Literal[1, -1]) -> Token:
    return Token(f"{UNSEEN}_{'open' if nesting == 1 else 'close'}", "span", nesting)


_PLAIN = Dialect()
