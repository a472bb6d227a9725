"""The budget on the pages: said before a run, shown with it, raised after it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.support.provider import ScriptedProvider
from tests.support.site import Site

PHONE = {"width": 390, "height": 800}
DESKTOP = {"width": 1200, "height": 900}


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def page(request: pytest.FixtureRequest, open_page: Callable[..., Page], site: Site) -> Page:
    return open_page(base_url=site.url, viewport=request.param)


def fits(page: Page) -> bool:
    width: bool = page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    return width


def test_a_bad_budget_comes_back_at_its_field(page: Page) -> None:
    page.goto("/")
    page.fill("#topics", "asyncio\nqueues")
    expect(page.locator("#token_budget")).to_be_hidden()
    page.click("text=Budget")
    page.fill("#token_budget", "many")
    page.fill("#money_budget", "0.50")
    page.click(".start button")
    expect(page.locator("#token_budget-error")).to_contain_text("not a whole number")
    expect(page.locator("#token_budget")).to_have_value("many")
    expect(page.locator("#money_budget")).to_have_value("0.50")
    expect(page.locator("#topics")).to_have_value("asyncio\nqueues")
    assert fits(page)


def test_what_a_model_costs_follows_the_choice(page: Page) -> None:
    page.goto("/")
    estimate = page.locator("#estimate")
    expect(estimate).to_contain_text("No price is known for openai/scripted")
    page.fill("#model", "openai/gpt-4o-mini")
    page.press("#model", "Tab")
    expect(estimate).to_contain_text("$0.15 per million tokens that it reads")
    page.fill("#model", "offline")
    page.press("#model", "Tab")
    expect(estimate).to_contain_text("offline costs nothing")


def test_a_spent_budget_is_shown_and_raised(page: Page, provider: ScriptedProvider) -> None:
    provider.script(latency=0.3)
    page.goto("/")
    page.fill("#topics", "one\ntwo\nthree")
    page.fill("#model", "openai/gpt-4o-mini")
    page.click("text=Budget")
    page.fill("#token_budget", "50")
    page.fill("#money_budget", "$0.50")
    page.click(".start button")
    expect(page.locator("#summary")).to_have_attribute("data-status", "partial")
    expect(page.locator("#count-tokens")).to_contain_text("of 50 tokens")
    expect(page.locator("#count-cost")).to_contain_text("of $0.50")
    expect(page.locator("#run")).to_contain_text("Retry the topics with a larger budget")
    assert fits(page)
    page.fill("#raise-tokens input", "9000")
    page.click("#retry-run")
    expect(page.locator("#count-tokens")).to_contain_text("of 9,000 tokens")
    expect(page.locator("#summary")).to_have_attribute("data-status", "succeeded")
    assert provider.stats()["requests"] == 3


def test_without_scripts_it_works_as_well(
    open_page: Callable[..., Page], site: Site, provider: ScriptedProvider
) -> None:
    page = open_page(base_url=site.url, java_script_enabled=False)
    page.goto("/")
    page.fill("#topics", "one\ntwo")
    page.click("text=Budget")
    page.fill("#token_budget", "10")
    page.click(".start button")
    site.result(page.url.rstrip("/").rsplit("/", 1)[1])
    page.reload()
    page.fill("#raise-tokens input", "none")
    page.click("#retry-run")
    expect(page.locator(".messages")).to_contain_text(
        "The token budget 'none' is not a whole number"
    )
    page.fill("#raise-tokens input", "9000")
    page.click("#retry-run")
    assert site.result(page.url.rstrip("/").rsplit("/", 1)[1])["status"] == "succeeded"
