"""The nodes of pandoc's document tree that exports are made of, as its JSON has them.

There is no raw node among them, and no image: what a model wrote is text, to every writer.
"""

from collections.abc import Mapping, Sequence
from typing import Any

Node = dict[str, Any]
Attributes = Mapping[str, str]

API = [1, 23, 1]
_PLAIN: list[Any] = ["", [], []]
_DEFAULT = {"t": "AlignDefault"}


def attributes(id: str = "", classes: Sequence[str] = (), **others: str) -> list[Any]:
    return [id, list(classes), [[name, value] for name, value in others.items() if value]]


def text(content: str) -> Node:
    return {"t": "Str", "c": content}


def code(content: str) -> Node:
    return {"t": "Code", "c": [_PLAIN, content]}


def wrap(kind: str, inlines: Sequence[Node]) -> Node:
    """`Emph`, `Strong`, `Underline`, or a block of text: `Para`, `Plain`, `BlockQuote`."""
    return {"t": kind, "c": list(inlines)}


def bold(content: str) -> Node:
    return wrap("Strong", [text(content)])


def link(inlines: Sequence[Node], address: str, title: str = "") -> Node:
    return {"t": "Link", "c": [_PLAIN, list(inlines), [address, title]]}


def span(inlines: Sequence[Node], id: str = "", *classes: str, **others: str) -> Node:
    return {"t": "Span", "c": [attributes(id, classes, **others), list(inlines)]}


def para(*inlines: Node) -> Node:
    return wrap("Para", inlines)


def heading(level: int, inlines: Sequence[Node], id: str = "") -> Node:
    return {"t": "Header", "c": [level, attributes(id), list(inlines)]}


def div(blocks: Sequence[Node], id: str = "", *classes: str, **others: str) -> Node:
    return {"t": "Div", "c": [attributes(id, classes, **others), list(blocks)]}


def bullets(items: Sequence[Sequence[Node]]) -> Node:
    return {"t": "BulletList", "c": [list(item) for item in items]}


def numbered(items: Sequence[Sequence[Node]], start: int = 1) -> Node:
    style = [start, {"t": "Decimal"}, {"t": "Period"}]
    return {"t": "OrderedList", "c": [style, [list(item) for item in items]]}


def code_block(content: str) -> Node:
    return {"t": "CodeBlock", "c": [_PLAIN, content]}


def rule() -> Node:
    return {"t": "HorizontalRule"}


def table(head: Sequence[Sequence[Node]], rows: Sequence[Sequence[Sequence[Node]]]) -> Node:
    """A table of cells, each of them inlines; all rows are as wide as the head."""
    columns = [[_DEFAULT, {"t": "ColWidthDefault"}] for _ in head]
    body = [_PLAIN, 0, [], [_row(row) for row in rows]]
    return {
        "t": "Table",
        "c": [_PLAIN, [None, []], columns, [_PLAIN, [_row(head)]], [body], [_PLAIN, []]],
    }


def _row(cells: Sequence[Sequence[Node]]) -> list[Any]:
    return [_PLAIN, [[_PLAIN, _DEFAULT, 1, 1, [wrap("Plain", cell)]] for cell in cells]]


def document(title: str, blocks: Sequence[Node], **meta: str) -> Node:
    told = {"title": title, **meta}
    return {
        "pandoc-api-version": API,
        "meta": {name: {"t": "MetaInlines", "c": [text(said)]} for name, said in told.items()},
        "blocks": list(blocks),
    }
