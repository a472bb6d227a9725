"""What a model costs: a person's plan, else the list of prices, else nobody knows."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.core.cache import cache

from research.crews.llms.price_list import Price
from research.runs.estimate import estimate_of
from research.runs.models import Blueprint, Plan, Run, Status, Topic
from research.runs.submission import Submission
from research.text.money import usd

pytestmark = pytest.mark.django_db

MINI = Price(Decimal("0.15"), Decimal("0.60"))


@pytest.fixture(autouse=True)
def no_plans_are_left() -> Iterator[None]:
    yield
    cache.clear()


@pytest.mark.parametrize(
    "model",
    [
        "openai/gpt-4o-mini",
        "gpt-4o-mini",
        "azure/gpt-4o-mini",
        "anthropic/claude-sonnet-4-5",
        "claude-sonnet-4-5",
        "gemini/gemini-2.5-flash",
        "google/gemini-2.5-flash",
        "bedrock/anthropic.claude-sonnet-4-5-20250929-v1:0",
        "deepseek/deepseek-chat",
        "mistral/mistral-small-latest",
        "fireworks_ai/llama-v3p1-8b-instruct",
        "together_ai/openai/gpt-oss-20b",
    ],
)
def test_crewais_names_find_their_price(model: str) -> None:
    price = Plan.objects.price_of(model)
    assert price is not None
    assert 0 < price.prompt <= price.completion < 100


def test_a_price_is_in_usd_per_million_tokens() -> None:
    assert Plan.objects.price_of("openai/gpt-4o-mini") == MINI
    assert MINI.of(prompt_tokens=10_000, completion_tokens=1_000) == Decimal("0.0021")


@pytest.mark.parametrize("model", ["openai/scripted", "hosted_vllm/my-model", "openai/tts-1"])
def test_an_unknown_price_is_not_nothing(model: str) -> None:
    assert Plan.objects.price_of(model) is None


@pytest.mark.parametrize("model", ["offline", "ollama/llama3.2", "ollama_chat/anything"])
def test_what_computes_here_costs_nothing(model: str) -> None:
    assert Plan.objects.price_of(model) == Price(Decimal(0), Decimal(0))


def test_a_plan_knows_better_than_the_list() -> None:
    Plan.objects.create(name="openai", prompt_price=3, completion_price=4)
    Plan.objects.create(name="openai/gpt-4o-mini", prompt_price=1, completion_price=2)
    Plan.objects.create(name="anthropic", requests_per_minute=5)
    assert Plan.objects.price_of("gpt-4o-mini") == Price(Decimal(1), Decimal(2))
    assert Plan.objects.price_of("openai/scripted") == Price(Decimal(3), Decimal(4))
    assert Plan.objects.price_of("claude-sonnet-4-5") == Price(Decimal(3), Decimal(15))


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("0", "$0"),
        ("1234.5", "$1,234.50"),
        ("0.5", "$0.50"),
        ("0.0999", "$0.10"),
        ("0.099", "$0.099"),
        ("0.02", "$0.02"),
        ("0.0042", "$0.0042"),
        ("0.00045678", "$0.00046"),
    ],
)
def test_sums_are_written_to_be_read(amount: str, text: str) -> None:
    assert usd(Decimal(amount)) == text


def test_a_run_keeps_the_price_it_was_run_with(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "k" * 20)
    run = Submission.check(["x"], model="gpt-4o-mini").submit()
    Plan.objects.create(name="openai/gpt-4o-mini", prompt_price=1, completion_price=2)
    run.refresh_from_db()
    assert run.price == MINI


def test_earlier_runs_tell_what_a_topic_uses(django_assert_num_queries: object) -> None:
    quick = Blueprint.objects.get(name="quick")
    for model, status, tokens in (
        ("gpt-4o-mini", Status.SUCCEEDED, 1000),
        ("gpt-4o-mini", Status.SUCCEEDED, 2000),
        ("gpt-4o-mini", Status.FAILED, 9000),
        ("gpt-4o", Status.SUCCEEDED, 9000),
    ):
        run = Run.objects.create(blueprint="quick", definition=quick.definition, model=model)
        used = {"prompt_tokens": tokens, "completion_tokens": tokens // 10}
        Topic.objects.create(run=run, position=1, text="x", status=status, **used)
    Plan.objects.price_of("gpt-4o-mini")  # plans are asked for once
    with django_assert_num_queries(1):  # type: ignore[operator]
        estimate = estimate_of("gpt-4o-mini", "quick", None)
    assert (estimate.topics, estimate.prompt, estimate.completion) == (2, 1500, 150)
    assert estimate.tokens == 1600  # 1,650 to two digits
    assert estimate.usd == Decimal("0.000315")
    assert not estimate.is_guess
    guess = estimate_of("gpt-4o-mini", "deep", None)
    assert guess.is_guess and guess.tokens > estimate.tokens
