"""What axe finds on our pages: nothing."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.support.axe import RULES
from tests.support.site import Site

PAGES = (
    *("{run}", "{run}?open=1,4,12", "{run}2/", "{run}4/", "/", "/runs/", "/library/"),
    *("/admin/", "/admin/research/run/", "/admin/research/topic/", "/admin{run}change/"),
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
    found = Axe().run(page, options=RULES).response["violations"]
    assert [(each["id"], [node["target"] for node in each["nodes"]]) for each in found] == []
