"""Running a run again in a browser, and what changed since."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.support.axe import violations
from tests.support.provider import ScriptedProvider
from tests.support.site import Site


@pytest.fixture
def old(site: Site, provider: ScriptedProvider) -> str:
    """The id of a run of three topics."""
    provider.script(tools=True, answer="- Bees live for 40 days [1].\n- They build nests of wax.")
    return site.result(site.submit("bees", "wasps", "ants")["id"])["id"]


def test_chosen_topics_run_again_and_tell_what_changed(
    page: Page, old: str, provider: ScriptedProvider
) -> None:
    provider.script(tools=True, answer="- Bees live for 50 days [1].\n- They dance.")
    page.goto(f"/runs/{old}/")
    page.get_by_role("link", name="Run again").click()
    expect(page.get_by_text("3 of 3 topics")).to_be_visible()
    page.get_by_role("link", name="none", exact=True).click()
    expect(page.get_by_text("0 of 3 topics")).to_be_visible()
    page.get_by_label("bees").check()
    page.get_by_label("ants").check()
    expect(page.get_by_text("2 of 3 topics")).to_be_visible()
    page.get_by_role("button", name="Run again").click()
    expect(page.get_by_text("2 of its topics run again, in this run.")).to_be_visible()
    expect(page.locator("#run")).to_contain_text("2 of 2 topics done")
    page.get_by_role("link", name="what changed").click()
    bees = page.locator("#topic-1")
    expect(bees.locator(".figures").first).to_have_text("40 days → 50 days")
    expect(bees.locator(".loose")).to_contain_text("They dance.")
    expect(page.get_by_text("1 topic in the earlier run only")).to_be_visible()


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
def test_two_runs_beside_each_other_fit_and_can_be_used_by_anyone(
    open_page: Callable[..., Page],
    site: Site,
    old: str,
    provider: ScriptedProvider,
    width: int,
    scheme: str,
) -> None:
    provider.script(tools=True, answer="- Bees live for 50 days [1].\n- They do not build nests.")
    again = site.post(f"/api/runs/{old}/again", {"blueprint": "deep"}).json()
    site.result(again["id"])
    page = open_page(
        base_url=site.url, viewport={"width": width, "height": 800}, color_scheme=scheme
    )
    for path in (f"/runs/{old}/again/", f"/runs/{old}/diff/", f"/runs/{old}/diff/{again['id']}/"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert violations(page) == []
    expect(page).to_have_url(re.compile(again["id"]))


def test_it_works_without_a_script(open_page: Callable[..., Page], site: Site, old: str) -> None:
    page = open_page(base_url=site.url, java_script_enabled=False)
    page.goto(f"/runs/{old}/again/?topics=2")
    page.get_by_role("button", name="Run again").click()
    expect(page.get_by_text("1 of its topics run again, in this run.")).to_be_visible()
