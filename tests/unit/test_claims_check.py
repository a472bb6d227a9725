"""Verdicts on claims: what a source says, says otherwise, or does not say."""

import pytest

from research.claims.check import check
from research.claims.claim import Source, Verdict

SOURCES = [
    Source(
        1,
        "Acme",
        "https://acme.example/about",
        "Acme was founded by Ada Smith in Leeds on 5 March 2014. Revenue rose by 12 % to "
        "1.2 million dollars in 2023. The factory does not use coal.",
    ),
    Source(2, "Bees", "https://bees.example/", "A honey bee colony has exactly one queen."),
    Source(3, "Gone", "https://gone.example/", ""),
]


def verdict(sentence: str) -> tuple[Verdict, str]:
    (claim,) = check(sentence, SOURCES)
    return claim.verdict, claim.reason


@pytest.mark.parametrize(
    ("sentence", "expected", "told"),
    [
        ("The factory does not use coal [1].", "quoted", ""),
        ("Ada Smith founded Acme in Leeds in March 2014.[1]", "supported", ""),
        ("Revenue rose 12 percent to $1,200,000 in 2023 (Source 1).", "supported", ""),
        ("Revenue rose by 21 % to 1.2 million dollars in 2023 [1].", "differs", "12 %"),
        ("Acme was founded by Ada Smith in Leeds on 6 March 2014 [1].", "differs", "5 March 2014"),
        ("Acme was founded by Ada Jones in Leeds on 5 March 2014 [1].", "differs", "Smith"),
        ("Revenue fell by 12 % to 1.2 million dollars in 2023 [1].", "differs", "rose"),
        ("The factory uses coal [1].", "differs", "not"),
        ("A honey bee colony has exactly one queen [1].", "unsupported", "Source 2"),
        ("A honey bee colony has exactly one queen [3].", "unsupported", "Could not be checked"),
        ("A honey bee colony has exactly one queen.", "uncited", "Source 2"),
        ("Wasps build paper nests from chewed wood [2].", "unsupported", "does not say"),
        ("A colony of honey bees has 61,500 workers [2].", "invented", "61,500"),
        ("Acme was founded in Leeds, see https://acme.example/history [1].", "invented", "address"),
        ("She said “coal is a thing of the past” in Leeds [1].", "invented", "quotation"),
    ],
)
def test_verdicts(sentence: str, expected: str, told: str) -> None:
    found, reason = verdict(sentence)
    assert (found, told in reason) == (expected, True), reason


def test_what_is_no_claim_has_no_verdict() -> None:
    text = "# Acme\n\nWho founded it? No source mentions the price.\n\n```\nx = 1\n```\n\n"
    assert check(text + "Sources:\n\n[1] Acme, https://acme.example/about", SOURCES) == []


def test_what_was_asked_is_repeated_not_quoted() -> None:
    says = "The library holds nothing on “the wax of solitary bees” that could be quoted."
    [claim] = check(says, [], "bees")
    assert claim.verdict == Verdict.INVENTED
    assert check(says, [], "The wax of solitary bees") == []


def test_a_cell_is_judged_with_the_heads_of_its_row_and_column() -> None:
    table = "| Firm | Founder | Founded | Source |\n|---|---|---|---|\n"
    row = "| Acme | Ada Smith | 2014 | [1] |\n| Acme | Ada Smith | 2015 | [1] |"
    found = [(claim.text, claim.verdict.value) for claim in check(table + row, SOURCES)]
    assert found[2:] == [("Ada Smith", "supported"), ("2015", "differs")]
    assert found[1] == ("2014", "supported")


@pytest.mark.parametrize(
    "text",
    ["A b [1]. " * 200_000, "word " * 20_000, "[1]" * 5_000, "|" * 50_000, "x\r\n\x00\ud800 [1]"],
)
def test_what_is_too_much_is_bounded_and_says_so(text: str) -> None:
    claims = check(text, SOURCES)
    assert len(claims) <= 1_001
    assert all(text[claim.start : claim.end].startswith(claim.text) for claim in claims)
    if len(text) > 4_000 and claims:
        assert claims[-1].reason.startswith("Not checked: ")


def test_what_is_left_when_the_time_is_over_says_so() -> None:
    text = "Acme has bees [1]. Acme has wasps [1]."
    (claim,) = check(text, SOURCES, seconds=-1.0)
    assert (claim.start, claim.end, claim.is_checked) == (0, len(text), False)
    assert claim.reason == "Not checked: the check takes longer than -1 s."
