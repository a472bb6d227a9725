"""The check of claims against cases whose answer is known: what `make truth` measures in full."""

import random
from collections import defaultdict
from collections.abc import Iterable

import pytest

from research.claims.claim import Source, Verdict
from truth.cases import BY_HAND, Case, by_hand, of_topics
from truth.cells import rows
from truth.scores import passes
from truth.texts import Topic, topics

BY_HAND_LEAST = {
    "fair": 0.9,
    "number": 0.95,
    "date": 0.98,
    "name": 0.98,
    "unit": 0.95,
    "negation": 0.95,
    "direction": 0.85,
    "shifted": 0.99,
    "glued": 0.95,
    "uncarried": 0.95,
    "invented": 0.99,
    "false": 0.9,
}
LEAST = {
    "word for word": 1.0,
    "fair: synonyms": 0.9,
    "fair: introduction": 0.9,
    "fair: dropped word": 0.9,
    "citation shifted": 0.99,
    "invented number": 0.99,
    "invented address": 0.99,
    "invented quotation": 0.99,
    "name swapped": 0.96,
    "negation put in": 0.85,
    "negation taken out": 0.85,
    "direction turned": 0.85,
    "carried by no source": 0.97,
    "two sources glued": 0.95,
}


def test_cases_by_hand() -> None:
    cases = [case for name in BY_HAND for case in by_hand(name)]
    assert _short(cases, BY_HAND_LEAST) == {}


@pytest.mark.fuzz
def test_each_kind_of_change_of_real_text() -> None:
    rng = random.Random(15)
    assert _short(list(of_topics(topics(16, rng), 6, rng)), LEAST) == {}


def _short(cases: list[Case], least: dict[str, float]) -> dict[str, float]:
    """The kinds of which fewer than wanted are told right, with the share that is."""
    right = defaultdict(list)
    for case, claim in passes(cases):
        passed = claim.verdict in (Verdict.QUOTED, Verdict.SUPPORTED)
        kind = case.kind if case.kind in least else case.kind.rpartition(": ")[2]
        right[kind].append(passed == case.is_true)
    shares = {kind: _share(right[kind]) for kind in least}
    return {kind: share for kind, share in shares.items() if share < least[kind]}


def _share(right: Iterable[bool]) -> float:
    told = list(right)
    return sum(told) / len(told)


def test_cells_are_told_true_from_false() -> None:
    text = "The council met on Tuesday and talked about the harbour. " * 20
    topic = Topic([Source(n, "Filler", "", text) for n in range(1, 5)], [], [])
    right: dict[str, list[bool]] = defaultdict(list)
    for row in rows([topic] * 3, random.Random(7)):
        proof = row.proof()
        for case in row.cases:
            kind = case.kind if not case.is_true else "true"
            right[kind].append(proof.cell(case.column, case.raw).holds == case.is_true)
    share = {kind: sum(results) / len(results) for kind, results in right.items()}
    assert share["value altered"] >= 0.98 and share["wrong unit"] >= 0.98
    assert all(share[kind] >= 0.95 for kind in share if kind.startswith("another row"))
    assert share["true"] >= 0.97
