"""The Python language reference, as `help()` shows it."""

import re
import sys
from collections.abc import Iterator
from pydoc_data.topics import topics

from research.library.blocks import Block, Kind, Reading
from research.library.readers import rst
from research.library.sample.texts import Text, without_noise

ORIGIN = f"Python {sys.version_info.major}.{sys.version_info.minor} language reference"

_FOOTNOTES = re.compile(r"^-\[ Footnotes? \]-.*", re.M | re.S)
_SEE_ALSO = re.compile(r"^( *)See also:[^\n]*\n(?:\n|\1 +[^\n]*\n?)*", re.M)
_QUOTED = re.compile(r'(?<![\w"\[(])"("?[^"\n]+(?:\n *[^"\n]+)?(?:"[^"\s]+"[^"\s]*)?"?)"(?![\w"])')
_NOTE_REFERENCE = re.compile(r"\s*\[\d+\](?=[\s.,;:)])")


def texts() -> Iterator[Text]:
    """Each topic, the short ones first: a long one is left without the sections told before."""
    told: set[str] = set()
    for name, topic in sorted(topics.items(), key=lambda item: (len(item[1]), item[0])):
        reading = rst.read(_as_rst(topic))
        blocks = list(without_noise(_untold(reading.blocks[1:], told)))
        title = topic.strip().split("\n", 1)[0]
        text = Text(f"language:{name}", "rst", ORIGIN, Reading(title, blocks))
        if text.is_worth_having:
            told |= {block.text for block in blocks if len(block.text) > 60}
            yield text


def _untold(blocks: list[Block], told: set[str]) -> Iterator[Block]:
    for block in blocks:
        if block.kind == Kind.HEADING or block.text not in told:
            yield block


def _as_rst(topic: str) -> str:
    """Sphinx writes `literal` as "literal" here; footnotes and pointers to elsewhere go."""
    lines = _SEE_ALSO.sub("", _FOOTNOTES.sub("", topic))
    lines = _NOTE_REFERENCE.sub("", lines)
    return "\n".join(
        paragraph if _is_literal(paragraph) else _QUOTED.sub(r"``\1``", paragraph)
        for paragraph in re.split(r"\n(?=\n)", lines)
    )


def _is_literal(paragraph: str) -> bool:
    lines = paragraph.strip("\n").split("\n")
    return lines[0].startswith(" ") and rst.looks_like_code(lines)
