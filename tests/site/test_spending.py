"""A run's budget on a whole site: no call after it is spent, and what there is stays."""

from decimal import Decimal
from typing import Any

from tests.support.provider import ScriptedProvider
from tests.support.site import Site
from tests.support.waiting import events_of

PRICED = "openai/gpt-4o-mini"  # $0.15 and $0.60 per million tokens


def spent(provider: ScriptedProvider) -> dict[str, Any]:
    """The provider's own count, in the shape of a run's `tokens`."""
    stats = provider.stats()
    prompt, completion = stats["prompt_tokens"], stats["completion_tokens"]
    return {"prompt": prompt, "completion": completion, "total": prompt + completion}


def test_counts_agree_with_the_providers(site: Site, provider: ScriptedProvider) -> None:
    """Of a crew with tools, two of whose calls fail before they are answered."""
    provider.script({"match": "Check every note", "fault": "500", "times": 2}, tools=True)
    run = site.result(site.submit("asyncio", "queues", blueprint="deep")["id"])
    assert run["status"] == "succeeded"
    assert provider.stats()["faults"] == {"500": 2}
    assert run["tokens"] == spent(provider)
    assert run["tokens"]["completion"] > 0


def test_twenty_topics_with_a_small_budget(site: Site, provider: ScriptedProvider) -> None:
    provider.script(latency=0.05)
    one = site.result(site.submit("topic 0")["id"])["tokens"]["total"]
    provider.reset()
    provider.script(latency=0.05)

    topics = [f"topic {number}" for number in range(1, 21)]
    run = site.result(site.submit(*topics, budget={"tokens": 5 * one})["id"])

    assert run["status"] == "partial"
    assert run["budget"] == {"tokens": 5 * one, "usd": None}
    assert 5 * one <= run["tokens"]["total"] <= 6 * one + 20  # at most one call more
    assert run["tokens"] == spent(provider)
    done = [topic for topic in run["topics"] if topic["status"] == "succeeded"]
    assert len(done) == provider.stats()["requests"] == 5
    assert all("has been studied" in topic["result"] for topic in done)
    errors = [topic["error"] for topic in run["topics"] if topic["error"]]
    assert len(errors) == 15
    assert {error["kind"] for error in errors} == {"budget_spent"}
    assert f"of its {5 * one:,} tokens. Retry the topics" in errors[0]["message"]
    waits = [
        event["data"] for event in events_of(site, run["id"]) if event["kind"] == "llm.waiting"
    ]
    assert {wait["reason"] for wait in waits} == {"budget"}


def test_a_larger_budget_lets_the_rest_go_on(site: Site, provider: ScriptedProvider) -> None:
    run = site.result(site.submit("one", "two", "three", "four", budget={"tokens": 10})["id"])
    assert (run["status"], provider.stats()["requests"]) == ("partial", 1)

    again = site.post(f"/api/runs/{run['id']}/retry", {"budget": {"tokens": 100_000}})

    assert again.status_code == 202
    assert again.json()["budget"]["tokens"] == 100_000
    assert site.result(run["id"])["status"] == "succeeded"
    assert provider.stats()["requests"] == 4


def test_a_bad_budget_retries_nothing(site: Site, provider: ScriptedProvider) -> None:
    run = site.result(site.submit("one", "two", budget={"tokens": 10})["id"])
    for budget, code in (({"tokens": 0}, "bad_token_budget"), ({"usd": "1"}, "no_price")):
        answer = site.post(f"/api/runs/{run['id']}/retry", {"budget": budget})
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)
    assert site.result(run["id"])["status"] == "partial"
    assert provider.stats()["requests"] == 1


def test_money_is_spent_at_the_models_price(site: Site, provider: ScriptedProvider) -> None:
    topics = [f"topic {number}" for number in range(8)]
    run = site.result(site.submit(*topics, model=PRICED, budget={"usd": "0.0001"})["id"])
    tokens, cost = run["tokens"], run["cost"]
    assert (cost["prompt_price"], cost["completion_price"]) == ("0.15", "0.6")
    prices = Decimal(cost["prompt_price"]), Decimal(cost["completion_price"])
    used = (prices[0] * tokens["prompt"] + prices[1] * tokens["completion"]) / 1_000_000
    assert Decimal(cost["usd"]) == used
    assert run["status"] == "partial"
    calls = provider.stats()["requests"]
    assert Decimal("0.0001") <= used <= Decimal("0.0001") + used / calls * 2
    error = next(topic["error"] for topic in run["topics"] if topic["error"])
    assert error["message"].startswith("The run has spent $0.0001")
    listed = site.get("/api/runs?q=topic").json()["runs"]
    assert next(row["cost"] for row in listed if row["id"] == run["id"]) == cost


def test_a_run_without_a_budget_has_a_cost_all_the_same(site: Site) -> None:
    priced = site.result(site.submit("one", model=PRICED)["id"])
    assert Decimal(priced["cost"]["usd"]) > 0
    assert priced["budget"] == {"tokens": None, "usd": None}
    assert site.result(site.submit("one")["id"])["cost"]["usd"] is None
    assert site.result(site.submit("one", model="offline")["id"])["cost"]["usd"] == "0"
