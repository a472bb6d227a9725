"""A topic's own page in a browser: alive while its crew works, left by the arrow keys."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.support.provider import ScriptedProvider
from tests.support.site import Site

WATCH = """() => {
    window.written = "";
    const note = () => { window.written += document.querySelector(".partial")?.textContent ?? ""; };
    const changes = { subtree: true, childList: true, characterData: true };
    new MutationObserver(note).observe(document.getElementById("topic"), changes);
}"""
REPORT = "# Hives\n\nBees live in hives [1].\n\n## Wax\n\nOf wax.\n\n# Honey\n\nSweet.\n"


def test_it_comes_alive_without_a_reload(
    page: Page, site: Site, provider: ScriptedProvider
) -> None:
    provider.script(latency=2, tools=True, chunks=10, chunk_delay=0.8, answer=REPORT)
    run = site.submit("bees", "wasps")["id"]
    page.goto(f"/runs/{run}/1/")
    page.evaluate(WATCH)
    expect(page.locator(".now-note")).to_contain_text("asks openai/scripted")
    expect(page.locator("#topic-1-result")).to_contain_text("Bees live in hives")
    expect(page.locator("#topic[data-status=succeeded]")).to_be_visible()
    expect(page.locator(".own-now")).to_have_count(0)
    expect(page.locator("#topic-1-work")).to_contain_text("Calls of the model")
    page.locator(".contents").get_by_text("Honey").click()
    expect(page.locator("#topic-1-part-3")).to_be_in_viewport()
    assert "Bees live" in page.evaluate("window.written")  # by the page that was opened


def test_the_arrow_keys_lead_from_topic_to_topic(page: Page, site: Site) -> None:
    run = site.result(site.submit("bees", "wasps", "ants")["id"])["id"]
    page.goto(f"/runs/{run}/")
    page.locator("#topic-2 .topic-number").click()
    expect(page).to_have_url(re.compile(f"/runs/{run}/2/$"))
    expect(page).to_have_title(re.compile("^wasps"))
    page.wait_for_load_state()  # until its scripts have run
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile("/3/$"))
    page.wait_for_load_state()
    page.keyboard.press("ArrowLeft")
    expect(page).to_have_url(re.compile("/2/$"))
    page.wait_for_load_state()
    page.get_by_label("Note").fill("ab")
    page.keyboard.press("ArrowLeft")  # moves in the text
    page.keyboard.type("x")
    expect(page.get_by_label("Note")).to_have_value("axb")
    page.get_by_role("link", name="The run").click()
    expect(page.locator("#topic-2-result")).to_be_visible()


@pytest.mark.parametrize("width", [390, 1280])
def test_a_citation_leads_to_the_source_beside_it(
    open_page: Callable[..., Page], site: Site, provider: ScriptedProvider, width: int
) -> None:
    provider.script(tools=True, answer=REPORT)
    run = site.result(site.submit("asyncio event loop")["id"])["id"]
    page = open_page(base_url=site.url, viewport={"width": width, "height": 800})
    page.goto(f"/runs/{run}/1/")
    page.locator("#topic-1-result a.cite").first.click()
    page.locator("#claim-card a[href='#topic-1-source-1']").click()
    expect(page.locator("#topic-1-source-1")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
