"""A browser, and windows in it.

A module whose tests take `page` has no async tests: Playwright's own loop is running there.
"""

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.support.missing import unavailable
from tests.support.patience import patient
from tests.support.site import Site

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
BROWSER_OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SECONDS = 20.0  # for what a page is to show

expect.set_options(timeout=1000 * patient(SECONDS))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    if executable is None:
        unavailable("Chromium", "apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=BROWSER_OPTIONS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a window with Playwright's context options: `open_page(color_scheme="dark")`.

    At the end of the test no page may have raised an error or met the content security policy.
    """
    contexts = []
    complaints: list[str] = []

    def opened(**options: Any) -> Page:
        contexts.append(browser.new_context(**options))
        page = contexts[-1].new_page()
        page.set_default_timeout(1000 * patient(SECONDS))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: refused(message.text))
        return page

    def refused(text: str) -> None:
        if "Content Security Policy" in text:
            complaints.append(text)

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def page(open_page: Callable[..., Page], site: Site) -> Page:
    """A window on the site: `page.goto("/")`."""
    return open_page(base_url=site.url)
