"""What a model may say of claims, and how its answer is read."""

import asyncio
from typing import Any

import pytest

from research.claims.claim import Claim, Evidence, Source, Verdict
from research.crews.second_judge import judge, verdicts_in

SOURCES = [Source(1, "On bees", "/library/1/", "Workers dance. A hive holds 40,000 bees.")]
PASSAGE = (Evidence(1, 0, 14, "Workers dance."),)


def claim(verdict: Verdict, text: str = "They dance.", evidence: Any = PASSAGE) -> Claim:
    return Claim(text, 0, len(text), (1,), verdict, "Because.", evidence)


def judged(answer: str, *claims: Claim) -> tuple[list[str], list[str]]:
    """The questions that were asked, and the verdicts."""
    asked = []

    async def ask(question: str) -> str:
        asked.append(question)
        return answer

    found = asyncio.run(judge(claims, SOURCES, ask))
    return asked, [f"{each.verdict} by {each.by}" for each in found]


ALL = '[{"statement": 1, "verdict": "supported"}, {"statement": 2, "verdict": "supported"}]'


def test_only_what_is_open_is_asked_in_one_question() -> None:
    asked, verdicts = judged(
        ALL,
        claim(Verdict.INVENTED),
        claim(Verdict.UNSUPPORTED, "Bees dance for flowers."),
        claim(Verdict.QUOTED),
        claim(Verdict.DIFFERS, "A hive holds 50,000 bees."),
        claim(Verdict.DIFFERS, "Workers never dance."),
        claim(Verdict.UNCITED, evidence=()),
    )
    assert len(asked) == 1
    assert "Bees dance for flowers." in asked[0] and "50,000" not in asked[0]
    assert verdicts == [
        "invented by text",
        "supported by model",
        "quoted by text",
        "differs by text",
        "supported by model",
        "uncited by text",
    ]


def test_nothing_open_asks_nothing() -> None:
    assert judged(ALL, claim(Verdict.INVENTED), claim(Verdict.QUOTED))[0] == []


@pytest.mark.parametrize(
    "answer",
    [
        '[{"statement": 1, "verdict": "differs", "reason": "r"}]',
        'Sure!\n```json\n[{"statement": "1", "verdict": " Differs ", "reason": "r",}]\n```\nDone.',
        '{"results": [{"statement": 1, "verdict": "differs", "reason": "r"}]}',
        "[{'statement': 1, 'verdict': 'differs', 'reason': 'r'}",
    ],
)
def test_an_answer_is_read_however_it_is_wrapped(answer: str) -> None:
    assert verdicts_in(answer, 1) == [(1, (Verdict.DIFFERS, "r"))]
