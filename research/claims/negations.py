"""Which negations a sentence has, and what each of them is about."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, NamedTuple

from research.claims.differences import adds, leaves_out
from research.claims.vocabulary import NEGATIONS, UNSPACED_NEGATIONS
from research.claims.words import Word, is_stop, key_of

if TYPE_CHECKING:
    from research.claims.said import Said

_AFTER = 3  # content words behind a negation that it may be about
_PREFIXES = ("un", "in", "im", "non")
_SCOPE = 3  # words of any kind behind it
_DENYING = """
ban bar forbid forbidden prohibit prevent exclude avoid disallow drop remove end stop discontinue
withdraw withdrew abolish
"""
_DENYING_KEYS = frozenset(map(key_of, _DENYING.split()))  # `dropped support` for `not supported`
_NEVER = "no nunca jamas nadie nada ningun ninguna rien jamais aucun aucune не никогда"
_DOUBLED = frozenset(_NEVER.split())


_PAIRS = [("no", "longer"), ("instead", "of"), ("rather", "than")]


class Negation(NamedTuple):
    """A word that denies, the keys of those beside it, and the words right behind it."""

    word: str
    keys: frozenset[str]
    scope: tuple[str, ...]


def negations_in(words: Sequence[Word], text: str) -> list[Negation]:
    """The negations of a sentence."""
    found = []
    content = [(at, word) for at, word in enumerate(words) if not is_stop(word)]
    for at, word in enumerate(words):
        if not is_negation(word, words, at, text) or _is_second(words, at):
            continue
        is_pair = words[at].lower in dict(_PAIRS)
        before = [] if is_pair else [w.key for place, w in content if place < at][-1:]
        after = [w.key for place, w in content if place > at and w.lower not in NEGATIONS][:_AFTER]
        scope = tuple(w.lower for w in words[at + 1 : at + 1 + _SCOPE])
        found.append(Negation(word.lower, frozenset([*before, *after]), scope))
    return found


def _is_second(words: Sequence[Word], at: int) -> bool:
    """Whether a word only strengthens the one before: `no pagó nunca`."""
    before = {word.lower for word in words[max(0, at - 3) : at]}
    return words[at].lower in _DOUBLED and not _DOUBLED.isdisjoint(before)


def is_negation(word: Word, words: Sequence[Word], at: int, text: str) -> bool:
    lower = word.lower
    if lower > "\u0e00":
        return (
            text[word.start : word.start + 1] in ("不", "没", "未", "无")
            or lower in UNSPACED_NEGATIONS
        )
    following = words[at + 1].lower if at + 1 < len(words) else ""
    if (lower, following) == ("not", "only"):
        return False
    if (lower, following) in _PAIRS:
        return True
    if text[word.end : word.end + 1] == "-":  # `non-empty`, `no-op`
        return False
    return lower in NEGATIONS or lower.endswith("n't")


def denied(said: "Said", source: Sequence[Negation], theirs: Sequence[Word]) -> str:
    """Which negation only one of the two sentences has: a reason, or an empty text.

    `theirs` are the words of the passage, of which `source` are the negations that matter.
    """
    others = [word for word in theirs if word.key not in said.all_keys]
    left = list(source)
    added = []
    for negation in said.negations:
        pair = max(left, key=lambda other: len(negation.keys & other.keys), default=None)
        if pair and negation.keys & pair.keys:
            left.remove(pair)
        elif not (_is_told(negation, said, theirs) or _has_prefixed(negation.keys, others)):
            added.append(negation.word)
    if added and len(said.negations) > len(source):
        return adds(added[0])
    shared = said.all_keys
    dropped = [n.word for n in left if n.keys and len(n.keys & shared) >= min(2, len(n.keys))]
    if dropped and len(source) > len(said.negations):
        return leaves_out(dropped[0])
    return ""


def _is_told(negation: Negation, said: "Said", theirs: Sequence[Word]) -> bool:
    """Whether the source says it by a word that the claim does not have, as `ban` is."""
    return any(
        word.key in _DENYING_KEYS - said.all_keys
        and not negation.keys.isdisjoint(w.key for w in theirs[at + 1 : at + 1 + _SCOPE])
        for at, word in enumerate(theirs)
    )


def _has_prefixed(keys: Collection[str], words: Collection[Word]) -> bool:
    """Whether `not known` stands there as `unknown`."""
    prefixed = [prefix + key for prefix in _PREFIXES for key in keys]
    return any(each in word.lower for each in prefixed for word in words)


def not_only(claim: Sequence[Word], source: Sequence[Word]) -> str:
    """`not only` for `only`, or the other way round: a reason, or an empty text."""
    ours, theirs = _onlys(claim), _onlys(source)
    if ours == {True} and theirs == {False}:
        return adds("not only")
    return leaves_out("not only") if ours == {False} and theirs == {True} else ""


def _onlys(words: Sequence[Word]) -> set[bool]:
    """For each `only` of a sentence whether it stands behind a `not`."""
    lowers = [word.lower for word in words]
    return {lowers[at - 1 : at] == ["not"] for at, word in enumerate(lowers) if word == "only"}
