"""The table of a run in a browser: live, sorted, filtered, by keyboard, on a phone; its proofs."""

import json
import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.support.axe import RULES
from tests.support.provider import ScriptedProvider
from tests.support.site import Site

COLUMNS = [
    {"name": "licence", "ask": "The licence's short name."},
    {"name": "size", "type": "number", "unit": "MB"},
    {"name": "kind", "type": "choice", "choices": ["tool", "library", "framework"]},
]
ROWS: dict[str, dict[str, Any]] = {
    "alpha": {"licence": "PSF", "size": 9, "kind": "library"},
    "bravo": {"licence": "MIT", "size": 100, "kind": "tool"},
    "charlie": {"licence": "رخصة حرة", "size": 20.5, "kind": "framework"},
    "delta": {"licence": None, "size": None, "kind": None},
}


def cells(values: dict[str, Any]) -> str:
    said = {name: {"value": value, "reason": "It is not said."} for name, value in values.items()}
    return json.dumps(said)


def answers(provider: ScriptedProvider, **more: Any) -> None:
    rules = [{"match": topic, "answer": cells(values)} for topic, values in ROWS.items()]
    provider.script(*({**rule, **more} for rule in rules), answer=cells(ROWS["delta"]))


def submit(site: Site) -> str:
    rows = [{"topic": topic, "website": f"https://{topic}.example/"} for topic in ROWS]
    answer = site.post("/api/runs", {"rows": rows, "columns": COLUMNS}).raise_for_status()
    return str(answer.json()["id"])


@pytest.fixture
def run(site: Site, provider: ScriptedProvider) -> str:
    """The address of a table that is done."""
    answers(provider)
    return f"/runs/{site.result(submit(site))['id']}/table/"


def topics(page: Page) -> list[str]:
    """The rows that show, in their order."""
    return page.locator("#grid tbody tr:visible th").all_inner_texts()


def head(page: Page, name: str) -> Any:
    return page.locator("#grid thead button", has_text=name)


def test_cells_fill_while_one_looks_on(page: Page, site: Site, provider: ScriptedProvider) -> None:
    answers(provider, latency=1.5)
    page.goto(f"/runs/{submit(site)}/table/")
    page.evaluate("window.isTheSamePage = true")
    expect(page.locator("#row-1 td.waiting")).to_have_count(3)
    expect(page.locator("#summary")).to_contain_text("9 of 12 cells found")
    expect(page.locator("#row-1")).to_contain_text("PSF")
    expect(page.locator("#row-4 td.missing")).to_have_count(3)
    expect(page.locator("#row-4")).to_contain_text("succeeded")
    assert page.evaluate("window.isTheSamePage")


def test_columns_sort_by_their_type_and_what_is_not_found_comes_last(page: Page, run: str) -> None:
    page.goto(run)
    head(page, "size").click()
    assert topics(page) == ["alpha", "charlie", "bravo", "delta"]
    expect(page.locator("th[data-key='2']")).to_have_attribute("aria-sort", "ascending")
    head(page, "size").click()
    assert topics(page) == ["bravo", "charlie", "alpha", "delta"]
    head(page, "kind").click()
    assert topics(page) == ["bravo", "alpha", "charlie", "delta"]
    page.reload()
    expect(page.locator("th[data-key='3']")).to_have_attribute("aria-sort", "ascending")
    assert topics(page) == ["bravo", "alpha", "charlie", "delta"]


def test_rows_are_searched_and_filtered_and_the_address_keeps_it(page: Page, run: str) -> None:
    page.goto(run)
    page.get_by_label("Search").fill("psf lib")
    expect(page.get_by_text("1 of 4 rows")).to_be_visible()
    assert topics(page) == ["alpha"]
    page.get_by_role("button", name="Clear").click()
    page.locator("[name=is]").select_option("missing")
    expect(page.get_by_text("1 of 4 rows")).to_be_visible()
    assert topics(page) == ["delta"]
    page.locator("[name=is]").select_option("found")
    page.get_by_label("Rows where").select_option("licence")
    page.get_by_label("and contains").fill("mi")
    assert topics(page) == ["bravo"]
    page.reload()
    expect(page.get_by_label("and contains")).to_have_value("mi")
    assert topics(page) == ["bravo"] and "is=found" in page.url
    page.get_by_label("and contains").fill("no such")
    expect(page.get_by_text("No row is so.")).to_be_visible()
    page.get_by_role("button", name="Show all rows").click()
    expect(page.get_by_text("4 rows", exact=True)).to_be_visible()


def test_columns_are_chosen(page: Page, run: str) -> None:
    page.goto(run)
    page.locator("#choose summary").click()
    page.get_by_role("checkbox", name="licence").uncheck()
    expect(head(page, "licence")).to_be_hidden()
    expect(page.get_by_text("PSF")).to_be_hidden()
    page.reload()
    expect(head(page, "size")).to_be_visible()
    expect(head(page, "licence")).to_be_hidden()


def test_the_grid_by_keyboard_alone(page: Page, run: str) -> None:
    page.goto(run)
    head(page, "Topic").focus()
    for key in ("ArrowDown", "ArrowRight", "ArrowRight", "ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
    cell = page.locator("#row-2 td >> nth=2")
    expect(cell.locator("a")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#proof-title")).to_contain_text("bravo")
    expect(page.locator("#panel")).to_contain_text("MIT")
    page.keyboard.press("Escape")
    expect(cell.locator("a")).to_be_focused()
    page.keyboard.press("End")
    expect(page.locator("#row-2 td >> nth=4").locator("a")).to_be_focused()
    page.keyboard.press("Control+Home")
    expect(head(page, "Topic")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("th[data-key=topic]")).to_have_attribute("aria-sort", "ascending")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#grid')") is None  # one stop
    stops = page.locator("#grid [tabindex='0']")
    expect(stops).to_have_count(1)


def test_a_correction_is_typed_refused_and_kept_in_place(page: Page, site: Site, run: str) -> None:
    page.goto(run)
    page.locator("#row-1 td >> nth=3").click()
    field = page.get_by_label("What should stand")
    expect(field).to_have_value("9")
    field.fill("rather small")
    page.get_by_role("button", name="Correct").click()
    expect(page.get_by_role("alert")).to_contain_text("holds no number")
    expect(field).to_have_value("rather small")
    field.fill("11 MB")
    page.get_by_role("button", name="Correct").click()
    expect(page.locator("#panel")).to_contain_text("Corrected by local")
    page.get_by_label("Note", exact=True).fill("Weighed it.")
    page.get_by_role("button", name="Keep the note").click()
    expect(page.locator("#panel .noted")).to_contain_text("Weighed it.")
    page.get_by_role("button", name="Close").click()
    corrected = page.locator("#row-1 td.corrected")
    expect(corrected).to_contain_text("11 MB")
    expect(corrected).to_contain_text("✎ corrected · note")
    expect(corrected.locator("a")).to_be_focused()
    [topic, *_] = site.get("/api" + run.replace("table/", "").rstrip("/")).json()["topics"]
    assert topic["values"]["size"]["correction"] == 11


def test_what_is_missing_is_asked_for_again(
    page: Page, site: Site, run: str, provider: ScriptedProvider
) -> None:
    page.goto(run)
    provider.script(answer=cells({"licence": "PSF-2.0"}))
    page.get_by_text("Ask again for what is missing").click()
    page.get_by_role("link", name="licence: 1 row").click()
    expect(page.locator("#panel")).to_contain_text("1 row has no value for it")
    expect(page.locator("#panel")).to_contain_text("tokens")
    page.get_by_role("button", name="Ask for 1 cell again").click()
    expect(page.locator("#row-4")).to_contain_text("PSF-2.0")
    expect(page.locator("#summary")).to_contain_text("10 of 12 cells found")


def test_a_column_is_added_and_filled(page: Page, run: str, provider: ScriptedProvider) -> None:
    page.goto(run)
    provider.script(answer=cells({"stars": 4}))
    page.get_by_role("link", name="Add a column").click()
    page.get_by_label("Name").fill("stars")
    page.get_by_label("Type").select_option("number")
    page.get_by_label("Unit").fill("thousand")
    page.get_by_role("button", name="Add it and ask").click()
    expect(head(page, "stars")).to_be_visible()
    expect(page.locator("#row-3")).to_contain_text("4 thousand")


def test_the_values_of_a_column_are_plotted(page: Page, run: str) -> None:
    page.goto(run)
    expect(page.locator("#plot")).to_contain_text("from 9 to 100 MB")
    page.get_by_label("Values of").select_option("kind")
    expect(page.locator("#plot")).to_contain_text("tool: 1, library: 1, framework: 1")
    assert "plot=3" in page.url


def test_on_a_phone_the_table_moves_under_its_first_column(
    open_page: Any, site: Site, run: str
) -> None:
    page: Page = open_page(
        base_url=site.url, has_touch=True, viewport={"width": 390, "height": 844}
    )
    page.goto(run)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator("#row-4 th").scroll_into_view_if_needed()
    page.evaluate("document.querySelector('.frame').scrollLeft = 300")
    expect(page.locator("#row-1 th")).to_be_in_viewport(ratio=0.9)
    page.locator("#row-1 td >> nth=3").tap()
    expect(page.locator("#panel")).to_contain_text("9 MB")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_it_works_without_a_script(open_page: Any, site: Site, run: str) -> None:
    page: Page = open_page(base_url=site.url, java_script_enabled=False)
    page.goto(run)
    page.get_by_role("link", name="PSF").click()
    page.get_by_label("What should stand").fill("PSF-2.0")
    page.get_by_role("button", name="Correct").click()
    expect(page.get_by_role("status")).to_contain_text("The correction stands.")
    page.get_by_role("link", name="The table").click()
    expect(page.locator("#row-1")).to_contain_text("PSF-2.0")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_has_nothing_to_say(open_page: Any, site: Site, run: str, scheme: str) -> None:
    page: Page = open_page(base_url=site.url, color_scheme=scheme)
    page.goto(run)
    expect(page.locator("#grid [tabindex='0']")).to_have_count(1)
    assert violations(page) == []
    page.locator("#row-1 td >> nth=2").click()
    expect(page.locator("#proof-title")).to_be_visible()
    expect(page).to_have_url(re.compile("#cell-1-1$"))
    assert violations(page) == []
    page.goto(f"{run}1/1/")
    assert violations(page) == []


def violations(page: Page) -> list[Any]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [(each["id"], [node["target"] for node in each["nodes"]]) for each in found]
