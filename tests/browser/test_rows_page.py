"""Rows on the form in a browser: pasted, chosen or dropped, by keyboard, and without a script."""

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.support.axe import RULES
from tests.support.site import Site
from tests.support.workbooks import workbook

TABLE = "company\tsite\nQdrant\thttps://q.example\nMilvus\thttps://m.example\n\tnobody\n"
BOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PASTE = """(area, text) => {
    const data = new DataTransfer();
    data.setData("text/plain", text);
    const more = { clipboardData: data, cancelable: true, bubbles: true };
    area.dispatchEvent(new ClipboardEvent("paste", more));
}"""
DROP = """(area, [name, text]) => {
    const data = new DataTransfer();
    data.items.add(new File([text], name, { type: "text/csv" }));
    const more = { dataTransfer: data, cancelable: true, bubbles: true };
    area.dispatchEvent(new DragEvent("drop", more));
}"""


def preview(page: Page):
    return page.locator("#rows-preview")


def test_pasted_cells_are_shown_and_run(page: Page) -> None:
    """Cells that are pasted among the topics are rows, and each card shows what it was given."""
    page.goto("/")
    page.fill("#model", "offline")
    page.locator("#topics").evaluate(PASTE, TABLE)
    expect(page.locator("[name=source][value=rows]")).to_be_checked()
    expect(preview(page)).to_contain_text("2 rows will run.")
    expect(preview(page)).to_contain_text("Line 4: “company”, which is the topic, is empty.")
    expect(page.locator("#whole")).to_contain_text("2 topics")
    page.locator("[name=leave_out]").check()
    page.locator(".start button").click()
    expect(page).to_have_url(re.compile("/runs/.+"))
    expect(page.locator("#topic-list > li")).to_have_count(2)
    expect(page.locator("#topic-1-line")).to_contain_text("https://q.example")


def test_what_is_changed_is_shown_anew_and_choices_stay(page: Page) -> None:
    page.goto("/")
    page.check("[name=source][value=rows]")
    page.fill("#rows", "no,company\n1,Qdrant\n")
    expect(preview(page)).to_contain_text("1 row will run.")
    page.select_option("#topic_column", label="company")
    expect(page.locator("#rows-table tbody .rows-topic")).to_have_text("Qdrant")
    page.fill("#rows", "no,company\n1,Qdrant\n2,Milvus\n")
    expect(page.locator("#rows-table tbody .rows-topic")).to_have_text(["Qdrant", "Milvus"])
    page.focus("#header")
    page.select_option("#header", label="is a row like the others")
    expect(preview(page)).to_contain_text("3 rows will run.")
    expect(page.locator("#header")).to_be_focused()
    page.fill("#rows", "asyncio,https://a.example\n")  # another table, which is guessed anew
    expect(page.locator("#rows-table tbody .rows-topic")).to_have_text(["asyncio"])
    expect(page.locator("#topic_column")).to_have_value("1")


def test_a_workbook_is_chosen_and_a_csv_is_dropped(page: Page) -> None:
    page.goto("/")
    page.check("[name=source][value=rows]")
    content = workbook([["company", "year"], ["Qdrant", 2021]])
    file = {"name": "list.xlsx", "mimeType": BOOK, "buffer": content}
    page.set_input_files("#rows-file", file)
    expect(page.locator("#rows")).to_have_value("company\tyear\nQdrant\t2021\n")
    expect(preview(page)).to_contain_text("Read as XLSX")
    page.locator("#new-run").evaluate(DROP, ["more.csv", "name;site\nMilvus;x\nWeaviate;y\n"])
    expect(page.locator("#rows")).to_have_value("name;site\nMilvus;x\nWeaviate;y\n")
    expect(preview(page)).to_contain_text("2 rows will run.")


def test_without_a_script_rows_are_looked_at_first(
    open_page: Callable[..., Page], site: Site
) -> None:
    page = open_page(base_url=site.url, java_script_enabled=False)
    page.goto("/")
    page.check("[name=source][value=rows]")
    page.set_input_files(
        "#rows-file",
        {"name": "list.csv", "mimeType": "text/csv", "buffer": b"topic;site\nQdrant;q\n"},
    )
    page.click("#show-rows")
    expect(preview(page)).to_contain_text("1 row will run.")
    page.fill("#model", "offline")
    page.locator(".start button").click()
    expect(page.locator("#topic-list > li")).to_have_count(1)


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_anyone_can_use_it(
    open_page: Callable[..., Page], site: Site, width: int, scheme: str
) -> None:
    """Wide tables scroll in their own frame, and the page never does so sideways."""
    size = {"width": width, "height": 900}
    page = open_page(base_url=site.url, color_scheme=scheme, viewport=size)
    page.goto("/")
    page.check("[name=source][value=rows]")
    header = "\t".join(f"column number {n}" for n in range(12))
    page.fill("#rows", f"{header}\n" + "\t".join(["x" * 60] * 12) + "\n\tbad\n")
    expect(preview(page)).to_contain_text("1 row will run.")
    found = Axe().run(page, options=RULES).response["violations"]
    assert [(each["id"], each["nodes"][0]["target"]) for each in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
