"""The Python language reference, as `help()` shows it."""

import re
import sys
from collections.abc import Iterator
from pydoc_data.topics import topics

from research.library.blocks import Block, Kind, Reading
from research.library.readers import rst
from research.library.sample import glossary
from research.library.sample.texts import MIN_PROSE, Text, without_noise

ORIGIN = f"Python {sys.version_info.major}.{sys.version_info.minor} language reference"

LONG = 6000  # characters of a topic that is cut into its sections
SIGNATURE = 4  # the level of a heading that is a method's or a command's

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
        told |= {block.text for block in blocks if len(block.text) > 60}
        for number, (title, part) in enumerate(_parts(_title(topic), blocks)):
            text = Text(f"language:{name}:{number}", "rst", ORIGIN, Reading(title, part))
            if text.is_worth_having:
                yield text
    for name, title, entries in (
        ("terms", "Terms of the language reference", glossary.terms(topics.values())),
        ("proposals", "Python Enhancement Proposals", glossary.proposals(topics.values())),
    ):
        yield Text(f"language:{name}", "rst", ORIGIN, Reading(title, list(_entries(entries))))


def _entries(entries: dict[str, str]) -> Iterator[Block]:
    for name, said in entries.items():
        yield Block(Kind.HEADING, name, 2)
        yield from rst.read(_as_rst(said)).blocks


def _title(topic: str) -> str:
    return topic.strip().split("\n", 1)[0]


def _parts(title: str, blocks: list[Block]) -> Iterator[tuple[str, list[Block]]]:
    """A topic's sections, since each is a topic of its own; what is short stays with the others."""
    if sum(len(block.text) for block in blocks) < LONG:
        yield title, blocks
        return
    part: list[Block] = []
    for section in _sections(blocks):
        if sum(len(block.text) for block in part if block.is_prose) >= MIN_PROSE:
            yield title, part
            part = []
            if section[0].kind == Kind.HEADING:
                title, section = section[0].text, section[1:]
        part += section
    if part:
        yield title, part


def _sections(blocks: list[Block]) -> Iterator[list[Block]]:
    """The blocks cut at the headings that are no method's signature."""
    section: list[Block] = []
    for block in blocks:
        if block.kind == Kind.HEADING and block.level < SIGNATURE and section:
            yield section
            section = []
        section.append(block)
    if section:
        yield section


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
