"""The check takes so much work and no more, whatever it is given, and says what it left."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest
from django.test import Client

from research.claims.check import check
from research.claims.claim import Source

SENTENCE = "A hive holds 40,000 bees in summer [1]. "
SOURCE = Source(1, "On bees", "https://bees.example/", "A hive holds 40,000 bees in summer.")
UNCHECKED = "Not checked: "
MIXED = (
    "النحل يرقص في الظلام [1]. מספר הדבורים הוא 40,000 [1]. 蜜蜂在黑暗中跳舞[1]。"
    " \u202eA hive holds 40,000 bees in summer\u202c [1]. Пчёлы dance в темноте [1]."
)
TOO_MUCH = {
    "a result of ten megabytes": SENTENCE * (10_000_000 // len(SENTENCE)),
    "ten megabytes without a full stop": "bees dance " * 900_000,
    "a sentence of 100,000 characters": f"{'bees dance in summer ' * 5_000}[1].",
    "5,000 citations": f"Bees dance in summer {'[1]' * 5_000}.",
    "5,000 numbers in one bracket": f"Bees dance in summer [{', '.join(['1'] * 5_000)}].",
    "5,000 addresses": " ".join(f"See https://one.example/{n}." for n in range(5_000)),
    "a table of 5,000 cells": "| bees |\n|---|\n" + "| bees dance [1] |\n" * 5_000,
    "brackets that never close": "[" * 50_000,
    "blanks": f"[1{' ' * 150_000} end [1].",
    "one line of a megabyte": "x" * 1_000_000,
}


def calls_of(work: Callable[[], Any]) -> int:
    """How many functions of the check are called: a measure that no busy machine changes."""
    number = 0

    def count(frame: FrameType, event: str, _: Any) -> None:
        nonlocal number
        number += event == "call" and "claims" in frame.f_code.co_filename

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return number


@pytest.mark.parametrize("text", TOO_MUCH.values(), ids=TOO_MUCH.keys())
def test_the_work_is_bounded(text: str) -> None:
    assert calls_of(lambda: check(text, [SOURCE])) < 2_000_000


def test_what_is_beyond_the_bounds_takes_no_work() -> None:
    once, often = (SENTENCE * number for number in (10_000, 200_000))
    assert calls_of(lambda: check(often, [SOURCE])) < 1.1 * calls_of(lambda: check(once, [SOURCE]))


def test_sources_are_bounded_too() -> None:
    large = [Source(n, "", "", SENTENCE * 20_000) for n in range(1, 4)]
    assert calls_of(lambda: check(SENTENCE, large)) < 2_000_000


@pytest.mark.parametrize("text", TOO_MUCH.values(), ids=TOO_MUCH.keys())
def test_the_api_answers_and_says_what_it_left(client: Client, text: str) -> None:
    sources = [{"number": 1, "title": "On bees", "url": SOURCE.url, "text": SOURCE.text}]
    answer = client.post(
        "/api/check", {"text": text, "sources": sources}, content_type="application/json"
    )
    assert answer.status_code == 200
    claims = answer.json()["claims"]
    assert len(claims) <= 1_001
    if len(text) > 200_000:
        assert claims[-1]["reason"].startswith(UNCHECKED) and claims[-1]["end"] == len(text)


def test_a_source_that_is_gone_or_empty_says_so() -> None:
    sources = [SOURCE, Source(2, "Empty", "", " \n")]
    gone, empty, held = check(
        "Wasps build nests of paper [7]. Wasps build nests of paper [2]. "
        "A hive holds 40,000 bees in summer [1].",
        sources,
    )
    assert (gone.verdict, gone.reason) == ("invented", "There is no source 7.")
    assert empty.reason == "Could not be checked: no text of source 2 was kept."
    assert not empty.is_checked and held.verdict == "quoted"


def test_mixed_scripts_and_directions_are_claims_as_any_other() -> None:
    claims = check(MIXED, [Source(1, "", "", MIXED.replace(" [1]", "").replace("[1]", ""))])
    assert [claim.verdict.value for claim in claims] == ["quoted"] * 5
    assert all(MIXED[claim.start : claim.end] == claim.text for claim in claims)
