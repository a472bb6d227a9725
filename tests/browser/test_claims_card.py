"""What stands behind a citation: a card, opened by pointing, by keyboard and by a tap."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.support.provider import ScriptedProvider
from tests.support.site import Site

CARD = "#claim-card"
CITATION = "#topic-1-result a.cite >> nth=0"
MARK = "#topic-2-result a.claim-mark >> nth=0"


@pytest.fixture
def run(site: Site, provider: ScriptedProvider) -> str:
    """The page of a run whose first topic quotes its source, and whose second one invents."""
    invented = {"match": "wasps", "answer": "- Wasps live for 9,999 years [1]."}
    provider.script(invented, tools=True)
    run = site.result(site.submit("asyncio event loop", "wasps in Python")["id"])["id"]
    return f"/runs/{run}/?open=1,2"


def test_a_card_opens_when_pointed_at_and_closes_with_escape(page: Page, run: str) -> None:
    page.clock.install()
    page.goto(run)
    page.hover(CITATION)
    page.clock.run_for(1000)
    expect(page.locator(f"{CARD} mark").first).to_be_visible()
    expect(page.locator(CARD)).to_contain_text("quoted")
    page.hover(f"{CARD} mark >> nth=0")  # the way there does not close it
    page.clock.run_for(1000)
    expect(page.locator(CARD)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(CARD)).to_be_hidden()
    page.hover(CITATION)
    page.clock.run_for(1000)
    expect(page.locator(CARD)).to_be_visible()
    page.hover("h1")
    page.clock.run_for(1000)
    expect(page.locator(CARD)).to_be_hidden()


def test_a_mark_tells_why(page: Page, run: str) -> None:
    page.goto(run)
    expect(page.locator(MARK)).to_have_accessible_name(
        "✕ invented (9,999 years stands in no source.)"
    )
    page.hover(MARK)
    expect(page.locator(CARD)).to_contain_text("9,999 years stands in no source.")


def test_a_card_is_reached_and_left_by_keyboard(page: Page, run: str) -> None:
    page.goto(run)
    page.focus("#topic-1-claims summary")
    page.keyboard.press("Tab")
    citation = page.locator(CITATION)
    expect(citation).to_be_focused()
    expect(page.locator(CARD)).to_be_visible()
    expect(citation).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Tab")
    expect(page.locator(f"{CARD} a").first).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(citation).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(citation).to_be_focused()
    expect(page.locator(CARD)).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.locator(CARD)).to_be_visible()
    for _ in range(page.locator(f"{CARD} a").count() + 1):
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#claim-card')") is None


def test_a_tap_opens_the_card_and_another_one_closes_it(
    open_page: Any, site: Site, run: str
) -> None:
    page: Page = open_page(
        base_url=site.url, has_touch=True, viewport={"width": 390, "height": 700}
    )
    page.goto(run)
    page.tap(CITATION)
    expect(page.locator(f"{CARD} mark").first).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.tap("h1")
    expect(page.locator(CARD)).to_be_hidden()


def test_without_a_script_a_citation_leads_to_its_source_and_a_mark_to_its_claim(
    open_page: Any, site: Site, run: str
) -> None:
    page: Page = open_page(base_url=site.url, java_script_enabled=False)
    page.goto(run)
    page.click(CITATION)
    assert page.url.endswith("#topic-1-source-1")
    page.click(MARK)
    assert page.url.endswith("#topic-2-claim-0")
    expect(page.locator("#topic-2-claim-0")).to_contain_text("stands in no source")


def test_a_decision_on_a_claim_shows_on_an_open_page(page: Page, site: Site, run: str) -> None:
    page.goto(run)
    decide = run.partition("?")[0].replace("/runs", "/api/runs") + "topics/2/claims/0"
    corrected = {"decision": "corrected", "correction": "Wasps live for a summer."}
    site.post(decide, corrected).raise_for_status()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("#topic-2-result ins")).to_have_text("Wasps live for a summer.")
    site.post(decide, corrected | {"correction": "For a year."}).raise_for_status()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("#topic-2-result ins")).to_have_text("For a year.")
