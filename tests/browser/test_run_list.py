"""The page of a run as a list: sixty long reports of the demonstration, found, opened, printed."""

import io
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.support.provider import ScriptedProvider
from tests.support.site import Site
from tests.support.waiting import wait

PHONE = {"width": 390, "height": 844}
ARABIC, LAST = 4, 60


@pytest.fixture(scope="module")
def demo(site_process: Site) -> str:
    """The address of a run of sixty long reports."""
    made = site_process.manage("demo")
    made.check_returncode()
    return made.stdout.strip()


def test_the_page_stays_small_however_long_the_reports(page: Page, demo: str) -> None:
    answer = page.goto(demo)
    assert answer is not None and len(answer.body()) < 150_000
    expect(page.locator(".topic")).to_have_count(60)
    expect(page.locator(".report")).to_have_count(0)
    page.locator("#topic-1-line").click()
    expect(page.locator("#topic-1-result h4").first).to_be_visible()
    page.locator("#topic-1-line").click()
    expect(page.locator("#topic-1-result")).to_be_hidden()


def test_an_address_leads_into_a_report(page: Page, demo: str) -> None:
    page.goto(f"{demo}#topic-7")
    expect(page.locator("#topic-7-result")).to_be_visible()
    expect(page.locator("#topic-7-line")).to_be_focused()
    page.goto(f"{demo}#topic-9-source-3")
    expect(page.locator("#topic-9-source-3")).to_be_in_viewport()


def test_what_is_shown_stands_in_the_address(page: Page, demo: str) -> None:
    page.goto(demo)
    page.locator("#filter-cancelled").click()
    page.get_by_label("Sort by").select_option("time")
    expect(page).to_have_url(re.compile(r"\?status=cancelled&sort=time$"))
    shown = page.locator(".topic:visible")
    expect(shown).to_have_count(2)
    order = shown.evaluate_all("lines => lines.map((line) => line.id)")
    page.reload()
    expect(shown).to_have_count(2)
    assert shown.evaluate_all("lines => lines.map((line) => line.id)") == order


@pytest.mark.parametrize("by", ["sources", "cost", "time", "state"])
def test_the_script_sorts_as_the_server_does(page: Page, demo: str, by: str) -> None:
    positions = "lines => lines.map((line) => line.dataset.position)"
    page.goto(f"{demo}?sort={by}")
    sorted_by_server = page.locator(".topic").evaluate_all(positions)
    page.goto(demo)
    page.get_by_label("Sort by").select_option(by)
    assert page.locator(".topic").evaluate_all(positions) == sorted_by_server


def test_any_topic_is_a_few_keys_away(page: Page, demo: str) -> None:
    page.goto(demo)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to the topics")).to_be_focused()
    page.keyboard.press("Enter")
    while page.evaluate("document.activeElement.id") != "goto":
        page.keyboard.press("Tab")
    page.keyboard.type("57")
    page.keyboard.press("Enter")
    expect(page.locator("#topic-57-line")).to_be_focused()
    expect(page.locator("#topic-57-result")).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#topic-58-line")).to_be_focused()


def test_failures_of_one_cause_are_one_line(page: Page, demo: str) -> None:
    page.goto(demo)
    refused = page.locator(".cause", has_text="refused the key")
    expect(refused).to_contain_text("5 topics failed")
    expect(page.locator(".cause", has_text="asks to wait")).to_contain_text("3 topics failed")
    expect(page.locator(".topic[data-status=failed]:visible")).to_have_count(1)
    refused.locator("summary").click()
    refused.locator("li a").first.click()
    expect(page.locator(".topic[data-status=failed]:visible")).to_have_count(2)


@pytest.mark.parametrize("viewport", [PHONE, {"width": 1280, "height": 900}])
def test_wide_tables_scroll_and_keep_words_whole(
    open_page: Callable[..., Page], site: Site, demo: str, viewport: dict[str, int]
) -> None:
    page = open_page(base_url=site.url, viewport=viewport)
    page.goto(f"{demo}#topic-1")
    table = page.get_by_role("region", name="Table 1 of topic 1")
    assert table.evaluate("frame => frame.scrollWidth > frame.clientWidth")
    table.focus()
    expect(table).to_be_focused()
    broken = """frame => [...frame.querySelectorAll("th, td")].filter((cell) => {
        const text = cell.firstChild, range = document.createRange();
        if (text?.nodeType !== Node.TEXT_NODE) return false;
        range.setStart(text, 0);
        range.setEnd(text, /^[\\w]*/.exec(text.data)[0].length);
        return range.getClientRects().length > 1;
    }).map((cell) => cell.textContent)"""
    assert table.evaluate(broken) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


def test_text_from_right_to_left(page: Page, demo: str) -> None:
    page.goto(f"{demo}#topic-{ARABIC}")
    bullet = page.locator(f"#topic-{ARABIC}-result li", has=page.locator(".cite")).first
    expect(bullet).to_be_visible()
    assert bullet.evaluate("item => getComputedStyle(item).direction") == "rtl"
    # The number closes its sentence: nothing of it stands further to the left on its line.
    assert bullet.evaluate("""item => {
        const cite = [...item.querySelectorAll(".cite")].at(-1).getBoundingClientRect();
        const range = document.createRange();
        range.selectNodeContents(item);
        return [...range.getClientRects()].every((rect) =>
            rect.bottom <= cite.top + 2 || rect.left >= cite.left - 2);
    }""")


def test_a_topic_has_a_page_of_its_own(page: Page, demo: str) -> None:
    page.goto(f"{demo}2/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("How do retention periods")
    expect(page).to_have_title(re.compile("^How do retention"))
    expect(page.get_by_role("heading", level=2).first).to_be_visible()
    page.get_by_role("link", name="→").click()
    expect(page).to_have_url(re.compile("/3/$"))


def test_on_paper_every_report_is_open(page: Page, demo: str) -> None:
    page.goto(demo)
    text = "\n".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(page.pdf())).pages)
    assert text.count("Made up for make demo") > 25
    assert "https://example.org/60/1" in text
    expect(page.locator("#topic-1-result")).to_be_hidden()  # afterwards it is as it was


def test_without_a_script_everything_is_there(
    open_page: Callable[..., Page], site: Site, demo: str
) -> None:
    page = open_page(base_url=site.url, java_script_enabled=False)
    page.goto(demo)
    expect(page.locator("#topic-1-result")).to_be_visible()
    while page.locator(f"#topic-{LAST}-result").count() == 0:  # a page holds so many claims
        page.get_by_role("link", name="Open the next ones").click()
        page.wait_for_load_state()
    expect(page.locator(f"#topic-{LAST}-result")).to_be_visible()


def test_cancel_and_retry_keep_place_and_focus(
    page: Page, site: Site, provider: ScriptedProvider
) -> None:
    provider.script({"match": "slow", "latency": 60})
    run = site.submit(*(f"quick {n}" for n in range(8)), "slow one", "slow two")["id"]
    page.goto(f"/runs/{run}/")
    page.evaluate("window.isTheSamePage = true")
    page.locator("#topic-1-line").click()
    expect(page.locator("#topic-1-result")).to_be_visible()
    page.locator("#topic-9-cancel").click()
    expect(page.locator("#topic-9[data-status=cancelled]")).to_be_visible()
    expect(page.locator("#topic-9-line")).to_be_focused()
    expect(page.locator("#topic-9-retry")).to_be_in_viewport()
    page.locator("#topic-9-retry").click()
    expect(page.locator("#topic-9[data-status=running]")).to_be_visible()
    expect(page.locator("#topic-1-result")).to_be_visible()
    expect(page).to_have_title(re.compile(r"^\(8/10\) "))
    assert page.evaluate("window.isTheSamePage")


def test_one_retry_for_failures_of_one_cause(
    page: Page, site: Site, provider: ScriptedProvider
) -> None:
    provider.script(
        {"match": "doomed", "fault": "401", "times": 2}, {"match": "odd", "fault": "404"}
    )
    run = site.submit("doomed one", "doomed two", "odd")["id"]
    site.result(run)
    page.goto(f"/runs/{run}/")
    page.get_by_role("button", name="Retry these 2").click()
    expect(page.locator(".topic[data-status=succeeded]")).to_have_count(2)
    expect(page.locator(".cause")).to_have_count(0)
    expect(page.locator("#topic-3[data-status=failed]")).to_be_visible()


def test_the_end_is_told_to_whom_asked(
    open_page: Callable[..., Page], site: Site, provider: ScriptedProvider
) -> None:
    provider.script(latency=2)
    page = open_page(base_url=site.url, permissions=["notifications"])
    page.add_init_script("""
        window.told = [];
        window.Notification = class extends EventTarget {
            static permission = "granted";
            static requestPermission = async () => "granted";
            constructor(title, { body }) { super(); window.told.push(body); }
        };
    """)
    run = site.submit("one")["id"]
    page.goto(f"/runs/{run}/")
    page.get_by_role("button", name="Tell me when it is done").click()
    wait(lambda: page.evaluate("window.told.length"))
    assert page.evaluate("window.told") == ["The run has ended: succeeded, 1 of 1 topic done"]
