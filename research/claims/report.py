"""Splits a result into the statements that may be claims, with what each of them cites."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from research.claims.blocks import Block, blocks_of, code_of
from research.claims.citing import Cited, find_citations
from research.claims.not_claims import (
    is_claim,
    is_entry,
    is_heading,
    is_lead,
    is_listed_source,
    leading_numbers,
)
from research.claims.rows import row_statements
from research.claims.statement import Statement, plain_of, statement_at, with_emphasis
from research.text.markdown import LIST_TITLE
from research.text.sentences import split

_BOLD_LINE = re.compile(r"(?:\*\*|__)[^*_\n]{1,150}(?:\*\*|__):?")
_GAP = re.compile(r"(?<=[.!?\u2026。！？؟।\"'\u201d\u2019)»\]])[ \t\r\n]+\Z")
_LONGEST_GAP = 12  # characters
_LINE_END = re.compile(r"[ \t*_]*\r?\n")
_ENDS = ' \t\r\n.,;:!?。*_`"\u201d)'


def statements(text: str, places: Mapping[str, int], known: Collection[int]) -> Iterator[Statement]:
    """The statements of a result; `places` are the addresses of sources, as `place` has them."""
    blocks = list(blocks_of(text))
    found = find_citations(text, places, known, code_of(blocks))
    in_list = False
    inherited: tuple[int, ...] = ()
    for block in blocks:
        raw = text[block.start : block.end]
        if block.kind == "code":
            continue
        if LIST_TITLE.fullmatch(raw.strip().partition("\n")[0]):
            in_list = True
        elif block.kind == "heading" or is_heading(raw, bool(_BOLD_LINE.fullmatch(raw.strip()))):
            in_list, inherited = False, ()
        elif in_list and is_entry(raw, block.kind == "item"):
            yield from _entry(text, block, found)
        elif block.kind == "row":
            yield from row_statements(text, block, found, known)
        else:
            parts = list(sentences(text, block, found))
            yield from _with_lent(parts, inherited)
            inherited = _lent_to_items(raw, parts, inherited, block.kind)


def _entry(text: str, block: Block, found: Cited) -> Iterator[Statement]:
    """An entry of a list of sources, which claims that what it names is there."""
    if links := found.links(block.start, block.end):
        raw = text[block.start : block.end].rstrip()
        numbers = found.within(block.start, block.end) or leading_numbers(raw)
        end = block.start + len(raw)
        yield Statement(raw, "", block.start, end, numbers, links=links, is_entry=True)


def _lent_to_items(
    raw: str, parts: list[Statement], before: tuple[int, ...], kind: str
) -> tuple[int, ...]:
    """What `According to [1]:` cites holds for the list behind it."""
    if raw.rstrip(" \t\r\n*_").endswith((":", "\uff1a")):
        return parts[-1].citations if parts else ()
    return before if kind == "item" else ()


def _with_lent(parts: list[Statement], inherited: tuple[int, ...]) -> Iterator[Statement]:
    """The claims of a paragraph, each with what is cited behind it, or at the paragraph's start."""
    lent: tuple[int, ...] = inherited
    if parts and not any(part.citations for part in parts[1:]):
        lent = parts[0].citations or inherited
    backwards = []
    for part in reversed(parts):
        lent = part.citations or lent
        backwards.append((part, () if part.citations else lent))
    for part, lends in reversed(backwards):
        is_lead_in = is_lead(part.plain, bool(part.citations))
        if part.links or (is_claim(part.plain) and not is_lead_in):
            yield replace(part, lent=lends)


def sentences(text: str, block: Block, found: Cited) -> Iterator[Statement]:
    """The sentences of a block, claims or not."""
    raw = text[block.start : block.end]
    if is_listed_source(raw, found.within(block.start, block.end)):
        yield from _entry(text, block, found)
        return
    plain = plain_of(raw, block.start, found)
    for start, end in split(_for_splitting(raw, plain, _inside(found, block))):
        if statement := statement_at(text, plain, block.start, start, end, found):
            yield statement


def _for_splitting(raw: str, plain: str, spans: Sequence[tuple[int, int]]) -> str:
    """The text with its citations in a form that the splitter knows to close a sentence."""
    signs = list(with_emphasis(raw, plain))
    leads = bool(spans) and not plain[: spans[0][0]].strip() and plain[spans[-1][1] :].strip(_ENDS)
    for start, end in spans:
        if leads:  # `[1] One sentence. [2] Another.`
            signs[start:end] = "X" * (end - start)
            continue
        signs[start:end] = f"[{'1' * (end - start - 2)}]" if end - start >= 3 else "*"
        gap = _GAP.search(plain, max(0, start - _LONGEST_GAP), start)
        if gap:  # between the full stop and its citation
            signs[gap.start() : start] = "*" * (start - gap.start())
        if line_end := _LINE_END.match(raw, end):
            signs[line_end.end() - 1] = "\u2028"
    return "".join(signs)


def _inside(found: Cited, block: Block) -> list[tuple[int, int]]:
    """Where citations stand, counted from the start of the block."""
    spans = found.spans(block.start, block.end)
    return [(start - block.start, end - block.start) for start, end in spans]
