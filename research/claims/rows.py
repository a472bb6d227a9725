"""The claims of a table: its cells, each with the heads of its row and column."""

import re
from collections.abc import Collection, Iterator
from dataclasses import replace

from research.claims.blocks import Block, cells_of
from research.claims.citing import Cited
from research.claims.not_claims import is_claim
from research.claims.statement import Statement, plain_of, statement_at, with_emphasis
from research.text.sentences import split

_SOURCE_COLUMN = re.compile(
    r"(?:sources?|refs?|references?|citations?|quellen?|fuentes?|来源|источники?)\W*", re.IGNORECASE
)
_LONGEST_HEAD = 5  # words of a row's head; a longer first cell makes a claim itself


def row_statements(
    text: str, block: Block, found: Cited, known: Collection[int]
) -> Iterator[Statement]:
    cells = cells_of(text, block)
    heads = [*block.heads, *[""] * len(cells)]
    cited = _cited_by_row(text, block, cells, found, known)
    plains = [plain_of(text[start:end], start, found) for start, end in cells]
    row_head = " ".join(plains[0].split()) if plains else ""
    has_head = len(row_head.split()) <= _LONGEST_HEAD and any(
        is_claim(plain) and not _SOURCE_COLUMN.fullmatch(head)
        for plain, head in zip(plains[1:], heads[1:], strict=False)
    )
    for at, ((start, end), plain, head) in enumerate(zip(cells, plains, heads, strict=False)):
        if (at == 0 and has_head) or _SOURCE_COLUMN.fullmatch(head):
            continue
        context = f"{row_head} {head}" if at and has_head else ""
        for first, last in split(with_emphasis(text[start:end], plain)):
            statement = statement_at(text, plain, start, first, last, found)
            if statement and is_claim(statement.plain):
                own = found.within(start, end)
                lent = cited if statement.citations else own or cited
                lent = tuple(n for n in lent if n not in statement.citations)
                yield replace(statement, lent=lent, context=context, is_cell=True)


def _cited_by_row(
    text: str,
    block: Block,
    cells: list[tuple[int, int]],
    found: Cited,
    known: Collection[int],
) -> tuple[int, ...]:
    """What a row cites anywhere; in a column of sources a bare number will do."""
    whole = found.within(block.start, block.end)
    for head, (start, end) in zip(block.heads, cells, strict=False):
        if _SOURCE_COLUMN.fullmatch(head):
            numbers = [int(n) for n in re.findall(r"[0-9]{1,4}", text[start:end])]
            whole += tuple(n for n in numbers if n in known and n not in whole)
    return whole
