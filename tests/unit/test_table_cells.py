"""Cells of a table: read from whatever a model writes, typed, and proved in their source."""

import json

import pytest

from research.claims.claim import Source
from research.exceptions import BadInput
from research.tables.answer import read_answer
from research.tables.cell import Cell
from research.tables.columns import columns_from
from research.tables.output import as_output, output_model
from research.tables.proof import Proof
from research.tables.report import report

COLUMNS = columns_from(
    [
        {"name": "licence"},
        {"name": "Stars", "type": "number"},
        {"name": "founded", "type": "date"},
        {"name": "Home page", "type": "link"},
        {"name": "kind", "type": "choice", "choices": ["library", "framework"]},
        {"name": "async", "type": "boolean"},
        {"name": "languages", "type": "list"},
    ]
)
SOURCE = Source(
    2,
    "pluggy",
    "https://pluggy.example/",
    "pluggy is released under the MIT License. It has 1,234 stars. It was founded on May 1, 2019 "
    "in Oslo. See https://pluggy.example/docs for more. It is a framework for plugins. Pluggy "
    "does not support async. It speaks English, German and Thai.",
)


def cell(name: str, value: object, quote: str = "", source: object = 2) -> Cell:
    column = next(column for column in COLUMNS if column.name == name)
    said = json.dumps({name: {"value": value, "quote": quote, "source": source}})
    raw = read_answer(said, [column])
    return Proof([SOURCE], "pluggy").cell(column, raw.get(name))


@pytest.mark.parametrize(
    ("name", "value", "quote", "verdict"),
    [
        ("licence", "MIT", "pluggy is released under the MIT License.", "quoted"),
        ("licence", "BSD", "pluggy is released under the MIT License.", "invented"),
        ("licence", "MIT", "pluggy is under MIT, a permissive licence.", "supported"),
        ("licence", "BSD", "pluggy is under BSD, a permissive licence.", "invented"),
        ("Stars", 1234, "It has 1,234 stars.", "supported"),
        ("Stars", "1.234 thousand", "It has 1,234 stars.", "supported"),
        ("Stars", 1300, "It has 1,234 stars.", "differs"),
        ("founded", "1 May 2019", "It was founded on May 1, 2019 in Oslo.", "supported"),
        ("founded", "2018-05-01", "It was founded on May 1, 2019 in Oslo.", "differs"),
        ("Home page", "https://pluggy.example/docs", "See https://pluggy.example/docs", "quoted"),
        (
            "Home page",
            "https://pluggy.example/do",
            "See https://pluggy.example/docs",
            "invented",
        ),
        ("kind", "Framework", "It is a framework for plugins.", "quoted"),
        ("kind", "library", "It is a framework for plugins.", "unsupported"),
        ("async", False, "Pluggy does not support async.", "supported"),
        ("async", True, "Pluggy does not support async.", "differs"),
        ("languages", ["German", "Thai"], "It speaks English, German and Thai.", "quoted"),
        ("languages", ["German", "French"], "It speaks English, German and Thai.", "invented"),
    ],
)
def test_a_value_is_held_against_its_quote(
    name: str, value: object, quote: str, verdict: str
) -> None:
    assert cell(name, value, quote).verdict == verdict


def test_the_quote_is_where_its_characters_say() -> None:
    found = cell("Stars", 1234, "It  has “1,234” stars")
    assert found.start is not None
    assert SOURCE.text[found.start : found.end] == found.quote == "It has 1,234 stars"


def test_a_quote_of_another_source_is_told() -> None:
    found = cell("licence", "MIT", "pluggy is released under the MIT License.", "Source 7")
    assert (found.verdict, found.source) == ("quoted", 2)
    assert "not in source 7" in found.reason


def test_a_source_on_something_else_proves_nothing() -> None:
    proof = Proof([SOURCE], "numpy")
    raw = read_answer('{"licence": {"value": "MIT", "quote": "MIT License", "source": 2}}', COLUMNS)
    found = proof.cell(COLUMNS[0], raw["licence"])
    assert found.verdict == "unsupported"
    assert "numpy" in found.reason


@pytest.mark.parametrize(
    "text",
    [
        '{"licence": {"value": "MIT", "source": 1}, "Stars": {"value": 3}}',
        'Here you are:\n```json\n{"Licence": "MIT", "stars": 3}\n```\nAnything else?',
        '{"values": {"licence": {"value": "MIT"}, "Stars": {"value": 3',
        '[{"column": "licence", "value": "MIT"}, {"column": "Stars", "value": 3}]',
        "{'licence': 'MIT', 'Stars': 3,}",
        '{"rows": [{"licence": "MIT", "Stars": 3}]}',
    ],
)
def test_cells_are_read_from_any_form(text: str) -> None:
    raw = read_answer(text, COLUMNS)
    assert {name: said.value for name, said in raw.items()} == {"licence": "MIT", "Stars": 3}


@pytest.mark.parametrize("text", ["", "I found nothing at all.", "[1, 2", "{" * 5000, "[" * 50_000])
def test_an_answer_without_cells_has_none(text: str) -> None:
    assert read_answer(text, COLUMNS) == {}


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("Stars", "a great many", "holds no number"),
        ("Stars", {"low": 1}, "no number"),
        ("founded", "long ago", "no date"),
        ("Home page", "pluggy.example", "no web address"),
        ("kind", "tool", "none of: library, framework"),
        ("async", "it depends", "neither yes nor no"),
    ],
)
def test_a_value_of_another_type_is_refused_with_the_reason(
    name: str, value: object, words: str
) -> None:
    found = cell(name, value)
    assert found.value is None and found.is_refused and not found.holds
    assert words in found.reason


@pytest.mark.parametrize("value", [None, "", "n/a", "Not found.", "unknown", []])
def test_nothing_found_is_no_failure(value: object) -> None:
    found = cell("licence", value)
    assert found.value is None and found.holds and found.reason


def test_the_row_is_the_structured_output_and_a_text() -> None:
    cells = [cell("Stars", 1234, "It has 1,234 stars."), cell("licence", None)]
    row = output_model(COLUMNS).model_validate_json(as_output(cells)).model_dump(by_alias=True)
    assert row["Stars"]["value"] == 1234 and row["licence"]["value"] is None
    text, claims = report(COLUMNS[:2], cells)
    assert text.splitlines()[1] == "- **Stars:** 1234 (“It has 1,234 stars”) [2]"
    assert [text[c.start : c.end] for c in claims] == ["**Stars:** 1234 (“It has 1,234 stars”) [2]"]


@pytest.mark.parametrize(
    "columns",
    [
        [{"name": " "}],
        [{"name": "a"}, {"name": "A "}],
        [{"name": "a", "type": "colour"}],
        [{"name": "a", "type": "choice", "choices": ["one"]}],
        [{"name": "a\nb"}],
        [{"name": "{a}"}],
        [{"name": "a", "colour": "red"}],
        [{"name": str(number)} for number in range(51)],
    ],
)
def test_columns_that_cannot_be_asked_are_refused(columns: list[dict[str, object]]) -> None:
    with pytest.raises(BadInput):
        columns_from(columns)
