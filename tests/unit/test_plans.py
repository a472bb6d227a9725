"""Plans: what a person says of a provider or a model, the most specific word first."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.test import Client

from research.runs.models import Plan

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def settings_allow_600_requests(settings: Any) -> Iterator[None]:
    settings.RESEARCH_REQUESTS_PER_MINUTE = 600
    settings.RESEARCH_TOKENS_PER_MINUTE = None
    yield
    cache.clear()  # a test's rows are rolled back, which tells nobody


def limits(model: str) -> set[tuple[str, str, int]]:
    return {(each.what, each.scope, each.amount) for each in Plan.objects.limits(model)}


def test_without_a_plan_the_settings_hold() -> None:
    assert limits("openai/gpt-4o-mini") == {("requests", "openai", 600)}


def test_each_limit_comes_from_the_most_specific_plan_that_has_it() -> None:
    Plan.objects.create(name="openai", requests_per_minute=100, tokens_per_minute=9000)
    Plan.objects.create(name="openai/gpt-4o-mini", tokens_per_minute=5000)
    mini = {("requests", "openai", 100), ("tokens", "openai/gpt-4o-mini", 5000)}
    assert limits("openai/gpt-4o-mini") == limits("gpt-4o-mini") == mini
    assert limits("openai/gpt-4o") == {("requests", "openai", 100), ("tokens", "openai", 9000)}
    assert limits("groq/llama-3.3-70b-versatile") == {("requests", "groq", 600)}
    assert limits("offline") == set()


def test_asking_again_costs_no_query(django_assert_num_queries: Any) -> None:
    Plan.objects.create(name="openai", requests_per_minute=100)
    limits("gpt-4o")
    with django_assert_num_queries(0):
        assert limits("gpt-4o-mini") == {("requests", "openai", 100)}


def test_a_change_holds_at_once() -> None:
    plan = Plan.objects.create(name="openai", requests_per_minute=100)
    assert limits("gpt-4o") == {("requests", "openai", 100)}
    plan.requests_per_minute = 50
    plan.save()
    assert limits("gpt-4o") == {("requests", "openai", 50)}
    Plan.objects.all().delete()
    assert limits("gpt-4o") == {("requests", "openai", 600)}


@pytest.mark.parametrize(
    ("written", "kept"),
    [("gpt-4o", "openai/gpt-4o"), (" google ", "gemini"), ("offline", "offline")],
)
def test_a_name_is_kept_as_this_site_writes_it(written: str, kept: str) -> None:
    plan = Plan(name=written)
    plan.full_clean()
    assert plan.name == kept


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "nobody/knows"},
        {"name": "openai", "requests_per_minute": 0},
        {"name": "openai", "prompt_price": Decimal(1)},
        {"name": "openai", "prompt_price": Decimal(-1), "completion_price": Decimal(1)},
    ],
)
def test_what_makes_no_sense_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Plan(**fields).full_clean()


def test_a_person_edits_plans_in_the_admin(client: Client) -> None:
    form = {"name": "gpt-4o", "tokens_per_minute": "30000"}
    answer = client.post("/admin/research/plan/add/", form)
    assert answer.status_code == 302
    assert ("tokens", "openai/gpt-4o", 30000) in limits("openai/gpt-4o")
    assert "openai/gpt-4o" in client.get("/admin/research/plan/").content.decode()
