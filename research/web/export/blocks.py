"""A result, which is a model's Markdown, as a tree of text: cited, and marked where it fails."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from markdown_it.tree import SyntaxTreeNode

from research.text.claim_spans import Claims, find_claims
from research.text.cleaning import MAX_TEXT, cut
from research.text.direction import is_right_to_left
from research.text.markdown import OWN_LIST_HINT, Dialect, Known
from research.web.export import ast
from research.web.export.ast import Node
from research.web.export.snapshot import Claim, Topic

DEEPEST = 6  # lists and quotes within each other; what is deeper stands at this depth
MOST_COLUMNS = 12  # of a table on paper; the rows of a wider one become lists
DEEPEST_HEADING = 6
_WORD_JOINER = "\u2060"

_PARSER = Dialect()
find_claims(_PARSER)


def result_of(topic: Topic, top_heading: int) -> list[Node]:
    """The blocks of a topic's result, and notes on what does not hold in it.

    Its highest heading has the level `top_heading`.
    """
    text = cut(topic.result, MAX_TEXT)
    told = [claim for claim in topic.claims if claim.is_told]
    known = Known.of({source.number: source for source in topic.sources})
    tokens = _PARSER.parse(text, {"known": known, "claims": Claims(text, told)})
    writer = _Writer(topic.position, top_heading)
    blocks = writer.blocks(SyntaxTreeNode(tokens).children)
    if writer.notes:
        blocks += [ast.para(ast.bold("Notes on what does not hold, or was corrected"))]
        blocks += [ast.numbered(writer.notes)]
    return blocks


def source_anchor(position: int, number: int) -> str:
    return f"topic-{position}-source-{number}"


def table_or_lists(
    head: Sequence[Sequence[Node]], rows: Sequence[Sequence[Sequence[Node]]]
) -> list[Node]:
    """A table, unless it is too wide for paper."""
    if len(head) <= MOST_COLUMNS:
        return [ast.table(head, rows)]
    return [
        ast.bullets(
            [
                [ast.wrap("Plain", [ast.wrap("Strong", name), ast.text(": "), *cell])]
                for name, cell in zip(head, row, strict=False)
                if cell
            ]
        )
        for row in rows
    ]


@dataclass
class _Writer:
    """Writes one result's tree; knows the headings above and the corrections that are made."""

    position: int
    top_heading: int
    notes: list[list[Node]] = field(default_factory=list)
    """What is said of the marks in the text, from 1."""
    _above: list[int] = field(default_factory=list)
    _corrected: set[int] = field(default_factory=set)

    def blocks(self, nodes: Iterable[SyntaxTreeNode]) -> list[Node]:
        """Each of the outermost blocks runs its own way."""
        found = []
        for node in nodes:
            written = self._block(node, 0)
            if is_right_to_left(_text_of(node)):
                written = [ast.div(written, dir="rtl")]
            found += written
        return found

    def _block(self, node: SyntaxTreeNode, depth: int) -> list[Node]:
        match node.type:
            case "paragraph":
                return self._paragraph(node)
            case "heading":
                return [ast.heading(self._level(int(node.tag[1])), self._inlines(node))]
            case "bullet_list" | "ordered_list" if depth < DEEPEST:
                items = [self._inner(item, depth + 1) for item in node.children]
                if node.type == "bullet_list":
                    return [ast.bullets(items)]
                return [ast.numbered(items, int(node.attrs.get("start", 1)))]
            case "blockquote" if depth < DEEPEST:
                return [ast.wrap("BlockQuote", self._inner(node, depth + 1))]
            case "fence" | "code_block":
                return [ast.code_block(node.content.rstrip("\n"))]
            case "table":
                return self._table(node)
            case "hr":
                return [ast.rule()]
            case "own_list":
                return [ast.para(ast.wrap("Emph", [ast.text(OWN_LIST_HINT)]))]
        return self._inner(node, depth)

    def _inner(self, node: SyntaxTreeNode, depth: int) -> list[Node]:
        return [block for child in node.children for block in self._block(child, depth)]

    def _paragraph(self, node: SyntaxTreeNode) -> list[Node]:
        inlines = self._inlines(node)
        return [ast.wrap("Plain" if node.hidden else "Para", inlines)] if inlines else []

    def _level(self, level: int) -> int:
        """No level is left out, whatever the model wrote."""
        self._above = [*(above for above in self._above if above < level), level]
        return min(DEEPEST_HEADING, self.top_heading + len(self._above) - 1)

    def _table(self, node: SyntaxTreeNode) -> list[Node]:
        head, *rows = [
            [self._inlines(cell) for cell in row.children]
            for part in node.children
            for row in part.children
        ]
        return table_or_lists(head, rows)

    def _inlines(self, block: SyntaxTreeNode) -> list[Node]:
        """Of a block whose only child holds its text."""
        found = [node for inline in block.children for node in self._each(inline.children)]
        return [node for node in found if node.get("c") != []]  # emphasis of what was replaced

    def _each(self, nodes: Sequence[SyntaxTreeNode]) -> Iterator[Node]:
        for node in nodes:
            yield from self._inline(node)

    def _inline(self, node: SyntaxTreeNode) -> Iterator[Node]:
        match node.type:
            case "text" | "formula" | "text_special":
                yield from [ast.text(node.content)] if node.content else []
            case "code_inline":
                yield ast.code(node.content)
            case "softbreak":
                yield {"t": "SoftBreak"}
            case "hardbreak":
                yield {"t": "LineBreak"}
            case "em" | "strong":
                kind = "Emph" if node.type == "em" else "Strong"
                yield ast.wrap(kind, list(self._each(node.children)))
            case "link":
                yield ast.link(list(self._each(node.children)), str(node.attrs.get("href", "")))
            case "citation":
                yield self._citation(node.meta, _is_citation(node.previous_sibling))
            case "unseen":
                yield from self._each(node.children)
                yield ast.bold(" [an address never seen]")
            case "claim":
                yield from self._claim(node)
            case "claim_mark":
                yield from (ast.text(" "), self._mark(node.meta["claim"]))

    def _claim(self, node: SyntaxTreeNode) -> Iterator[Node]:
        """What is claimed or, in its place, what a person corrected it to."""
        claim: Claim = node.meta["claim"]
        if not claim.correction:
            yield from self._each(node.children)
        elif claim.start not in self._corrected:
            self._corrected.add(claim.start)
            yield ast.wrap("Underline", [ast.text(claim.correction)])

    def _mark(self, claim: Claim) -> Node:
        """`[≠ differs 3]`, which leads to the third note."""
        number = len(self.notes) + 1
        anchor = f"topic-{self.position}-note-{number}"
        note = ast.span([ast.text(claim.note)], anchor)
        self.notes.append([ast.wrap("Plain", [note])])
        return ast.link([ast.bold(f"[{claim.sign} {claim.word} {number}]")], f"#{anchor}")

    def _citation(self, told: dict[str, Any], is_behind_another: bool) -> Node:
        number = told["number"]
        joined = _WORD_JOINER if is_behind_another else ""
        if not told["is_known"]:
            return ast.bold(f"{joined}[{number}, a source never seen]")
        shown = f"{number}" if told["is_worded"] else f"[{number}]"
        return ast.link([ast.text(joined + shown)], f"#{source_anchor(self.position, number)}")


def _is_citation(node: SyntaxTreeNode | None) -> bool:
    return node is not None and node.type == "citation"


def _text_of(node: SyntaxTreeNode) -> str:
    """Enough of a block's text to tell which way it runs."""
    return next((each.content for each in node.walk() if each.content.strip()), "")
