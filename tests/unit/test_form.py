"""The form on `/`: what a person types becomes a run, or comes back whole with a reason."""

from decimal import Decimal
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.core.cache import cache
from django.test import Client

from research.runs import engines
from research.runs.models import Plan, Run
from research.web.setup import strip

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def woken(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Counts the wake-ups in place of the engine: no crew starts here."""
    calls: list[bool] = []
    monkeypatch.setattr(engines.engine(), "dispatch", lambda run: calls.append(True))
    return calls


def submit(client: Client, topics: str, **fields: str) -> Any:
    return client.post("/", {"topics": topics, "blueprint": "quick", "model": "offline", **fields})


def test_the_form_offers_blueprints_models_and_the_limit(client: Client) -> None:
    page = client.get("/").content.decode()
    assert 'value="quick" checked' in page and 'value="deep"' in page
    assert "A researcher, a fact-checker and a writer" in page
    assert '<option value="offline">' in page and "extractive model" in page
    assert 'data-max-topics="200"' in page and "model: offline" in page


def test_topics_become_a_run_that_starts(client: Client, woken: list[bool]) -> None:
    response = submit(client, "asyncio\r\n  weak   references \r\n", blueprint="deep")
    run = Run.objects.get()
    assert (response.status_code, response.url) == (302, f"/runs/{run.id}/")
    assert list(run.topics.values_list("text", flat=True)) == ["asyncio", "weak references"]
    assert (run.blueprint, run.model, woken) == ("deep", "offline", [True])


def test_a_line_break_is_no_part_of_a_topic(client: Client) -> None:
    assert submit(client, f"{'x' * 1000}\r\nasyncio").status_code == 302


def test_an_empty_model_means_the_default(client: Client) -> None:
    submit(client, "asyncio", model="")
    assert Run.objects.get().model == "offline"


def test_what_was_left_out_is_told(client: Client) -> None:
    response = submit(client, "asyncio\n\nqueues\n  asyncio\n\n")
    told = [str(message) for message in get_messages(response.wsgi_request)]
    assert told == ["1 duplicate was merged: “asyncio”.", "1 blank line was left out."]


def test_marks_that_reorder_what_is_read_are_taken_off(client: Client) -> None:
    """The topic is the one that is seen; marks of languages written from the right stay."""
    typed = "\u202egpj.exe\u202c\nbees \u2066and\u2069 wasps\n\u05d0\u200f\nbees and wasps"
    response = submit(client, typed)
    topics = Run.objects.get().topics.values_list("text", flat=True)
    assert list(topics) == ["gpj.exe", "bees and wasps", "\u05d0\u200f"]
    told = [str(message) for message in get_messages(response.wsgi_request)]
    assert told[0] == "Invisible characters that reorder text were removed from 2 lines."


@pytest.mark.parametrize(
    ("text", "topics"),
    [
        ("1. asyncio\r\n2. queues\r\n3.\tlocks", ["asyncio", "queues", "locks"]),
        ("1) asyncio\n2) queues", ["asyncio", "queues"]),
        ("(4) asyncio", ["asyncio"]),
        ("- asyncio\n  - queues\n* locks\n• events", ["asyncio", "queues", "locks", "events"]),
        ("- [ ] asyncio\n- [x] queues", ["asyncio", "queues"]),
        ("1. - 5 degrees", ["- 5 degrees"]),
    ],
)
def test_the_marks_of_a_pasted_list_are_taken_off(
    client: Client, text: str, topics: list[str]
) -> None:
    response = submit(client, text)
    assert list(Run.objects.get().topics.values_list("text", flat=True)) == topics
    told = [str(message) for message in get_messages(response.wsgi_request)]
    assert any("taken off" in note and f"of {len(topics)} line" in note for note in told)


@pytest.mark.parametrize(
    "topic",
    [
        "1984 novel",
        "3D printing",
        "-fno-strict-aliasing",
        "C - language",
        "1.5 degrees",
        "1984. A novel",
        "-5 degrees",
        "*args",
        "1. FC Union\n1. FC Nürnberg",
        "2)x",
    ],
)
def test_what_is_no_list_stays_as_it_is(client: Client, topic: str) -> None:
    submit(client, topic)
    assert list(Run.objects.get().topics.values_list("text", flat=True)) == topic.split("\n")


@pytest.mark.parametrize(
    ("topics", "fields", "message"),
    [
        (" \n \n", {}, "There is no topic."),
        ("\n".join(map(str, range(201))), {}, "at most 200 topics, and these are 201"),
        ("\n".join(map(str, range(100_000))), {}, "these are 100000"),
        ("asyncio\n" + "x" * 1001, {}, "Topic 2 is 1001 characters long"),
        ("bell \x07", {}, "control character (U+0007)"),
        ("asyncio", {"blueprint": "none"}, "There is no blueprint &#x27;none&#x27;."),
        ("asyncio", {"model": "nobody/knows"}, "No provider is known for the model"),
        ("asyncio", {"model": "openai/gpt-4o"}, "needs OPENAI_API_KEY"),
        ("asyncio", {"token_budget": "0"}, "The token budget &#x27;0&#x27; is not a whole number"),
        (
            "asyncio",
            {"token_budget": "many"},
            "budget &#x27;many&#x27; is not a whole number",
        ),
        ("asyncio", {"money_budget": "-1"}, "The money budget &#x27;-1&#x27; is not a sum in USD"),
        (
            "asyncio",
            {"money_budget": "nan"},
            "The money budget &#x27;nan&#x27; is not a sum in USD",
        ),
        ("asyncio", {"model": "hosted_vllm/x", "money_budget": "1"}, "No price is known for"),
    ],
)
def test_bad_input_comes_back_whole_with_a_reason(
    client: Client,
    woken: list[bool],
    monkeypatch: pytest.MonkeyPatch,
    topics: str,
    fields: dict[str, str],
    message: str,
) -> None:
    monkeypatch.setenv("VLLM_BASE_URL", "http://127.0.0.1:9/v1")
    response = submit(client, topics, **fields)
    page = response.content.decode()
    assert response.status_code == 400
    assert message in page
    assert topics in page
    assert f'value="{fields.get("model", "offline")}"' in page
    assert all(f'value="{text}"' in page for name, text in fields.items() if "budget" in name)
    assert (Run.objects.count(), woken) == (0, [])


def test_an_error_stands_at_its_field(client: Client) -> None:
    page = submit(client, "asyncio", model="nobody/knows").content.decode()
    assert 'id="model-error"' in page and 'id="topics-error"' not in page


def test_a_budget_is_the_runs(client: Client) -> None:
    submit(client, "asyncio", token_budget="20,000", money_budget="$0.50")
    run = Run.objects.get()
    assert (run.token_budget, run.money_budget) == (20000, Decimal("0.5"))


def test_the_settings_budget_is_offered_and_holds(client: Client, settings: Any) -> None:
    settings.RESEARCH_TOKEN_BUDGET = 70000
    assert 'name="token_budget" inputmode="numeric"' in (page := client.get("/").content.decode())
    assert 'value="70000"' in page
    submit(client, "asyncio")
    assert Run.objects.get().token_budget == 70000


def test_what_the_model_costs_stands_beside_it(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "offline costs nothing" in client.get("/").content.decode()
    monkeypatch.setenv("OPENAI_API_KEY", "k" * 20)
    told = client.get("/estimate/?model=gpt-4o-mini&blueprint=quick").content.decode()
    assert "costs $0.15 per million tokens that it reads and $0.60 per million" in told
    assert "No price is known" in client.get("/estimate/?model=openai/own").content.decode()
    assert client.get("/estimate/?model=nobody/knows").content.strip() == b""


def test_what_was_typed_is_text_and_nothing_else(client: Client) -> None:
    page = submit(client, "</textarea><script>alert(1)</script>", model="?").content.decode()
    assert "<script>alert" not in page


def test_the_last_runs_are_listed_in_few_queries(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    for number in range(10):
        submit(client, f"topic {number}\nanother\na third\na fourth")
    cache.clear()
    Plan.objects.covering("offline")  # cached for a few seconds from now
    with django_assert_max_num_queries(10):
        page = client.get("/").content.decode()
    assert page.count('class="run-what"') == 8
    assert "topic 9" in page and "topic 1<" not in page and "and 1 more" in page


def test_the_first_minute_says_what_there_is_and_how_to_get_more(
    client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = client.get("/").content.decode()
    assert "<code>OPENAI_API_KEY=sk-…</code>" in page and "<code>SERPER_API_KEY=…</code>" in page
    assert f"<code>{settings.ENV_FILE}</code>" in page and "none is yours yet" in page
    assert "Only the library is searched" not in page
    for example in strip.EXAMPLES:
        assert f">{example}</button>" in page
    monkeypatch.setenv("OPENAI_API_KEY", "k" * 20)
    page = client.get("/").content.decode()
    assert "<b>openai/gpt-4o-mini</b>" in page and "Only the library is searched" in page
    monkeypatch.setenv("SERPER_API_KEY", "k" * 20)
    assert "Only the library is searched" not in client.get("/").content.decode()
    assert "k" * 20 not in page


def test_a_missing_key_is_told_with_its_line_and_place(client: Client, settings: Any) -> None:
    page = submit(client, "asyncio", model="anthropic/claude-sonnet-4-5").content.decode()
    assert f"Write ANTHROPIC_API_KEY=… into {settings.ENV_FILE}" in page


def test_what_a_topic_may_cost_is_there_before_any_has_run(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "k" * 20)
    quick = client.get("/estimate/?model=gpt-4o-mini&blueprint=quick").content.decode()
    assert "At a guess a topic will use about 4,400 tokens" in quick
    assert 'data-tokens="4400" data-usd="0.000840"' in quick
    deep = client.get("/estimate/?model=gpt-4o-mini&blueprint=deep").content.decode()
    assert 'data-tokens="13000"' in deep
    offline = client.get("/estimate/?model=offline&blueprint=quick").content.decode()
    assert 'data-tokens="0" data-usd="0"' in offline
