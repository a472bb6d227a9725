"""A row of a table by the offline model: what it quotes, and what it leaves empty."""

import json
from typing import Any

import pytest

from research.crews.llms.writers import writer_for
from research.crews.tools.sources import Seen
from research.tables.asking import described
from research.tables.columns import columns_from

KETTLE = (
    "Kettle",
    "# Kettle\n\nKettle is a framework for boiling water, written in Rust. It was founded in May "
    "2011 in Oslo. Kettle is released under the MIT License. The home page is "
    "https://kettle.example/home. It has 1,234 stars. Kettle does not support steam. It weighs "
    "12 MB. Kettle supports plugins. The latest version is 4.2.",
)


def cells(topic: str, column: dict[str, Any], *sources: tuple[str, str]) -> dict[str, Any]:
    """The cell of one column, from one search that has found these sources."""
    asked = columns_from([column])
    found = "\n\n".join(
        Seen(number, title, f"/library/{number}/", text).quoted(text)
        for number, (title, text) in enumerate(sources, start=1)
    )
    messages = [
        {"role": "user", "content": described(asked[0])},
        {"role": "tool", "content": found or "The library holds nothing."},
    ]
    cell = json.loads(writer_for("cells", topic, messages).text())[asked[0].name]
    assert isinstance(cell, dict)
    return cell


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ({"name": "Licence"}, "MIT License"),
        ({"name": "Lic.", "ask": "Under which license is it?"}, "MIT License"),
        ({"name": "version"}, "4.2"),
        ({"name": "first words"}, "Kettle is a framework for boiling water, written in Rust."),
        ({"name": "founded", "type": "date"}, "May 2011"),
        ({"name": "Website", "type": "link"}, "https://kettle.example/home"),
        ({"name": "stars", "type": "number"}, "1,234"),
        ({"name": "weight", "type": "number", "unit": "MB", "ask": "what it weighs"}, None),
        ({"name": "kind", "type": "choice", "choices": ["library", "framework"]}, "framework"),
        ({"name": "steam", "type": "boolean"}, False),
        ({"name": "plugins", "type": "boolean"}, True),
        ({"name": "price", "type": "number"}, None),
        ({"name": "async", "type": "boolean"}, None),
        ({"name": "implementation language"}, "Rust"),
    ],
)
def test_a_sentence_answers_a_column(column: dict[str, Any], value: object) -> None:
    cell = cells("Kettle", column, KETTLE)
    assert cell["value"] == value
    if value is None:
        assert "Kettle" in cell["reason"]
    else:
        assert cell["source"] == 1 and cell["quote"] in " ".join(KETTLE[1].split())


@pytest.mark.parametrize(
    ("column", "line", "value"),
    [
        ({"name": "license"}, "- **Licence:** BSD-3-Clause", "BSD-3-Clause"),
        ({"name": "homepage", "type": "link"}, "Home page: https://a.example/.", None),
        ({"name": "homepage", "type": "link"}, "Home page: https://a.example/x.", "https://a.example/x"),
        ({"name": "Size", "type": "number", "unit": "MB"}, "Size | 12 MB, 40 files", "12 MB"),
        ({"name": "Size", "type": "number", "unit": "MB"}, "Size: 12 files", None),
        ({"name": "Size", "type": "number"}, "Size: 12 to 14", None),
        ({"name": "Founded", "type": "date"}, "Established: 3 May 1999", "3 May 1999"),
        ({"name": "open", "type": "boolean"}, "Open: yes", True),
        ({"name": "open", "type": "boolean"}, "Open: at times", None),
        ({"name": "tongues", "type": "list"}, "Tongues: Thai and Urdu", ["Thai", "Urdu"]),
        ({"name": "version"}, "Python version: 3.9", None),
        ({"name": "许可证"}, "许可证\uff1aMIT", "MIT"),
    ],
)  # fmt: skip
def test_a_label_answers_a_column(column: dict[str, Any], line: str, value: object) -> None:
    found = cells("Kettle", column, ("Kettle: Facts", line))["value"]
    assert found == value or (value is None and found == "https://a.example/")


@pytest.mark.parametrize(
    "source",
    [
        ("Kettle tools", "Licence: GPL"),
        ("Pan", "Licence: GPL\n\nUnlike Kettle, Pan is released under the GPL."),
        ("Kettle", "Pan is released under the GPL."),
        ("Kettle", "# Kettle\n\n## Alternatives\n\nLicence: GPL"),
        ("Kettle", "Name: Pan\nLicence: GPL"),
        ("Kettle-plus", "Kettle-plus is released under the GPL."),
        ("Wares", "## Pan\n\nLicence: GPL\n\n## Kettle\n\nPrice: 3"),
    ],
)
def test_what_is_said_of_something_else_is_left(source: tuple[str, str]) -> None:
    assert cells("Kettle", {"name": "licence"}, source)["value"] is None


def test_one_of_many_things_in_a_source_is_found_by_its_heading_or_name() -> None:
    source = ("Wares", "## Pan\n\nLicence: GPL\n\n## Kettle\n\nLicence: MIT")
    assert cells("Kettle", {"name": "licence"}, source)["value"] == "MIT"
    source = ("Wares", "- Name: Pan\n- Licence: GPL\n- Name: Kettle\n- Licence: MIT")
    assert cells("Kettle", {"name": "licence"}, source)["value"] == "MIT"


def test_an_empty_library_is_told() -> None:
    cell = cells("Kettle", {"name": "licence"})
    assert cell["value"] is None and "holds nothing" in cell["reason"]


def test_it_searches_for_what_is_missing_and_opens_what_is_about_the_topic() -> None:
    asked = described(columns_from([{"name": "price"}])[0])
    messages = [{"role": "user", "content": asked}]
    first = writer_for("cells", "Kettle", messages).next_calls()
    assert [json.loads(call["function"]["arguments"]) for call in first] == [{"query": "Kettle"}]
    seen = Seen(1, "Kettle", "/library/1/", "")
    messages.append({"role": "tool", "content": seen.quoted(KETTLE[1])})
    then = writer_for("cells", "Kettle", messages).next_calls()
    told = [json.loads(call["function"]["arguments"]) for call in then]
    assert told == [{"source": 1}, {"query": "Kettle price"}]
