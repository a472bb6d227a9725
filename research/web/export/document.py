"""A run as a document: its title, contents, topics, and their numbered sources."""

import re
from collections.abc import Callable, Iterator

from research.tables.cell import written
from research.text.direction import is_right_to_left
from research.web.export import ast
from research.web.export.ast import Node
from research.web.export.blocks import result_of, source_anchor, table_or_lists
from research.web.export.snapshot import Cell, Run, Source, Topic, cell_remarks

Progress = Callable[[int], object]
"""Is told how many topics are written."""

HOLDING = ("quoted", "supported")
_LANGUAGES = (("ja", "[\u3040-\u30ff]"), ("ko", "[\uac00-\ud7af]"), ("zh", "[\u4e00-\u9fff]"))
_LINKABLE = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)


def document(run: Run, has_contents: bool, progress: Progress = lambda written: None) -> Node:
    """A run as pandoc's tree; `has_contents`: with links to its topics in front of them."""
    blocks = [ast.para(ast.text(run.about))]
    if run.note:
        blocks.append(ast.para(ast.bold(run.note)))
    if run.columns:
        blocks += _table(run)
    if has_contents and len(run.topics) > 1:
        blocks.append(_contents(run))
    for done, topic in enumerate(run.topics, start=1):
        blocks.append(_topic(topic))
        progress(done)
    date = f"{run.taken_at:%Y-%m-%d}"
    return ast.document(run.title, blocks, date=date, **_direction(run.title))


def _contents(run: Run) -> Node:
    links = [[ast.wrap("Plain", [_to_topic(topic)])] for topic in run.topics]
    return ast.div([ast.para(ast.bold("Contents")), ast.bullets(links)], "contents")


def _table(run: Run) -> list[Node]:
    """What was found in each row, with its verdict; the rows of a wide table become lists."""
    head = [[ast.text("Topic")], *([ast.text(column.name)] for column in run.columns)]
    rows = [
        [[_to_topic(topic)], *(_cell(topic.cells.get(c.name), c.unit) for c in run.columns)]
        for topic in run.topics
    ]
    return table_or_lists(head, rows)


def _cell(cell: Cell | None, unit: str) -> list[Node]:
    if cell is None or cell.value is None:
        return [ast.wrap("Emph", [ast.text("not found")])] if cell else []
    mark = f" [{cell.sign} {cell.word}]" if cell.word and cell.word not in HOLDING else ""
    text = ast.text(written(cell.value, unit))
    value = ast.wrap("Underline", [text]) if cell.decided else text
    return [value, *([ast.bold(mark)] if mark else [])]


def _to_topic(topic: Topic) -> Node:
    label = ast.span([ast.text(topic.text)], **_direction(topic.text))
    return ast.link([ast.text(f"{topic.position}. "), label], f"#topic-{topic.position}")


def _topic(topic: Topic) -> Node:
    name = ast.span([ast.text(topic.text)], **_direction(topic.text))
    title = [ast.text(f"{topic.position}. "), name]
    parts = [
        ast.heading(1, title, f"topic-{topic.position}"),
        ast.div([ast.para(ast.text(remark)) for remark in topic.remarks], "", "remarks"),
        *_content(topic),
    ]
    return ast.div(parts, "", "topic", lang=_language(topic))


def _content(topic: Topic) -> Iterator[Node]:
    if topic.inputs:
        yield ast.para(ast.text("; ".join(f"{name}: {v}" for name, v in topic.inputs.items())))
    if topic.error:
        yield ast.para(ast.bold(topic.error))
    if topic.result:
        yield from result_of(topic, top_heading=2)
    for cell in topic.cells.values():
        yield from map(ast.para, map(ast.bold, cell_remarks(cell)))
    if topic.dropped:
        yield ast.para(ast.bold("Dropped, since it did not hold"))
        yield ast.bullets(
            [[ast.wrap("Plain", [ast.text(f"{text} ({why})")])] for text, why in topic.dropped]
        )
    if topic.sources:
        yield ast.para(ast.bold("Sources"))
        yield ast.bullets([[_source(topic, source)] for source in topic.sources])


def _source(topic: Topic, source: Source) -> Node:
    """`[1] Title, address, seen 2026-11-25 12:00 UTC`, which citations lead to."""
    number = ast.text(f"[{source.number}] ")
    title = ast.span([ast.text(source.title)], **_direction(source.title))
    parts = [number, title]
    if _LINKABLE.fullmatch(source.url):
        parts += [ast.text(", "), ast.link([ast.text(source.url)], source.url)]
    elif source.url:
        parts += [ast.text(f", {source.url}")]
    seen = ast.text(f", seen {source.seen_at:%Y-%m-%d %H:%M} UTC")
    return ast.wrap(
        "Plain", [ast.span([*parts, seen], source_anchor(topic.position, source.number))]
    )


def _direction(text: str) -> dict[str, str]:
    return {"dir": "rtl"} if is_right_to_left(text) else {}


def _language(topic: Topic) -> str:
    """The one whose shapes of Chinese signs are meant; empty where there are none."""
    text = topic.text + topic.result[:2_000]
    return next((name for name, signs in _LANGUAGES if re.search(signs, text)), "")
