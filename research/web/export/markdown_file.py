"""A run as Markdown: each result as its crew wrote it, with marks, and its sources.

A result stays as it is but for what a viewer might run or fetch: raw HTML, images, and links that
are not to the web.
"""

import re
from collections.abc import Iterator, Sequence

from research.web.export.inert import inert
from research.web.export.snapshot import Claim, Run, Source, Topic, cell_remarks

_SIGNS = re.compile(r"[\\`*_{}\[\]<>|#~]")


def as_markdown(run: Run) -> Iterator[str]:
    """In pieces."""
    yield f"# {plain(run.title)}\n\n{plain(run.about)}\n"
    if run.note:
        yield f"\n**{plain(run.note)}**\n"
    for topic in run.topics:
        yield "\n" + "\n\n".join(_topic(topic)) + "\n"


def _topic(topic: Topic) -> Iterator[str]:
    yield f"## {topic.position}. {plain(topic.text)}"
    state, *remarks = topic.remarks
    yield " ".join([f"*{plain(state)}*", *map(plain, remarks)])
    if topic.error:
        yield f"**{plain(topic.error)}**"
    if topic.inputs:
        yield "; ".join(f"{plain(name)}: {plain(value)}" for name, value in topic.inputs.items())
    if topic.result:
        yield with_marks(topic.result, topic.claims)
    for cell in topic.cells.values():
        yield from (f"**{plain(remark)}**" for remark in cell_remarks(cell))
    if topic.dropped:
        yield "**Dropped, since it did not hold:**"
        yield "\n".join(f"- {plain(text)} ({plain(why)})" for text, why in topic.dropped)
    if topic.sources:
        yield "**Sources**"
        yield "\n".join(map(_source, topic.sources))


def with_marks(text: str, claims: Sequence[Claim]) -> str:
    """A result with a mark behind what does not hold, and corrections in their places."""
    pieces, at = [], 0
    for claim in sorted((c for c in claims if c.is_told), key=lambda claim: claim.end):
        start, end = max(at, claim.start), max(at, min(claim.end, len(text)))
        if claim.correction:
            pieces += [text[at:start], f"{plain(claim.correction)} **\\[{plain(claim.note)}\\]**"]
        else:
            pieces += [text[at:end], f" **\\[{plain(claim.note)}\\]**"]
        at = end
    return inert("".join([*pieces, text[at:]]))


def _source(source: Source) -> str:
    address = source.url if re.fullmatch(r"https?://[^\s<>]+", source.url) else ""
    seen = f"seen {source.seen_at:%Y-%m-%d %H:%M} UTC"
    where = f" <{address}>" if address else ""
    return f"- \\[{source.number}\\] {plain(source.title)}{where}, {seen}"


def plain(text: str) -> str:
    """A text in one line, whose signs mean nothing in Markdown."""
    return _SIGNS.sub(r"\\\g<0>", " ".join(text.split()))
