"""Adding to the library in a browser: files and whole folders, chosen or dropped."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.axe import violations

FILES = {
    "notes/a.md": "# Bees\n\nThey dance.",
    "notes/deep/a.md": "# Ants\n\nThey dig.",
    "notes/empty.txt": "",
    "notes/b.png": "PNG",
    "notes/.git/config": "[core]",
}

# A drop, as of a folder from the desktop: scripts can make no entries of a file system.
DROP = """files => {
  const entryOf = (name, path, inside) => typeof inside === "string"
    ? { isFile: true, fullPath: path, file: (done) => done(new File([inside], name)) }
    : { fullPath: path, createReader: () => {
        const parts = [Object.entries(inside).map(([n, i]) => entryOf(n, `${path}/${n}`, i)), []];
        return { readEntries: (done) => done(parts.shift()) };
      } };
  const items = Object.entries(files).map(([name, inside]) => (
    { webkitGetAsEntry: () => entryOf(name, `/${name}`, inside) }));
  const event = new Event("drop", { bubbles: true, cancelable: true });
  event.dataTransfer = { items, types: ["Files"] };
  document.getElementById("upload").dispatchEvent(event);
}"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, content in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return tmp_path / "notes"


def test_a_folder_is_added_and_what_became_of_it_is_told(page: Page, folder: Path) -> None:
    page.goto("/library/?q=nothing")
    page.set_input_files("#upload-folder", folder)
    expect(page.locator("#upload-told")).to_have_text(re.compile("chosen"))
    page.click("#upload button[type=submit]")
    expect(page.locator("#uploaded-title")).to_contain_text(
        "2 of 4 files added; 2 not read: 1 empty, 1 of kind .png"
    )
    for path in ("notes/a.md", "notes/deep/a.md", "notes/empty.txt", "notes/b.png"):
        expect(page.locator("#uploaded")).to_contain_text(path)
    assert violations(page) == []


def test_files_that_are_dropped_are_added_some_at_a_time(page: Page) -> None:
    many = {f"{number}.txt": f"Wasp number {number} builds." for number in range(90)}
    page.goto("/library/")
    page.evaluate(DROP, {"wasps": many, "single.txt": "One wasp alone.", "c.bin": "x"})
    expect(page.locator("#upload-told")).to_have_text("92 files chosen.")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    page.click("#upload button[type=submit]")
    expect(page.locator("#uploaded-title")).to_contain_text(
        "91 of 92 files added; 1 not read: 1 of kind .bin"
    )
    assert sent.count("POST") == 10


def test_each_file_says_how_far_it_is(page: Page) -> None:
    page.goto("/library/")
    page.evaluate(DROP, {**{f"hive-{n}.txt": f"Hive {n}." for n in range(11)}, "x.bin": "x"})
    page.route("**/library/", lambda route: route.abort() if len(sent) > 1 else route.fallback())
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    page.click("#upload button[type=submit]")
    expect(page.locator("#upload-told")).to_contain_text("2 files not sent yet")
    lines = page.locator("#upload-files li")
    expect(lines).to_have_count(12)
    expect(lines.nth(0)).to_have_text("hive-0.txtadded")
    expect(lines.nth(11)).to_have_text("x.binwaits")
    assert violations(page) == []
    page.unroute("**/library/")
    page.click("#upload button[type=submit]")
    expect(page.locator("#uploaded-title")).to_contain_text("11 of 12 files added")


def test_nothing_is_sent_where_nothing_is_chosen(page: Page) -> None:
    page.goto("/library/")
    page.click("#upload button[type=submit]")
    expect(page.locator("#upload-told")).to_have_text("Choose or drop at least one file.")


def test_a_line_that_breaks_can_be_taken_up(page: Page) -> None:
    page.goto("/library/")
    page.evaluate(DROP, {"taken-up.txt": "Hornets nest."})
    page.route("**/library/", lambda route: route.abort())
    page.click("#upload button[type=submit]")
    expect(page.locator("#upload-told")).to_contain_text("1 file not sent yet")
    page.unroute("**/library/")
    page.click("#upload button[type=submit]")
    expect(page.locator("#uploaded-title")).to_have_text("1 of 1 file added")
