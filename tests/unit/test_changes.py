"""What two results claim differently, by hand-made pairs of sentences."""

import pytest

from research.claims.changes import Changes, Figure, Kind, Statement, compare

SENTENCES = (
    "The index holds every passage of the library.",
    "A query is cut into words before it is looked up.",
    "Results are ranked by BM25.",
)


def between(before: str, after: str) -> Changes:
    """Of one sentence, beside others that stay."""
    others = list(map(Statement, SENTENCES))
    return compare([*others, Statement(before)], [Statement(after), *others])


@pytest.mark.parametrize(
    ("before", "after", "kinds", "figures"),
    [
        ("It has 12 maintainers.", "It has 15 maintainers.", "number", [("12", "15")]),
        ("It costs $5 a month.", "It costs $8 a month.", "number", [("$5", "$8")]),
        ("It runs on Python 3.11.", "It runs on Python 3.12.", "number", [("3.11", "3.12")]),
        ("**Stars**: 1,200 [1]", "Stars: 1,350 [4]", "number", [("1,200", "1,350")]),
        ("Founded in 2019.", "Founded in 2021.", "date", [("2019", "2021")]),
        ("It ended on 3 May 2024.", "It ended on 5 May 2024.", "date", None),
        ("Sales rose by 5% in 2020.", "Sales rose by 7% in 2021.", "number date", None),
        ("Sales rose in 2020.", "Sales fell in 2020.", "opposite wording", []),
        ("It needs a server.", "It does not need a server.", "opposite wording", []),
        ("It is written in Rust.", "It is written in Rust and very fast.", "wording", []),
        ("Licence: MIT", "Licence: Apache", "wording", []),
        ("它有12个维护者。", "它有15个维护者。", "number", None),
        ("Оно стоит 5 рублей.", "Оно стоит 8 рублей.", "number", None),
        ("It has 5 parts.", "It has several parts.", "number wording", [("5", None)]),
    ],
)
def test_what_is_different_about_a_claim(
    before: str, after: str, kinds: str, figures: list[tuple[str | None, str | None]] | None
) -> None:
    changes = between(before, after)
    assert not changes.added and not changes.gone and changes.same == len(SENTENCES)
    [change] = changes.changed
    assert " ".join(change.kinds) == kinds
    assert (change.before, change.after) == (3, 0)
    if figures is not None:
        assert [(each.before, each.after) for each in change.figures] == figures


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("It has 12 maintainers [1].", "It has 12 maintainers [7, 9]."),
        ("- **It** has `12` maintainers", "It has 12 maintainers."),
        ("See [1] for https://example.org/a", "See [2] for"),
    ],
)
def test_marks_and_numbers_of_citations_are_no_change(before: str, after: str) -> None:
    changes = between(before, after)
    assert changes == Changes(same=len(SENTENCES) + 1)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("The licence is MIT.", "Its logo shows a whale."),
        ("It has 12 maintainers.", "Version 12 was late."),
        ("它有12个维护者。", "天气很好。"),
    ],
)
def test_other_claims_are_gone_and_added(before: str, after: str) -> None:
    changes = between(before, after)
    assert (changes.gone, changes.added, changes.changed) == ([3], [0], [])


def test_a_verdict_and_a_source_are_changes_of_the_same_words() -> None:
    before = [Statement("It is fast.", "supported", frozenset({"a.org"})), Statement("It is red.")]
    after = [Statement("It is red."), Statement("It is fast.", "differs", frozenset({"b.org"}))]
    [change] = compare(before, after).changed
    assert change.kinds == (Kind.VERDICT, Kind.SOURCE) and change.figures == ()


def test_no_verdict_is_not_another_one() -> None:
    changes = compare([Statement("It is fast.", "supported")], [Statement("It is fast.")])
    assert changes == Changes(same=1)


def test_the_weightiest_come_first() -> None:
    before = [
        Statement("Ants live in large nests.", sources=frozenset({"a"})),
        Statement("Bees collect nectar from flowers."),
        Statement("Wasps sting twice a day.", "supported"),
        Statement("Beetles were named in 1758."),
        Statement("Crickets have 5 eyes."),
    ]
    after = [
        Statement("Ants live in large nests.", sources=frozenset({"b"})),
        Statement("Bees collect pollen from flowers."),
        Statement("Wasps sting twice a day.", "invented"),
        Statement("Beetles were named in 1759."),
        Statement("Crickets have 6 eyes."),
    ]
    changed = compare(before, after).changed
    assert [change.kinds[0] for change in changed] == [
        "number",
        "date",
        "verdict",
        "wording",
        "source",
    ]


def test_equal_figures_decide_between_claims_of_equal_words() -> None:
    before = ["Python 3.11 is 10% faster.", "Python 3.12 is 5% faster."]
    after = ["Python 3.12 is 6% faster.", "Python 3.13 is 7% faster."]
    changes = compare(list(map(Statement, before)), list(map(Statement, after)))
    assert {(each.before, each.after) for each in changes.changed} == {(0, 1), (1, 0)}


def test_a_figure_without_words_goes_with_the_cell_in_front_of_it() -> None:
    before, after = ["Licence: MIT", "12", "45"], ["Added here.", "Licence: MIT", "13", "45"]
    changes = compare(list(map(Statement, before)), list(map(Statement, after)))
    [change] = changes.changed
    assert (change.before, change.after, change.figures) == (1, 2, (Figure("12", "13"),))
    assert changes.added == [0] and not changes.gone and changes.same == 2


def test_each_claim_is_in_one_pair_and_none_is_lost() -> None:
    before = [Statement(f"The price is {n} euros.") for n in range(300)]
    after = [Statement(f"The price is {n} euros.") for n in range(150, 400)]
    changes = compare(before, after)
    pairs = changes.same + len(changes.changed)
    assert changes.same == 150 and pairs == 250
    assert len(changes.gone) == 50 and not changes.added
    assert len({change.after for change in changes.changed}) == len(changes.changed)


@pytest.mark.parametrize("number", [0, 1])
def test_nothing_on_one_side(number: int) -> None:
    claims = [Statement("It is fast.")] * number
    assert compare([], claims) == Changes(added=list(range(number)))
    assert compare(claims, []) == Changes(gone=list(range(number)))
