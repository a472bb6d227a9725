"""Splits a result into the statements that may be claims, with what each of them cites.

Markdown is read in blocks. Its marks are blanked in place, so that a character's position in what
is judged is its position in the result.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markdown_it.token import Token

from research.claims.citing import Cited, find_citations
from research.claims.not_claims import is_claim, is_heading, is_lead, is_listed_source
from research.text.markdown import LIST_TITLE
from research.text.sentences import split

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_MARKS = re.compile(  # list marks, quote marks, boxes and the number signs of headings
    r"^[ \t]*(?:>[ \t]?|[-*+•‣▪●◦–][ \t]+(?:\[[ xX]\][ \t]+)?|\d{1,9}[.)][ \t]+|#{1,6}[ \t]+)*",
    re.M,
)
_EMPHASIS = re.compile(r"\*{1,3}|(?<![^\W_])_{1,2}|_{1,2}(?![^\W_])|~~|`+|<br\s*/?>|\\(?=[\W_])")
_IMAGE = re.compile(r"!\[[^\]\n]{0,300}\]\([^()\s]{1,2000}\)")
_BOLD_LINE = re.compile(r"(?:\*\*|__)[^*_\n]{1,150}(?:\*\*|__):?")
_CELL = re.compile(r"(?:\\.|`[^`\n]*`|[^|\\\n])+|\\|`")
_SOURCE_COLUMN = re.compile(
    r"(?:sources?|refs?|references?|citations?|quellen?|fuentes?|来源|источники?)\W*", re.IGNORECASE
)


@dataclass(frozen=True)
class Statement:
    """A sentence, bullet or cell: `plain` are its characters with marks and citations blanked.

    `lent` are citations of the end of its paragraph or row, which may be meant for it too;
    `context` is the heads of a cell's row and column.
    """

    text: str
    plain: str
    start: int
    end: int
    citations: tuple[int, ...]
    lent: tuple[int, ...] = ()
    context: str = ""
    is_cell: bool = False
    links: tuple[str, ...] = ()


@dataclass
class _Block:
    """A paragraph, or the cells of a row, from `start` to `end`."""

    start: int
    end: int
    kind: str = "paragraph"
    heads: list[str] = field(default_factory=list)


def statements(text: str, places: Mapping[str, int], known: Collection[int]) -> Iterator[Statement]:
    """The statements of a result; `places` are the addresses of sources, as `place` has them."""
    blocks = list(_blocks(text))
    found = find_citations(text, places, known, _code(blocks))
    in_list = False
    inherited: tuple[int, ...] = ()
    for block in blocks:
        if block.kind == "code":
            continue
        raw = text[block.start : block.end]
        first = raw.strip().partition("\n")[0]
        if LIST_TITLE.fullmatch(first):
            in_list = True
            continue
        if block.kind == "heading" or is_heading(raw, bool(_BOLD_LINE.fullmatch(raw.strip()))):
            in_list, inherited = False, ()
            continue
        if in_list:
            continue
        if block.kind == "row":
            yield from _row(text, block, found, known)
            continue
        parts = list(_sentences(text, block, found))
        yield from _with_lent(parts, inherited)
        inherited = _lent_to_items(raw, parts, inherited, block.kind)


def _lent_to_items(
    raw: str, parts: list[Statement], before: tuple[int, ...], kind: str
) -> tuple[int, ...]:
    """What `According to [1]:` cites holds for the list behind it."""
    if raw.rstrip(" \t\r\n*_").endswith((":", "\uff1a")):
        return parts[-1].citations if parts else ()
    return before if kind == "item" else ()


def _with_lent(parts: list[Statement], inherited: tuple[int, ...]) -> Iterator[Statement]:
    lent: tuple[int, ...] = inherited
    backwards = []
    for part in reversed(parts):
        lent = part.citations or lent
        backwards.append((part, () if part.citations else lent))
    for part, lends in reversed(backwards):
        if is_claim(part.plain) and not is_lead(part.plain, bool(part.citations)):
            yield Statement(**{**part.__dict__, "lent": lends})


def _sentences(text: str, block: _Block, found: Cited) -> Iterator[Statement]:
    raw = text[block.start : block.end]
    if is_listed_source(raw, found.within(block.start, block.end)):
        return
    plain = plain_of(raw, block.start, found)
    for start, end in split(_for_splitting(raw, plain, block.start, found)):
        if statement := _statement(text, plain, block.start, start, end, found):
            yield statement


def _for_splitting(raw: str, plain: str, offset: int, found: Cited) -> str:
    """The text with its citations in a form that the splitter knows to close a sentence."""
    signs = list(plain)
    for start, end in found.spans(offset, offset + len(raw)):
        at, to = start - offset, end - offset
        if to - at >= 3:
            signs[at:to] = "[1" + "1" * (to - at - 3) + "]" if to - at < 60 else " " * (to - at)
    return "".join(signs)


def _statement(
    text: str, plain: str, offset: int, start: int, end: int, found: Cited
) -> Statement | None:
    lead = len(plain[start:end]) - len(plain[start:end].lstrip())
    if not plain[start:end].strip():
        return None
    first, last = offset + start + lead, offset + end
    while first > offset + start and text[first - 1] in "*_`[":
        first -= 1
        lead -= 1
    return Statement(
        text[first:last],
        plain[start + lead : end],
        first,
        last,
        found.within(offset + start, last),
        links=found.links(offset + start, last),
    )


def _row(text: str, block: _Block, found: Cited, known: Collection[int]) -> Iterator[Statement]:
    cells = _cells(text, block)
    heads = block.heads
    whole = found.within(block.start, block.end)
    for at, (start, end) in enumerate(cells):
        if at < len(heads) and _SOURCE_COLUMN.fullmatch(heads[at]):
            numbers = [int(n) for n in re.findall(r"\d{1,4}", text[start:end]) if n.isascii()]
            whole += tuple(n for n in numbers if n in known and n not in whole)
    row_head = ""
    for at, (start, end) in enumerate(cells):
        plain = plain_of(text[start:end], start, found)
        head = heads[at] if at < len(heads) else ""
        if at == 0:
            row_head = " ".join(plain.split())
            if len(cells) > 1 and not (found.within(start, end) and len(row_head.split()) > 5):
                continue
        if _SOURCE_COLUMN.fullmatch(head) or not is_claim(plain):
            continue
        own = found.within(start, end)
        statement = _statement(text, plain, start, 0, end - start, found)
        if statement:
            context = f"{row_head} {head}" if len(cells) > 1 else head
            lent = () if own else whole
            yield Statement(
                **{**statement.__dict__, "lent": lent, "context": context, "is_cell": True}
            )


def _cells(text: str, block: _Block) -> list[tuple[int, int]]:
    """Where the cells of a row stand, without the white space around them."""
    cells: list[tuple[int, int]] = []
    line = text[block.start : block.end].rstrip()
    for match in _CELL.finditer(line, len(line) - len(line.lstrip(" \t>|"))):
        inner = match[0].strip()
        start = block.start + match.start() + len(match[0]) - len(match[0].lstrip())
        if cells or inner or not line.lstrip().startswith("|"):
            cells.append((start, start + len(inner)))
    return cells


def plain_of(raw: str, offset: int, found: Cited) -> str:
    """The text with the same length, where marks and citations are blanks."""
    plain = _MARKS.sub(_blank, raw)
    plain = _IMAGE.sub(_blank, plain)
    plain = _EMPHASIS.sub(_blank, plain)
    signs = list(plain)
    for start, end in found.blanks(offset, offset + len(raw)):
        signs[start - offset : end - offset] = " " * (end - start)
    return "".join(signs)


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"\S", " ", match[0])


# Blocks ---------------------------------------------------------------------------------------


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 20}).enable("table")
    parser.disable(["reference", "html_block"])
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser


_PARSER = _parser()


def _blocks(text: str) -> Iterator[_Block]:
    starts = [match.start() for match in _LINE.finditer(text) if match[0]]
    starts.append(len(text))
    heads: list[str] = []
    opened: list[str] = []
    for token in _PARSER.parse(text.encode("utf-8", "replace").decode() if text else ""):
        opened.append(token.type)
        if token.type == "table_open":
            heads = []
        if token.map is None:
            continue
        start, end = starts[min(token.map[0], len(starts) - 1)], starts[_last(token, starts)]
        match token.type:
            case "fence" | "code_block":
                yield _Block(start, end, "code")
            case "tr_open" if "tbody_open" in opened or heads:
                yield _Block(start, end, "row", heads)
            case "tr_open":
                row = _Block(start, end, "row")
                heads = [" ".join(text[a:b].strip("*_ ").split()) for a, b in _cells(text, row)]
            case "inline" if not _is_cell(opened):
                kind = opened[-2] if len(opened) > 1 else ""
                named = "heading" if kind == "heading_open" else _kind(opened)
                yield _Block(start, end, named)


def _last(token: Token, starts: list[int]) -> int:
    return min((token.map or [0, 0])[1], len(starts) - 1)


def _is_cell(opened: list[str]) -> bool:
    return opened[-2:-1] in (["td_open"], ["th_open"])


def _kind(opened: list[str]) -> str:
    return "item" if opened[-3:-2] == ["list_item_open"] else "paragraph"


def _code(blocks: list[_Block]) -> list[tuple[int, int]]:
    return [(block.start, block.end) for block in blocks if block.kind == "code"]
