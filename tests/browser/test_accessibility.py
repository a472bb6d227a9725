"""What axe finds on our pages: nothing."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.support.axe import violations
from tests.support.site import Site

PAGES = (
    *(
        "{run}",
        "{run}?open=1,4,12",
        "{run}2/",
        "{run}4/",
        "{run}again/",
        "/",
        "/runs/",
        "/library/",
    ),
    *(
        "/admin/",
        "/admin/research/run/",
        "/admin/research/topic/",
        "/admin/research/claim/",
        "/admin{run}change/",
    ),
)


@pytest.fixture(scope="module")
def demo(site_process: Site) -> str:
    made = site_process.manage("demo")
    made.check_returncode()
    return made.stdout.strip()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_axe_has_nothing_to_say(
    open_page: Any, site: Site, demo: str, path: str, scheme: str
) -> None:
    page: Page = open_page(base_url=site.url, color_scheme=scheme)
    page.goto(path.format(run=demo).replace("/admin/runs/", "/admin/research/run/"))
    assert violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nor_of_claims_and_their_card(open_page: Any, site: Site, demo: str, scheme: str) -> None:
    page: Page = open_page(base_url=site.url, color_scheme=scheme)
    page.goto(f"{demo}1/")
    expect(page.locator(".claim-mark.is-unsupported").first).to_be_visible()
    page.click("#topic-1-claims summary")
    assert violations(page) == []
    page.focus("#topic-1-result .cite >> nth=0")
    page.keyboard.press("Enter")
    expect(page.locator("#claim-card")).to_be_visible()
    assert violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nor_of_the_set_up_with_all_its_forms_open(open_page: Any, site: Site, scheme: str) -> None:
    page: Page = open_page(base_url=site.url, color_scheme=scheme)
    page.goto("/setup/")
    assert violations(page) == []
    page.locator("details").evaluate_all("all => all.forEach(each => { each.open = true })")
    assert violations(page) == []
