"""The live page on a bad line: it says so, comes back by itself, and misses nothing."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.bad_line import BadLine
from tests.support.provider import ScriptedProvider
from tests.support.site import Site, asking, start_site


@pytest.fixture
def line(site: Site) -> Iterator[BadLine]:
    with BadLine(site.url) as line:
        yield line


@pytest.fixture
def page(open_page: Callable[..., Page], line: BadLine) -> Page:
    return open_page(base_url=line.url)


def watch(page: Page, run: str) -> None:
    page.goto(f"/runs/{run}/")
    page.evaluate("window.isTheSamePage = true")
    expect(page.locator("#topic-1")).to_contain_text("asks openai/scripted")


def sees_the_end(page: Page, site: Site, run: str) -> None:
    site.result(run)
    expect(page.locator("#run")).to_contain_text("2 of 2 topics done")
    expect(page.locator("#topic-2")).to_contain_text("two has been studied")
    expect(page.locator("#connection")).to_be_hidden()
    expect(page).to_have_title(re.compile("^✓ "))
    assert page.evaluate("window.isTheSamePage")


def test_a_run_that_ends_while_the_line_is_silent(
    page: Page, line: BadLine, site: Site, provider: ScriptedProvider
) -> None:
    provider.script(latency=4)
    run = site.submit("one", "two")["id"]
    watch(page, run)
    expect(page.locator("#summary")).to_have_attribute("data-status", "running")
    line.silence()
    site.result(run)
    notice = page.locator("#connection")
    expect(notice).to_contain_text(re.compile(r"Reconnecting… .* since .*\d:\d\d"))
    expect(page.locator("#summary")).to_have_attribute("data-status", "running")
    expect(page.locator(".notices")).to_have_attribute("aria-live", "polite")
    line.mend()
    sees_the_end(page, site, run)


def test_a_line_that_is_cut_again_and_again(
    page: Page, line: BadLine, site: Site, provider: ScriptedProvider
) -> None:
    answer = "- What two has been studied for"
    provider.script(latency=1, tools=True, chunks=20, chunk_delay=0.1, answer=answer)
    run = site.submit("one", "two")["id"]
    watch(page, run)
    for _ in range(3):
        line.cut()
        expect(page.locator("#connection")).to_be_visible()
        expect(page.locator("#connection")).to_be_hidden()
    sees_the_end(page, site, run)


@pytest.fixture
def own_site(tmp_path: Path, first_database: Path, provider: ScriptedProvider) -> Iterator[Site]:
    site = start_site(tmp_path / "own", first_database, **asking(provider.url))
    yield site
    site.kill()


def test_a_server_that_falls_and_comes_back(
    open_page: Callable[..., Page], own_site: Site, provider: ScriptedProvider
) -> None:
    provider.script(latency=3)
    page = open_page(base_url=own_site.url)
    run = own_site.submit("one", "two")["id"]
    watch(page, run)
    own_site.kill()
    expect(page.locator("#connection")).to_contain_text("Reconnecting")
    own_site.start()
    sees_the_end(page, own_site, run)


def test_nothing_is_done_that_the_site_was_not_told(
    page: Page, line: BadLine, site: Site, provider: ScriptedProvider
) -> None:
    provider.script({"match": "doomed", "fault": "401"})
    run = site.submit("fine", "doomed")["id"]
    site.result(run)
    page.goto(f"/runs/{run}/")
    line.end()
    page.click("#topic-2-retry")
    expect(page.locator("#told")).to_contain_text("could not be reached")
    expect(page.locator("#topic-2-retry")).to_be_focused()


def test_a_finished_run_needs_no_line(page: Page, site: Site, provider: ScriptedProvider) -> None:
    run = site.submit("one", "two")["id"]
    site.result(run)
    sockets: list[str] = []
    page.on("websocket", lambda socket: sockets.append(socket.url))
    page.goto(f"/runs/{run}/")
    expect(page.locator("#timeline")).to_be_hidden()
    page.click("text=Side by side")
    expect(page.locator("#timeline .segment.is-succeeded")).to_have_count(2)
    expect(page.get_by_text("at work at the same moment")).to_be_visible()
    assert sockets == []


def test_bars_end_where_the_knowledge_ends(
    page: Page, line: BadLine, site: Site, provider: ScriptedProvider
) -> None:
    provider.script(latency=40)
    run = site.submit("one", "two")["id"]
    watch(page, run)
    bar = page.locator("#timeline .segment.crew").first
    expect(bar).to_be_attached()  # the timeline asks for the stored events by a request of its own
    line.silence()
    expect(page.locator("#connection")).to_be_visible()
    ends = set()
    for _ in range(3):  # seconds of the clock beside what the crew does, which draws the bars too
        shown = page.locator(".now-for").first.text_content()
        expect(page.locator(".now-for").first).not_to_have_text(str(shown))
        ends.add(bar.evaluate("bar => bar.style.getPropertyValue('--to')"))
    assert len(ends) == 1
