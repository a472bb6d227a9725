"""The pages in a real browser: typing, watching, reloading, a phone, the dark, the keyboard."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.support.patience import patient
from tests.support.provider import ScriptedProvider
from tests.support.site import Site

PHONE = {"width": 390, "height": 844}
PAGES = ("/", "/runs/", "/library/", "/library/?q=event+loop", "/admin/", "/admin/research/run/")


def start(page: Page, *topics: str) -> None:
    page.goto("/")
    page.get_by_role("textbox", name="Topics").fill("\n".join(topics))
    page.get_by_role("button", name="Start the crews").click()
    expect(page).to_have_url(re.compile("/runs/[0-9a-f-]{36}/"))


def test_the_form_counts_while_typing(page: Page) -> None:
    page.goto("/")
    page.get_by_role("textbox", name="Topics").press_sequentially("one\n\ntwo\none")
    expect(page.get_by_text("2 of 200 topics")).to_be_visible()
    expect(page.get_by_text("1 duplicate will be merged")).to_be_visible()
    expect(page.get_by_text("1 blank line will be left out")).to_be_visible()


def test_an_error_stands_at_its_field_and_nothing_typed_is_lost(page: Page) -> None:
    page.goto("/")
    page.get_by_role("textbox", name="Topics").fill("one\ntwo")
    page.get_by_label("Model").fill("no/such")
    page.get_by_role("button", name="Start the crews").click()
    expect(page.get_by_role("alert")).to_contain_text("No provider is known")
    expect(page.get_by_role("textbox", name="Topics")).to_have_value("one\ntwo")


def test_a_run_comes_alive_and_ends_without_a_reload(
    page: Page, provider: ScriptedProvider
) -> None:
    answer = "- What python decorators has been studied for"
    provider.script(latency=0.8, tools=True, chunks=20, chunk_delay=0.1, answer=answer)
    start(page, "python asyncio", "python decorators", "python generators")
    page.evaluate("window.isTheSamePage = true")

    expect(page.get_by_text("asks openai/scripted").first).to_be_visible()
    expect(page.locator(".partial").first).to_contain_text("studied")  # as it is being written
    expect(page.locator("#run")).to_contain_text("3 of 3 topics done")
    card = page.locator("#topic-2")
    expect(card).to_contain_text("python decorators has been studied")
    expect(card.get_by_text("succeeded")).to_be_visible()
    expect(page.get_by_text(re.compile(r"of crew work in"))).to_be_visible()
    expect(page.get_by_text("3 crews at work at the same moment")).to_be_visible()
    assert page.evaluate("window.isTheSamePage")


def test_what_is_offered_follows_the_end_of_a_run(page: Page, provider: ScriptedProvider) -> None:
    provider.script(latency=1.5)
    start(page, "python asyncio", "python decorators")
    export = page.locator("#take")
    export.get_by_text("Export what there is").click()
    expect(page.locator("#bell")).to_be_visible()
    expect(page.locator("#run")).to_contain_text("2 of 2 topics done")
    expect(export.locator("summary")).to_have_text("Export")
    expect(export.get_by_role("link", name="CSV", exact=True)).to_be_visible()  # still open
    expect(export.locator("a[href*=partial]")).to_have_count(0)
    expect(page.locator("#bell")).to_be_hidden()


def test_a_reload_in_the_middle_loses_nothing(page: Page, provider: ScriptedProvider) -> None:
    provider.script({"match": "slow one", "latency": 3.0})
    start(page, "quick one", "slow one")
    expect(page.locator("#topic-1")).to_contain_text("quick one has been studied")

    page.reload()

    expect(page.locator("#topic-1")).to_contain_text("quick one has been studied")
    expect(page.locator("#topic-2")).to_contain_text("asks openai/scripted")
    expect(page.locator("#run")).to_contain_text("2 of 2 topics done")
    expect(page.locator("#topic-2")).to_contain_text("slow one has been studied")


def test_a_failure_shows_on_its_card_only(page: Page, provider: ScriptedProvider) -> None:
    provider.script({"match": "doomed", "fault": "401"})
    start(page, "fine", "doomed")
    expect(page.locator("#topic-2")).to_contain_text("refused the key")
    expect(page.locator("#topic-1")).to_contain_text("fine has been studied")
    expect(page.locator("#run").get_by_text("partial").first).to_be_visible()


def test_a_cited_number_leads_to_its_source(page: Page, provider: ScriptedProvider) -> None:
    provider.script(tools=True, answer="- A loop runs tasks [1]\n- Nobody ever saw this [77]")
    start(page, "asyncio event loop")
    page.locator("#topic-1-result a", has_text="[1]").click()
    page.locator("#claim-card a[href='#topic-1-source-1']").click()
    expect(page).to_have_url(re.compile("#topic-1-source-1$"))
    expect(page.locator(".unknown-source")).to_have_text("[77]")


def test_two_hundred_topics_at_once(page: Page, provider: ScriptedProvider) -> None:
    provider.script(latency=0.5)
    start(page, *(f"topic {number}" for number in range(200)))
    expect(page.locator("#run")).to_contain_text(
        "200 of 200 topics done", timeout=1000 * patient(60)
    )
    expect(page.locator(".topic")).to_have_count(200)
    expect(page.locator(".topic[data-status=succeeded]")).to_have_count(200)


def test_it_works_without_javascript(open_page: Callable[..., Page], site: Site) -> None:
    page = open_page(base_url=site.url, java_script_enabled=False)
    start(page, "one", "two", "one")
    expect(page.get_by_text("1 duplicate was merged")).to_be_visible()
    expect(page.locator("#topic-2")).to_contain_text("two has been studied")


@pytest.mark.parametrize("path", PAGES)
def test_a_phone_needs_no_sideways_scrolling(
    open_page: Callable[..., Page], site: Site, path: str
) -> None:
    page = open_page(base_url=site.url, viewport=PHONE)
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_a_run_fits_a_phone(open_page: Callable[..., Page], site: Site) -> None:
    page = open_page(base_url=site.url, viewport=PHONE)
    start(page, "one", "a topic whose name is averylongwordthatdoesnotbreak" + "x" * 80)
    expect(page.locator("#run")).to_contain_text("2 of 2 topics done")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


@pytest.mark.parametrize(("scheme", "is_dark"), [("dark", True), ("light", False)])
def test_dark_and_light_as_the_person_has_it(
    open_page: Callable[..., Page], site: Site, scheme: str, is_dark: bool
) -> None:
    page = open_page(base_url=site.url, color_scheme=scheme)
    page.goto("/")
    colour = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    brightness = sum(map(int, re.findall(r"\d+", colour)[:3])) / 3
    assert (brightness < 100) == is_dark


def test_the_keyboard_is_enough(page: Page) -> None:
    page.goto("/")
    page.keyboard.type("a topic from the keyboard")
    page.get_by_role("button", name="Start the crews").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#topic-1")).to_contain_text("has been studied")
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to the content")).to_be_focused()
