"""The review desk by keyboard alone, and for a second reviewer; axe has nothing to say of it."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.axe import violations
from tests.support.provider import ScriptedProvider
from tests.support.site import Site

INVENTED = "\n".join(f"- A hive of kind {n} weighs {n}7,351 kilograms. [1]" for n in range(1, 5))


@pytest.fixture
def run(site: Site, provider: ScriptedProvider) -> str:
    """The run of a crew that invented four numbers."""
    provider.script(tools=True, answer=INVENTED)
    return str(site.result(site.submit("asyncio event loop")["id"])["id"])


def claims(page: Page) -> list[Locator]:
    expect(page.locator(".claim")).to_have_count(4)
    return page.locator(".claim").all()


def test_four_claims_are_decided_without_a_mouse(page: Page, site: Site, run: str) -> None:
    page.goto(f"/review/?run={run}")
    first, second, third, fourth = claims(page)
    expect(first).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("ArrowDown")
    expect(third).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("a")
    expect(first).to_contain_text("Accepted by local")
    expect(second).to_be_focused()
    page.keyboard.press("r")
    expect(second).to_contain_text("Rejected by local")
    expect(third).to_be_focused()
    page.keyboard.press("c")
    expect(third.locator("textarea")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("A hive weighs 40 kilograms.")
    assert violations(page) == []
    page.keyboard.press("Control+Enter")
    expect(third).to_contain_text("Corrected by local")
    expect(fourth).to_be_focused()
    page.keyboard.press("a")
    expect(page.locator("#told")).to_have_text("Accepted. That was the last one.")
    expect(fourth).to_contain_text("it is rejected")
    page.keyboard.press("u")
    expect(fourth.locator(".decided")).to_have_count(0)
    page.keyboard.press("a")
    expect(fourth).to_contain_text("Accepted by local")
    topic = site.get(f"/api/runs/{run}/topics/1").json()
    assert [claim["decision"]["state"] for claim in topic["claims"]] == [
        *("accepted", "rejected", "corrected", "accepted")
    ]
    assert topic["claims"][2]["correction"] == "A hive weighs 40 kilograms."
    assert topic["review"]["state"] == "rejected"


def test_the_second_of_two_reviewers_is_told_and_loses_nothing(
    page: Page, site: Site, run: str
) -> None:
    page.goto(f"/review/?run={run}")
    first = claims(page)[0]
    page.keyboard.press("c")
    page.keyboard.press("Control+a")
    page.keyboard.type("Mine.")
    path = f"/api/runs/{run}/topics/1/claims/0"
    site.post(path, {"decision": "rejected"}).raise_for_status()
    page.keyboard.press("Control+Enter")
    expect(first.get_by_role("alert")).to_contain_text("In the meantime local rejected this claim.")
    expect(first).to_be_focused()
    expect(first.locator("textarea")).to_have_value("Mine.")
    first.get_by_role("button", name="Keep the correction").press("Enter")
    expect(first).to_contain_text("Corrected by local")
    expect(first).to_contain_text("Mine.")


def test_it_works_without_a_script(open_page: Any, site: Site, run: str) -> None:
    page = open_page(base_url=site.url, java_script_enabled=False)
    page.goto(f"/review/?run={run}")
    first, *_ = claims(page)
    first.get_by_role("button", name="Accept").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("is accepted.")
    expect(page.locator(".claim")).to_have_count(3)
    assert f"run={run}" in page.url and "#claim-" in page.url


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("query", ["?run={run}", "?state=decided&run={run}", "?q=no-such-word"])
def test_axe_has_nothing_to_say(
    open_page: Any, site: Site, run: str, query: str, scheme: str
) -> None:
    page: Page = open_page(base_url=site.url, color_scheme=scheme)
    path = f"/api/runs/{run}/topics/1/claims/0"
    site.post(path, {"decision": "accepted"}).raise_for_status()
    page.goto("/review/" + query.format(run=run))
    assert violations(page) == []
