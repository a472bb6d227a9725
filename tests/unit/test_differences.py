"""What differs is told in a sentence, and can be read back from it."""

import pytest

from research.claims import differences
from research.claims.check import check
from research.claims.claim import Source
from research.claims.differences import Difference, differences_in

BEES = "Honey production in Germany rose by 1,200 tonnes in 2019. Workers do not sting at night."


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (differences.says("1,200", "12; 13"), Difference("1,200", "12; 13")),
        (differences.names("Bern", "Basel"), Difference("Bern", "Basel")),
        (differences.turns("rose", "fell"), Difference("rose", "fell")),
        (differences.adds("not"), Difference("not", "")),
        (differences.leaves_out("never"), Difference("", "never")),
    ],
)
def test_each_sentence_is_read_back(told: str, expected: Difference) -> None:
    other = differences.says("3", "4")
    assert differences_in(f"Source 1 differs: {told}.") == [expected]
    assert differences_in(f"Source 1 differs: {told}; {other}.") == [expected, Difference("3", "4")]


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        ("Honey production in Germany rose by 2,100 tonnes in 2019", Difference("2,100", "1,200")),
        ("Honey production in Germany fell by 1,200 tonnes in 2019", Difference("fell", "rose")),
        ("Workers sting at night", Difference("", "not")),
    ],
)
def test_the_checks_own_reasons_are_read(claim: str, expected: Difference) -> None:
    [found] = check(f"{claim} [1].", [Source(1, "Bees", "", BEES)])
    [told] = differences_in(found.reason)
    assert told.claimed.startswith(expected.claimed) and told.found.startswith(expected.found)


@pytest.mark.parametrize("reason", ["", "The source gives another year.", "Source 1 differs."])
def test_a_models_words_are_left_alone(reason: str) -> None:
    assert differences_in(reason) == []
