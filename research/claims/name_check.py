"""Proper names of a claim against those of a passage."""

from collections.abc import Collection, Sequence

from research.claims.differences import names
from research.claims.names import is_german, names_in
from research.claims.number_check import CLOSE
from research.claims.passage import Difference, Passage
from research.claims.prepared import Prepared
from research.claims.said import Said
from research.claims.units import is_unit
from research.claims.words import Word, is_stop

_LEAST_SHARE = 0.5  # below, a passage is about something else
_SURELY_ANOTHER = 0.8  # from here on a name of the next sentence stands for the one of this one
_MOST_LOOKED_AT = 6  # sentences with a word, to see whether it is ever written small


class NameCheck:
    """The names of a topic's sources."""

    def __init__(self, sources: Sequence[Prepared], topic: Collection[str]) -> None:
        self._sources, self._topic = sources, topic

    def differences(self, said: Said, passage: Passage) -> list[Difference]:
        """The names of the claim that the passage does not have."""
        missing = [n for n in said.names if n[0].key in said.keys and n[0].key not in passage.own]
        if not missing:
            return []
        unused = self._unused(said, passage)
        found = []
        for name, only_first in missing:
            if self._is_missing(said, passage, name, only_first, bool(unused)):
                found.append(_difference(said, passage, name, unused))
        return [difference for difference in found if difference]

    def _is_missing(
        self, said: Said, passage: Passage, name: Word, only_first: bool, has_rival: bool
    ) -> bool:
        if name.lower in self._topic or name.key in self._topic:
            return False
        if only_first and not self._is_name(said, passage, name):
            return False
        if name.key in passage.near:
            return has_rival and passage.share >= _SURELY_ANOTHER and not only_first
        return not _is_spelt_out(said.text[name.start : name.end], passage)

    def _unused(self, said: Said, passage: Passage) -> list[Word]:
        """The names of the passage that the claim does not have."""
        text = passage.source.text
        return [
            word
            for word, _ in names_in(passage.words, text, is_german(passage.words))
            if word.key not in said.keys
            and word.key not in said.context_keys
            and not is_unit(word.lower)
            and text[word.start - 1 : word.start] != "°"
        ]

    def _is_name(self, said: Said, passage: Passage, name: Word) -> bool:
        """Whether the capital first word of a claim stands in the place of a source's name."""
        theirs = passage.words
        if passage.share < _LEAST_SHARE or len(theirs) < 2:
            return False
        first = theirs[0]
        is_other = first.key not in (name.key, *said.keys) and not is_stop(first)
        is_beside = said.lowers[1:2] == [theirs[1].lower] or passage.share >= CLOSE
        return is_other and is_beside and all(map(self._is_never_small, (name, first)))

    def _is_never_small(self, word: Word) -> bool:
        """Whether a word is a capital one wherever the sources have it."""
        for source in self._sources:
            for sentence in source.index.get(word.key, ())[:_MOST_LOOKED_AT]:
                for w in source.words_in(sentence):
                    if w.key == word.key and source.text[w.start].islower():
                        return False
        return True


def _difference(
    said: Said, passage: Passage, name: Word, unused: Sequence[Word]
) -> Difference | None:
    written = said.text[name.start : name.end]
    if unused and passage.share >= _LEAST_SHARE:
        rival = min(unused, key=lambda w: abs((w.start - passage.start) - name.start))
        shown = passage.source.text[rival.start : rival.end]
        return Difference(True, names(written, shown))
    if name.key not in passage.source.index:
        return Difference(False, f"{written} is not named there")
    return None


def _is_spelt_out(name: str, passage: Passage) -> bool:
    """Whether `WHO` stands there as `World Health Organization`."""
    if not (2 <= len(name) <= 6 and name.isupper()):
        return False
    text = passage.source.text
    initials = "".join(text[w.start] for w in passage.words if text[w.start].isupper())
    return name in initials
