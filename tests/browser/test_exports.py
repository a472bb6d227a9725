"""Taking a run away from its page: by menu, with progress; a report by the clipboard."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.provider import ScriptedProvider
from tests.support.site import Site


@pytest.fixture
def run(site: Site, provider: ScriptedProvider) -> str:
    """The page of a run of two topics."""
    provider.script({"match": "", "answer": "- **Bees** dance [1].\n- They hum."})
    return f"/runs/{site.result(site.submit('bees', 'wasps')['id'])['id']}/"


@pytest.fixture
def page(open_page: Callable[..., Page], site: Site) -> Page:
    return open_page(base_url=site.url, permissions=["clipboard-read", "clipboard-write"])


def test_a_file_is_written_beside_the_page_and_fetched(page: Page, run: str) -> None:
    page.goto(run)
    page.click("#take summary")
    with page.expect_download() as download:
        page.click("#take a[data-export=pdf]")
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF")
    assert download.value.suggested_filename.endswith(".pdf")
    expect(page.locator("#exports li")).to_have_text("PDF is ready. Save it again")


def test_a_menu_works_without_a_script(
    open_page: Callable[..., Page], site: Site, run: str
) -> None:
    page = open_page(base_url=site.url, java_script_enabled=False)
    page.goto(f"{run}1/")
    page.locator(".take summary").press("Enter")
    with page.expect_download() as download:
        page.get_by_role("link", name="Word (DOCX)").click()
    assert download.value.suggested_filename.endswith("-1.docx")
    expect(page.get_by_role("button", name="Copy as Markdown")).to_be_hidden()


def test_a_refusal_is_told(page: Page, run: str) -> None:
    page.goto(run)
    page.click("#take summary")
    refusal = {"error": {"code": "too_many_exports", "message": "8 exports are under way."}}
    page.route("**/exports/", lambda route: route.fulfill(status=503, json=refusal))
    page.click("#take a[data-export=docx]")
    expect(page.locator("#exports li")).to_have_text("8 exports are under way.")


def test_a_report_is_copied_as_markdown_by_keyboard(page: Page, run: str) -> None:
    page.goto(f"{run}?open=1")
    page.locator("#topic-1 [data-copy=markdown]").press("Enter")
    expect(page.locator("#topic-1 .copied")).to_have_text("Copied as Markdown.")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "- **Bees** dance [1]." in copied and "wasps" not in copied


def test_a_report_is_copied_as_rich_text(page: Page, run: str) -> None:
    page.goto(f"{run}2/")
    page.click("[data-copy=rich]")
    expect(page.locator(".copied")).to_have_text("Copied as rich text.")
    html = page.evaluate(
        "async () => (await (await navigator.clipboard.read())[0].getType('text/html')).text()"
    )
    assert "<h2>wasps</h2>" in html and "<strong>Bees</strong>" in html
    assert "class=" not in html and 'href="#' not in html


def test_copying_works_without_the_clipboards_interface(page: Page, run: str) -> None:
    page.add_init_script("delete Navigator.prototype.clipboard")
    page.goto(f"{run}1/")
    page.click("[data-copy=markdown]")
    expect(page.locator(".copied")).to_have_text("Copied as Markdown.")
