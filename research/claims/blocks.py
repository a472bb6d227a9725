"""The blocks of a result's Markdown: paragraphs, items, headings, code, and rows of tables."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markdown_it.token import Token

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_CELL = re.compile(r"(?:\\.|`[^`\n]*`|[^|\\\n])+|\\|`")


@dataclass
class Block:
    """A paragraph, or the cells of a row, from `start` to `end`; `heads` are a row's."""

    start: int
    end: int
    kind: str = "paragraph"
    heads: list[str] = field(default_factory=list)


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 20}).enable("table")
    parser.disable(["reference", "html_block"])
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser


_PARSER = _parser()


_MARKDOWN = ("markdown", "md")  # languages of fences around a whole result


def blocks_of(text: str, may_be_fenced: bool = True) -> Iterator[Block]:
    """The blocks in their order; `may_be_fenced`: what a fence calls Markdown is read as such."""
    starts = [match.start() for match in _LINE.finditer(text) if match[0]]
    starts.append(len(text))
    for token, kind, heads in _tokens(text):
        start, end = (starts[min(line, len(starts) - 1)] for line in token.map or (0, 0))
        if kind == "head":
            row = Block(start, end)
            heads += [" ".join(text[a:b].strip("*_ ").split()) for a, b in cells_of(text, row)]
        elif may_be_fenced and token.info.strip().lower() in _MARKDOWN:
            inner = starts[min((token.map or [0])[0] + 1, len(starts) - 1)]
            for block in blocks_of(text[inner:end], False):
                yield Block(block.start + inner, block.end + inner, block.kind, block.heads)
        else:
            yield Block(start, end, kind, heads)


def _tokens(text: str) -> Iterator[tuple[Token, str, list[str]]]:
    """The tokens that stand for a block, what they are, and the heads of their table, a list to
    be filled."""
    heads: list[str] = []
    before = before_that = ""
    for token in _PARSER.parse(text.encode("utf-8", "replace").decode()) if text else ():
        match token.type:
            case "fence" | "code_block":
                yield token, "code", []
            case "thead_open":
                heads = []
            case "tr_open":
                yield token, "head" if before == "thead_open" else "row", heads
            case "inline" if before == "heading_open":
                yield token, "heading", []
            case "inline" if before not in ("td_open", "th_open"):
                yield token, "item" if before_that == "list_item_open" else "paragraph", []
        before, before_that = token.type, before


def code_of(blocks: list[Block]) -> list[tuple[int, int]]:
    return [(block.start, block.end) for block in blocks if block.kind == "code"]


def cells_of(text: str, block: Block) -> list[tuple[int, int]]:
    """Where the cells of a row stand, without the white space around them."""
    cells: list[tuple[int, int]] = []
    line = text[block.start : block.end].rstrip()
    for match in _CELL.finditer(line, len(line) - len(line.lstrip(" \t>|"))):
        inner = match[0].strip()
        start = block.start + match.start() + len(match[0]) - len(match[0].lstrip())
        if cells or inner or not line.lstrip().startswith("|"):
            cells.append((start, start + len(inner)))
    return cells
