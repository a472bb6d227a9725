"""Words that the check knows: grammar, synonyms, negations, and opposites; read from `data/`."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from research.claims.folding import folded

_DATA = Path(__file__).parent / "data"


class Side(NamedTuple):
    """One of two sides that are opposites: 0 or 1 of an axis."""

    axis: int
    side: int

    @property
    def other(self) -> "Side":
        return Side(self.axis, 1 - self.side)


def _rows(name: str) -> Iterator[str]:
    """The rows of a file, folded; `#` begins a comment, a blank goes on with the row before."""
    row = ""
    for line in (_DATA / name).read_text(encoding="utf-8").splitlines():
        if line.startswith(" "):
            row += line
        elif not line.startswith("#"):
            yield from filter(None, [row])
            row = line
    yield from filter(None, [row])


def _words(name: str) -> frozenset[str]:
    return frozenset(folded(word) for row in _rows(name) for word in row.split())


def _groups(name: str) -> dict[str, str]:
    """For each word the name of its group; a word of two rows makes one group of them."""
    groups: dict[str, str] = {}
    for row in _rows(name):
        words = [folded(word) for word in row.split()]
        group = next((groups[word] for word in words if word in groups), f"={words[0]}")
        for word in words:
            groups.setdefault(word, group)
    return groups


STOP_WORDS = _words("stop_words.txt")
LIGHT_WORDS = _words("light_words.txt")
"""Verbs and nouns that a paraphrase freely puts in the place of others: they tell little."""
NEGATIONS = _words("negations.txt")
GROUPS = _groups("synonyms.txt")
"""Words that are taken for the same."""
KIN = [row.split() for row in _rows("wordnet_synonyms.txt")]
"""Words that may stand for each other in one of their senses."""

OPPOSITES: dict[str, set[Side]] = {}
"""The sides on which a word stands."""
EITHER_OR: set[int] = set()
"""Axes without anything in the middle: what is not on one side is on the other."""


def _learn_opposites(rows: list[str]) -> None:
    for axis, row in enumerate(rows):
        if "|" in row:
            EITHER_OR.add(axis)
        for side, words in enumerate(row.replace("|", "/").split("/")):
            for word in words.split():
                OPPOSITES.setdefault(folded(word), set()).add(Side(axis, side))


_learn_opposites([*_rows("opposites.txt"), *_rows("wordnet_opposites.txt")])

UNSPACED_NEGATIONS = ("不", "没有", "没", "未", "非", "无法", "ない", "ません", "않", "아니", "ไม่")
UNSPACED_OPPOSITES = (
    (
        ("上升", "增加", "增长", "上涨", "提高", "増加", "上昇"),
        ("下降", "减少", "下跌", "降低", "減少", "低下"),
    ),
    (("高于", "多于", "大于", "超过"), ("低于", "少于", "小于")),
    (("之前", "以前", "早于"), ("之后", "以后", "晚于")),
    (("最大", "最高", "最多"), ("最小", "最低", "最少")),
)
