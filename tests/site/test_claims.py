"""Results are checked against what the crew saw: mended once, then marked or dropped."""

import json
from typing import Any

import pytest

from research.crews.definition import Definition
from research.crews.model_calls import OPEN_GATE
from research.crews.run import Assignment, run_crew
from research.crews.tools.sources import Seen, SourceBook
from research.kinds import Kind
from tests.support.crew import DEFINITION, KEY, Told
from tests.support.provider import ScriptedProvider
from tests.support.site import Site

SEEN = Seen(
    1,
    "On bees",
    "/library/1/",
    "A hive holds 40,000 bees in summer. The queen lays up to 2,000 eggs a day. "
    "Drones leave the hive in autumn. Workers dance to tell where the flowers are.",
)
TRUE = "- A hive holds 40,000 bees in summer. [1]\n- Drones leave the hive in autumn. [1]"
FALSE = (
    "- A hive weighs 7,351 kilograms at night. [1]\n- The first hive was sold for 918 dollars. [1]"
)
HALF = f"{TRUE}\n{FALSE}"
ASKED_AGAIN = "do not hold"


async def checked(told: Told, model: str = "openai/scripted", **wanted: Any) -> Any:
    """The outcome of a crew that has seen a source on bees."""
    definition = Definition.model_validate(DEFINITION.model_dump() | wanted)
    return await run_crew(
        Assignment("bees", definition, model), SourceBook([SEEN]), told, OPEN_GATE
    )


def holding(claims: Any) -> list[bool]:
    """Of each claim, whether it holds."""
    return [claim.verdict in ("quoted", "supported") for claim in claims]


@pytest.fixture(autouse=True)
def scripted(monkeypatch: pytest.MonkeyPatch, provider: ScriptedProvider) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_BASE_URL", provider.url)


async def test_what_does_not_hold_is_asked_for_once_more(provider: ScriptedProvider) -> None:
    provider.script({"match": ASKED_AGAIN, "answer": TRUE}, answer=HALF)
    told = Told()
    outcome = await checked(told)
    assert outcome.text == TRUE
    assert holding(outcome.claims) == [True, True]
    assert provider.stats()["requests"] == 2
    asked = json.dumps(provider.last_request()["messages"], ensure_ascii=False)
    assert "7,351 kilograms" in asked and "918 dollars" in asked
    assert [finished.first for finished in told.finished] == [HALF]
    [event] = told.all(Kind.CLAIM_CHECKED)
    assert event["asked_again"] is True
    assert (event["checked"]["claims"], event["failing"]) == (4, 2)


async def test_what_still_does_not_hold_is_marked(provider: ScriptedProvider) -> None:
    provider.script(answer=HALF)
    outcome = await checked(Told())
    assert outcome.text == HALF
    assert holding(outcome.claims) == [True, True, False, False]
    assert provider.stats()["requests"] == 2


async def test_a_strict_blueprint_drops_it(provider: ScriptedProvider) -> None:
    provider.script(answer=HALF)
    told = Told()
    outcome = await checked(told, strict=True)
    assert outcome.text == TRUE
    assert holding(outcome.claims) == [True, True]
    [finished] = told.finished
    assert holding(finished.dropped) == [False, False]
    assert "7,351" in finished.first
    assert len(told.all(Kind.CLAIM_CHECKED)[-1]["dropped"]) == 2


async def test_where_nothing_is_left_the_result_says_so(provider: ScriptedProvider) -> None:
    provider.script(answer=FALSE)
    outcome = await checked(Told(), strict=True)
    assert outcome.text.startswith("No sentence of the result held")
    assert outcome.claims == ()


async def test_an_apology_does_not_take_a_reports_place(provider: ScriptedProvider) -> None:
    provider.script({"match": ASKED_AGAIN, "answer": "I am sorry."}, answer=HALF)
    assert (await checked(Told())).text == HALF


async def test_a_failing_second_call_leaves_the_first_text(provider: ScriptedProvider) -> None:
    provider.script({"match": ASKED_AGAIN, "fault": "401"}, answer=HALF)
    assert (await checked(Told())).text == HALF


async def test_a_true_report_is_not_asked_for_again(provider: ScriptedProvider) -> None:
    provider.script(answer=TRUE)
    await checked(Told())
    assert provider.stats()["requests"] == 1


async def test_a_crew_that_saw_nothing_has_nothing_to_cite(provider: ScriptedProvider) -> None:
    provider.script(answer=HALF)
    outcome = await run_crew(
        Assignment("bees", DEFINITION, "openai/scripted"), SourceBook(), Told()
    )
    assert provider.stats()["requests"] == 1
    assert not any(holding(outcome.claims))


OPEN = "- Workers show the way to blossoms by dancing. [1]"


async def test_a_model_judges_what_the_text_leaves_open(provider: ScriptedProvider) -> None:
    judged = (
        'Here: ```json\n[{"statement": 1, "verdict": "Supported", "reason": "It says so."},]```'
    )
    provider.script({"match": "Below are statements", "answer": judged}, answer=f"{OPEN}\n{TRUE}")
    outcome = await checked(Told(), check="model")
    first, *others = outcome.claims
    assert (first.verdict, first.by, first.reason) == ("supported", "model", "It says so.")
    assert {claim.by for claim in others} == {"text"}
    assert provider.stats()["requests"] == 3


@pytest.mark.parametrize(
    "junk",
    [
        "Certainly!",
        '{"statement": 9, "verdict": "supported"}',
        '[{"statement": 1, "verdict": "invented"}]',
        "[[[[",
        '[1, null, "x"]',
    ],
)
async def test_a_junk_judgement_changes_nothing(provider: ScriptedProvider, junk: str) -> None:
    provider.script({"match": "Below are statements", "answer": junk}, answer=OPEN)
    outcome = await checked(Told(), check="model")
    assert [(str(c.verdict), c.by) for c in outcome.claims] == [("unsupported", "text")]


def test_a_site_marks_what_a_model_invents(site: Site, provider: ScriptedProvider) -> None:
    """Half of the sentences are invented: none of them is without a mark, in any answer."""
    provider.script(tools=True, answer=HALF)
    run = site.submit("asyncio event loop")
    site.result(run["id"])
    topic = site.get(f"/api/runs/{run['id']}/topics/1").json()
    assert len(topic["claims"]) == topic["checked"]["claims"] == 4
    assert topic["checked"]["quoted"] == topic["checked"]["supported"] == 0
    for claim in topic["claims"]:
        assert topic["result"][claim["start"] : claim["end"]] == claim["text"]
        assert claim["verdict"] not in ("quoted", "supported") and claim["reason"]
    events = site.get(f"/api/runs/{run['id']}/events").json()["events"]
    kinds = [event["kind"] for event in events]
    assert kinds[-3:] == ["claim.checked", "topic.succeeded", "run.finished"]
