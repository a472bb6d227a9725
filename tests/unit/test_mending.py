"""What a model is told of claims that do not hold, and a report without them."""

import pytest

from research.claims.claim import Claim, Evidence, Verdict
from research.crews.mending import MOST_LISTED, dropping, request_to_mend


def claims_in(report: str, *texts: str) -> list[Claim]:
    return [
        Claim(
            text, report.index(text), report.index(text) + len(text), (1,), Verdict.INVENTED, "No."
        )
        for text in texts
    ]


@pytest.mark.parametrize(
    ("report", "failing", "left"),
    [
        ("- One is so. [1]\n- Two is so. [1]", ["- Two is so. [1]"], "- One is so. [1]"),
        ("- One is so. [1]\n- Two is so [1].", ["Two is so"], "- One is so. [1]"),
        ("1. One [1]\n2. Two [2][3]\n", ["Two"], "1. One [1]"),
        ("It is so. It flies at 9 km/h [2]. End.", ["It flies at 9 km/h"], "It is so. End."),
        ("## A\n\nOne.\n\n## B\n\n- Two.\n", ["Two."], "## A\n\nOne."),
        ("# T\n\n## B\n\n- Two.\n\n## C\n\nOne.", ["Two."], "# T\n\n## C\n\nOne."),
        ("| a | b |\n|---|---|\n| bee | 9 |\n| ant | 7 |", ["9"],
            "| a | b |\n|---|---|\n| bee | |\n| ant | 7 |"),
        ("Only this.", ["Only this."], ""),
    ],
)  # fmt: skip
def test_what_is_dropped_leaves_no_trace(report: str, failing: list[str], left: str) -> None:
    assert dropping(report, claims_in(report, *failing)) == left


def test_the_request_names_claim_reason_and_passage() -> None:
    evidence = (Evidence(2, 0, 4, "It is\n8 km/h."),)
    claim = Claim("It is 9 km/h.", 0, 1, (2,), Verdict.DIFFERS, "The source says 8.", evidence)
    request = request_to_mend([claim])
    for words in ("“It is 9 km/h.”", "The source says 8.", "Source [2] says: “It is 8 km/h.”"):
        assert words in request


def test_the_request_is_bounded() -> None:
    claims = [Claim("x" * 100_000, 0, 1, (), Verdict.UNCITED, "r")] * 500
    request = request_to_mend(claims)
    assert len(request) < 20_000
    assert f"And {500 - MOST_LISTED} more" in request
