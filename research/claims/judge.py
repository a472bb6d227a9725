"""How well sources carry a statement: its words, numbers, names and polarity against theirs."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import log

from research.claims import differences, polarity
from research.claims.claim import Evidence
from research.claims.names import names_in
from research.claims.prepared import Prepared
from research.claims.quantities import Quantity, is_hedged
from research.claims.said import Said
from research.claims.units import is_unit
from research.claims.vocabulary import NEGATIONS
from research.claims.words import OPPOSITE_KEYS, Word, is_stop, words_of

ENOUGH = 0.55  # share of a claim's weight that its passage has to hold
CLOSE = 0.7  # from here on, what differs is a change of what the source says
_LONGEST_LIST = 400  # sentences with one word that are looked at
_MOST_WINDOWS = 4
_CLAUSE = re.compile(r"[,;:–—，；、]\s|\s(?:and|while|whereas|but|which|und|et|y|и)\s")


@dataclass
class Carried:
    """How a source carries a claim: `share` of its weight, and what of it the source denies."""

    share: float = 0.0
    differs: list[str] = field(default_factory=list)
    lacks: list[str] = field(default_factory=list)
    evidence: tuple[Evidence, ...] = ()
    missing: list[Quantity] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return self.share >= ENOUGH and not self.differs and not self.lacks

    @property
    def rank(self) -> tuple[bool, bool, float]:
        return (self.holds, bool(self.differs), self.share)


class Judge:
    """Asks the sources of one topic about its claims."""

    def __init__(self, sources: Sequence[Prepared], topic: str) -> None:
        self._sources = sources
        self._weights: dict[str, float] = {}
        self._topic = {word.key for word in words_of(topic)} if topic else set()

    @cached_property
    def _sentences(self) -> int:
        return max(1, sum(len(source.sentences) for source in self._sources))

    def weight(self, key: str) -> float:
        if key not in self._weights:
            found = sum(len(s.index[key]) for s in self._sources if key in s.index)
            weight = min(log(1 + (self._sentences + 8) / (found + 1)), 5.0)
            self._weights[key] = weight * (0.4 if key in self._topic else 1.0)
        return self._weights[key]

    def carried(self, said: Said, source: Prepared) -> Carried:
        """How one source carries a claim."""
        windows = self._windows(said.keys, said, source)
        if not windows:
            return Carried()
        shares = {w: self._share(said, *self._around(source, w)[1:]) for w in windows}
        most = max(shares.values())
        near = [w for w in windows if shares[w] >= min(most - 0.15, ENOUGH)]
        found = [self._at(said, source, w, windows) for w in near]
        best = max(found, key=lambda c: c.rank)
        closest = max(found, key=lambda c: (c.share, not c.differs))
        # A sentence that is nearer to the claim, and denies it, outweighs one that would carry it.
        if best.holds and closest.differs and closest.share > best.share + 0.02:
            return closest
        return best

    def _around(
        self, source: Prepared, sentence: int
    ) -> tuple[list[int], frozenset[str], frozenset[str]]:
        """The sentences beside one, its own keys, and the keys of all of them."""
        last = len(source.sentences)
        around = [s for s in (sentence - 1, sentence, sentence + 1) if 0 <= s < last]
        near = source.titles.union(*(source.keys_in(s) for s in around))
        return around, source.keys_in(sentence), near

    def _windows(self, keys: Iterable[str], said: Said, source: Prepared) -> list[int]:
        """The sentences of a source that share most of the weight."""
        score: dict[int, float] = defaultdict(float)
        for key in [*keys, *(k for k in said.context_keys if k not in said.keys)]:
            for sentence in source.index.get(key, ())[:_LONGEST_LIST]:
                score[sentence] += self.weight(key)
        for lower in {w.key for w in said.words if w.lower[0].isdecimal()}:
            for sentence in source.index.get(lower, ())[:_LONGEST_LIST]:
                score[sentence] += 3.0
        return sorted(score, key=lambda s: (-score[s], s))[:_MOST_WINDOWS]

    def _at(self, said: Said, source: Prepared, sentence: int, others: Sequence[int]) -> Carried:
        around, own, near = self._around(source, sentence)
        share = self._share(said, own, near)
        carried = Carried(share, evidence=(source.evidence(*source.sentences[sentence]),))
        if said.quantities:
            self._check_numbers(said, source, sentence, [*around, *others], carried)
        if any(name.key not in own for name, _ in said.names):
            self._check_names(said, source, sentence, own, near, carried)
        if share >= 0.45:
            self._check_polarity(said, source, sentence, own, carried)
        if share >= ENOUGH and not carried.differs:
            self._check_clauses(said, source, near, carried)
        return carried

    def _share(self, said: Said, own: frozenset[str], near: frozenset[str]) -> float:
        total = held = 0.0
        prefixes = {key[:5] for key in near if len(key) >= 5}
        for key in said.keys:
            weight = self.weight(key)
            total += weight
            if key in own:
                held += weight
            elif key in near:
                held += 0.7 * weight
            elif not OPPOSITE_KEYS.get(key, frozenset()).isdisjoint(own):
                held += 0.8 * weight  # told apart by its polarity
            elif len(key) >= 5 and key[:5] in prefixes:
                held += 0.7 * weight
        total += len(said.quantities)
        held += 0.7 * len(said.quantities)
        if not total:
            return 1.0 if said.context_keys <= near else 0.0
        if said.context_keys:  # a cell: its row's head has to be there too
            beside = sum(self.weight(k) for k in said.context_keys)
            found = sum(self.weight(k) for k in said.context_keys if k in near)
            return (held + 0.5 * found) / (total + 0.5 * beside)
        return held / total

    # What differs -------------------------------------------------------------------------

    def _check_numbers(
        self, said: Said, source: Prepared, sentence: int, around: Sequence[int], carried: Carried
    ) -> None:
        here = source.quantities(sentence)
        wider = [q for s in dict.fromkeys(around) for q in source.quantities(s)]
        taken = {id(q) for ours in said.quantities for q in here if ours.matches(q)}
        for ours in said.quantities:
            hedged = is_hedged(said.text, ours.start)
            if any(ours.matches(q, hedged) for q in here):
                continue
            rival = _rival(ours, [q for q in here if id(q) not in taken], said, source, sentence)
            elsewhere = any(ours.matches(q, hedged) for q in wider)
            if not ours.sure and (elsewhere or not rival):
                continue
            if elsewhere and not (rival and carried.share >= CLOSE):
                continue
            if not elsewhere and self._is_free(ours, source):
                continue
            if rival and carried.share >= 0.4:
                carried.differs.append(differences.says(ours.text.strip(), rival.text.strip()))
            else:
                carried.lacks.append(f"{ours.text.strip()} is not there")
            carried.missing.append(ours)

    def _is_free(self, ours: Quantity, source: Prepared) -> bool:
        """Whether a number belongs to the topic's or the source's own name."""
        words = {word.key for word in words_of(ours.text)}
        return not ours.kind and bool(words) and words <= (source.titles | self._topic)

    def _check_names(
        self,
        said: Said,
        source: Prepared,
        sentence: int,
        own: frozenset[str],
        near: frozenset[str],
        carried: Carried,
    ) -> None:
        theirs = source.words_in(sentence)
        unused = [
            w
            for w, _ in names_in(theirs, source.text)
            if w.key not in said.keys and w.key not in said.context_keys and not is_unit(w.lower)
        ]
        for name, only_first in said.names:
            if (
                name.key not in said.keys
                or name.key in own
                or name.lower in self._topic
                or name.key in self._topic
            ):
                continue
            written = said.text[name.start : name.end]
            if only_first and not self._is_name(said, name, theirs, carried.share):
                continue
            is_near = name.key in near
            if is_near and not (unused and carried.share >= 0.8 and not only_first):
                continue
            if _is_spelt_out(written, theirs, source.text):
                continue
            if unused and carried.share >= 0.5:
                rival = min(unused, key=lambda w: abs((w.start - theirs[0].start) - name.start))
                shown = source.text[rival.start : rival.end]
                carried.differs.append(differences.names(written, shown))
            elif name.key not in source.index:
                carried.lacks.append(f"{written} is not named there")

    def _is_name(self, said: Said, name: Word, theirs: Sequence[Word], share: float) -> bool:
        """Whether the capital first word of a claim stands in the place of a source's name."""
        if share < 0.5 or len(theirs) < 2:
            return False
        first = theirs[0]
        is_other = first.key not in (name.key, *said.keys) and not is_stop(first)
        is_beside = said.lowers[1:2] == [theirs[1].lower] or share >= CLOSE
        return is_other and is_beside and all(map(self._is_never_small, (name, first)))

    def _is_never_small(self, word: Word) -> bool:
        """Whether a word is a capital one wherever the sources have it."""
        for source in self._sources:
            for sentence in source.index.get(word.key, ())[:6]:
                for w in source.words_in(sentence):
                    if w.key == word.key and source.text[w.start].islower():
                        return False
        return True

    def _check_polarity(
        self, said: Said, source: Prepared, sentence: int, own: frozenset[str], carried: Carried
    ) -> None:
        theirs = source.words_in(sentence)
        if not theirs:
            return
        start, end = source.sentences[sentence]
        text = source.text[start:end]
        shared = own & said.keys.keys()
        turned = polarity.opposite(said.words, theirs, said.text, text)
        there = polarity.negated_in(theirs, source.text)
        small = {word.lower for word in theirs}
        denied = polarity.denied(said.negations, there, shared, small)
        if turned and denied and not NEGATIONS.intersection(turned):
            return  # `did not rise` and `fell`
        if turned:
            carried.differs.append(differences.turns(*turned))
        elif denied:
            carried.differs.append(denied)

    def _check_clauses(
        self, said: Said, source: Prepared, near: frozenset[str], carried: Carried
    ) -> None:
        """A clause that stands nowhere in the source is not carried by the rest."""
        parts = [p for p in _CLAUSE.split(said.text[:3000]) if p.strip()]
        if len(parts) < 2:
            return
        whole = sum(self.weight(key) for key in said.keys) or 1.0
        for part in parts[:12]:
            clause = Said(part)
            weight = sum(self.weight(key) for key in clause.keys)
            if (
                len(clause.keys) < 3
                or weight < 0.2 * whole
                or self._share(clause, near, near) >= 0.4
            ):
                continue
            places = self._windows(clause.keys, clause, source)[:2]
            found = [source.keys_in(place) for place in places]
            if not any(self._share(clause, keys, keys) >= 0.5 for keys in found):
                carried.lacks.append(f"“{' '.join(part.split())[:120]}” is not there")
                return


def _rival(
    ours: Quantity, others: Sequence[Quantity], said: Said, source: Prepared, sentence: int
) -> Quantity | None:
    """The number of the source that stands where the claim has another one."""
    like = [q for q in others if q.kind == ours.kind and bool(q.date) == bool(ours.date)]
    if ours.sure and not like:
        like = [
            q
            for q in others
            if (q.plain and ours.plain and set(q.plain) & set(ours.plain))
            or {q.kind, ours.kind} <= {"", "date", "version"}
            or (not ours.kind and q.sure)
            or (not q.kind and q.sure and ours.kind != "ordinal")
        ]
    like = [q for q in like if q.sure or not ours.sure]
    if not like:
        return None
    start = source.sentences[sentence].start
    text = source.text[start : source.sentences[sentence].end]

    def beside(q: Quantity, whole: str) -> set[str]:
        return set(
            re.findall(
                r"\w+", whole[max(0, q.start - 25) : q.start] + " " + whole[q.end : q.end + 25]
            )
        )

    mine = beside(ours, said.text)
    return max(like, key=lambda q: (len(mine & beside(q, text)), -q.start))


def _is_spelt_out(name: str, words: Sequence[Word], text: str) -> bool:
    """Whether `WHO` stands there as `World Health Organization`."""
    if not (2 <= len(name) <= 6 and name.isupper()):
        return False
    initials = "".join(text[w.start] for w in words if text[w.start].isupper())
    return name in initials
