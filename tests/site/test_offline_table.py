"""A table of installed packages, filled in by the offline model from the library's sample."""

from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from tests.support.site import Site, start_site

COLUMNS = [
    {"name": "licence"},
    {"name": "first words"},
    {"name": "version"},
    {"name": "home page", "type": "link"},
]
ROWS = 40


@pytest.fixture(scope="module")
def offline_site(tmp_path_factory: pytest.TempPathFactory, first_database: Path) -> Iterator[Site]:
    site = start_site(tmp_path_factory.mktemp("offline-table"), first_database)
    yield site
    site.stop()


def packages() -> list[str]:
    """Every so manieth of the installed ones, so that all kinds are among them."""
    names = sorted({found.name for found in metadata.distributions()}, key=str.lower)
    return names[:: len(names) // ROWS][:ROWS]


def said_of(package: str) -> dict[str, str]:
    """For each column all that the package says which may fill it."""
    about = metadata.metadata(package)
    fields: dict[str, list[str]] = {
        "licence": ["License-Expression", "License", "Classifier"],
        "first words": ["Summary", "Description"],
        "version": ["Version"],
        "home page": ["Home-page", "Project-URL"],
    }
    text = str(about.get_payload() or "")
    return {
        column: " ".join(str(v) for name in names for v in about.get_all(name, [])) + text
        for column, names in fields.items()
    }


def plain(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())


@pytest.mark.parametrize("blueprint", ["quick", "deep"])
def test_forty_packages_are_filled_in_truly(offline_site: Site, blueprint: str) -> None:
    body: dict[str, Any] = {
        "rows": [{"topic": name} for name in packages()],
        "columns": COLUMNS,
        "blueprint": blueprint,
    }
    submitted = offline_site.post("/api/runs", json=body)
    assert submitted.status_code == 202, submitted.text
    topics = offline_site.result(submitted.json()["id"])["topics"]
    cells = [(t["topic"], name, cell) for t in topics for name, cell in t["values"].items()]
    assert len(cells) == ROWS * len(COLUMNS)
    found = [each for each in cells if each[2]["value"] is not None]
    assert len(found) >= 0.9 * len(cells)
    assert all(cell["reason"] for _, _, cell in cells if cell["value"] is None)
    for package, column, cell in found:
        assert plain(cell["value"]) in plain(said_of(package)[column]), (package, column, cell)
        assert cell["verdict"] in ("quoted", "supported"), (package, column, cell)
        assert cell["quote"] and cell["source"]
