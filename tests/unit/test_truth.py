"""The check of claims against real text, in short: what `make truth` measures in full."""

import random
from collections import defaultdict

from research.claims.claim import Verdict
from truth.cases import by_hand, of_topics
from truth.scores import passes
from truth.texts import topics

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
    "languages: true": 0.9,
    "languages: false": 0.9,
}


def test_each_kind_of_change_is_found_and_what_is_true_passes() -> None:
    rng = random.Random(15)
    cases = [*of_topics(topics(12, rng), 6, rng), *by_hand("languages")]
    right = defaultdict(list)
    for case, claim in passes(cases):
        passed = claim.verdict in (Verdict.QUOTED, Verdict.SUPPORTED)
        right[case.kind].append(passed == case.is_true)
    shares = {kind: sum(each) / len(each) for kind, each in right.items()}
    short = {kind: shares[kind] for kind, least in LEAST.items() if shares[kind] < least}
    assert short == {}
