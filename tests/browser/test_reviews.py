"""Reviewing in a browser: by keyboard, on the run's page and in the admin, beside long reports."""

from playwright.sync_api import Page, expect

from tests.support.provider import ScriptedProvider
from tests.support.site import Site

LONG = "\n\n".join(["Bees fly far and find their way home, as was seen [1]. " * 40] * 20)


def test_a_verdict_by_keyboard_keeps_place_and_focus(
    page: Page, site: Site, provider: ScriptedProvider
) -> None:
    run = site.result(site.submit("bees", "wasps")["id"])["id"]
    page.goto(f"/runs/{run}/#topic-2")
    page.fill("#topic-2-note", "Good enough.")
    page.focus("#topic-2-approve")
    page.keyboard.press("Enter")
    expect(page.locator("#topic-2-review-state")).to_contain_text("Approved by local")
    expect(page.locator("#topic-2-review-state")).to_contain_text("Good enough.")
    expect(page.locator("#count-reviewed")).to_have_text("1 of 2 reviewed")
    expect(page.locator("#topic-2-approve")).to_be_focused()
    page.focus("#topic-2-unreview")
    page.keyboard.press("Enter")
    expect(page.locator("#topic-2-review-state")).to_contain_text("Not reviewed yet.")
    expect(page.locator("#topic-2-line")).to_be_focused()  # its button is gone
    expect(page.locator("#connection")).to_be_hidden()


def test_a_page_that_is_looked_at_again_shows_others_reviews(
    page: Page, site: Site, provider: ScriptedProvider
) -> None:
    run = site.result(site.submit("bees", "wasps")["id"])["id"]
    page.goto(f"/runs/{run}/")
    verdict = {"state": "rejected", "note": "Too short."}
    site.post(f"/api/runs/{run}/topics/1/review", verdict).raise_for_status()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("#topic-1")).to_have_attribute("data-review", "rejected")
    expect(page.locator("#connection")).to_be_hidden()


def test_rejecting_and_retrying_follows_the_new_crew(
    page: Page, site: Site, provider: ScriptedProvider
) -> None:
    run = site.result(site.submit("bees")["id"])["id"]
    provider.script({"match": "More on queens.", "answer": "Queens rule."})
    page.goto(f"/runs/{run}/")
    page.fill("#topic-1-note", "More on queens.")
    page.click("#topic-1-again")
    expect(page.locator("#topic-1-result .claim")).to_have_text(["Queens rule."])
    expect(page.locator("#topic-1-feedback")).to_contain_text("More on queens.")
    expect(page.locator("#topic-1-review-state")).to_contain_text("Not reviewed yet.")


def test_the_admins_verdict_is_in_reach_beside_a_long_report(
    page: Page, site: Site, provider: ScriptedProvider
) -> None:
    provider.script(answer=LONG)
    run = site.result(site.submit("bees", "wasps")["id"])["id"]
    for size in ({"width": 1280, "height": 800}, {"width": 390, "height": 800}):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.goto(f"/admin/research/run/{run}/change/")
        expect(page.locator("[name=_save]")).to_be_in_viewport(ratio=1)
        page.get_by_role("link", name="bees", exact=True).click()
        expect(page.locator("[name=_next]")).to_be_in_viewport(ratio=1)
        assert page.evaluate("document.documentElement.scrollHeight") > 5000
    page.focus(".skip-to-verdict")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#content h2").first).to_have_text("wasps")
    topics = site.get(f"/api/runs/{run}").json()["topics"]
    assert [topic["review"]["state"] for topic in topics] == ["approved", "unreviewed"]
