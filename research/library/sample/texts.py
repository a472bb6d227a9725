"""What the sources of the sample have in common: a text, and when it is worth having."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from research.library.blocks import Block, Kind, Reading

MIN_PROSE = 300  # characters of sentences that a document must hold


@dataclass(frozen=True)
class Text:
    """A document to be; `name` identifies it among the sample's from one version to the next."""

    name: str
    kind: str
    origin: str
    reading: Reading

    @property
    def is_worth_having(self) -> bool:
        prose = (len(block.text) for block in self.reading.blocks if block.is_prose)
        return sum(prose) >= MIN_PROSE


def titled(name: str, summary: str) -> str:
    """`json: Encoding and decoding of JSON`, where the summary may begin with the name itself."""
    own_name = rf"^(?:module\s+)?{re.escape(name)}(?:\.py)?\s*(?:--?|\u2013|\u2014|:|is\b)\s*"
    summary = re.sub(own_name, "", " ".join(summary.split()), flags=re.I).rstrip(".")
    if " " not in summary:
        return name
    return f"{name}: {summary[0].upper()}{summary[1:]}"


# Sections of a README about the project's life rather than about what it does.
_HOUSEKEEPING = re.compile(
    r"\b(acknowledge?ments?|authors?|backers|badges|bug reports?|bugs|build status|change ?log"
    r"|changes|citation|cit(e|ing)|code of conduct|community|contact|contents|contribut\w+"
    r"|copyright|credits|dev(elopment)? setup|donat\w+|funding|get(ting)? (help|involved|support)"
    r"|help|history|install(ing|ation)?|issues|licen[cs](e|ing)|links|maintainers?|news"
    r"|next steps|notices?|python versions?|release( notes|s|d)?|reporting|requirements"
    r"|resources|roadmap|security( policy)?|source code|sponsor\w*|support(ing the)?"
    r"|testimonials|testing|tests|thanks|to-?do|trademarks?|versioning|what'?s new"
    r"|who'?s using)\b",
    re.I,
)
_VERSION = re.compile(r"^(version |release )?v?\d+(\.\d+)+\b|^\d{4}-\d\d-\d\d|^unreleased", re.I)
# Also to a badge that is defined where a README was cut off.
_POINTER = re.compile(r"(https?://\S+|\S+@\S+\.\w+|www\.\S+|\|[\w.-]+\|)")
_ELSEWHERE = re.compile(
    r"\b(here|docs|documentation|documented|guide|website|page|readme|link|hosted|repository"
    r"|github|tracker|tutorial)\b",
    re.I,
)
_VERSION_NOTE = re.compile(r"^(New|Added|Changed|Deprecated|Removed) in version [\d.]+\W*$")


def without_housekeeping(blocks: Iterable[Block]) -> Iterator[Block]:
    """Leaves out changelogs, licences, sponsors and the like, with their subsections."""
    dropped_at = 0  # the level of the heading whose section is being left out
    for block in blocks:
        if block.kind == Kind.HEADING:
            if dropped_at and block.level > dropped_at:
                continue
            dropped_at = block.level if _tells_of_the_project(block.text) else 0
        if not dropped_at:
            yield block


def _tells_of_the_project(heading: str) -> bool:
    short = len(heading.split()) <= 5
    return bool(_VERSION.match(heading) or (short and _HOUSEKEEPING.search(heading)))


def without_noise(blocks: Iterable[Block]) -> Iterator[Block]:
    """Leaves out navigation, bare addresses, repeats, and headings that nothing follows."""
    seen: set[str] = set()
    headings: list[Block] = []
    for block in blocks:
        if block.kind == Kind.HEADING:
            headings = [above for above in headings if above.level < block.level]
            if re.search(r"\w", block.text):
                headings.append(block)
        elif not (block.is_prose and _is_noise(block)) and block.text not in seen:
            if len(block.text) > 40:
                seen.add(block.text)
            yield from headings
            headings = []
            yield block


def _is_noise(block: Block) -> bool:
    words = re.findall(r"[^\W\d_]{2,}", _POINTER.sub("", block.text))
    points = block.linked > 0 or _POINTER.search(block.text)
    only_points = points and len(words) < 20 and _ELSEWHERE.search(block.text)
    return bool(
        block.linked > 0.6 or len(words) < 3 or only_points or _VERSION_NOTE.match(block.text)
    )
