"""Cells in whatever a model writes: prose around them, broken JSON, several of them."""

import pytest

from research.tables.answer import read_answer, source_number
from research.tables.columns import columns_from

COLUMNS = columns_from([{"name": "licence"}, {"name": "Home page"}])


@pytest.mark.parametrize(
    "text",
    [
        '{"licence": {"value": "MIT"}}\n{"Home page": {"value": "x"}}',
        '[{"licence": "MIT"}, {"Home page": "x"}]',
        '{"licence": "BSD"} No, that is wrong: {"licence": "MIT", "Home page": "x"}',
        '{"LICENCE": "MIT", "home_page": "x"}',
        '{"Licence": "MIT", "homePage": "x"}',
        '{"licence": "GPL", "licence": "MIT", "home-page": "x"}',
        '{\n  // what it is under\n  "licence": "MIT", /* see */ "Home page": "x"\n}',
        '{"licence": {"value": "MIT", "quote": "a \\"b\\""}, "Home page": {"value": "x", "quo',
        '{"pluggy": {"licence": "MIT", "Home page": "x"}}',
        "- **Licence:** MIT\n- **Home page:** x",
        "| licence | MIT |\n| Home page | x |",
        'Sure! ```json\n{"licence": "MIT",\n"Home page": "x",}\n``` Done {really}.',
    ],
)
def test_they_are_found(text: str) -> None:
    found = {name: said.value for name, said in read_answer(text, COLUMNS).items()}
    assert found == {"licence": "MIT", "Home page": "x"}


def test_a_line_of_prose_has_its_quote_and_source() -> None:
    raw = read_answer("- **Licence:** MIT (“under the MIT licence”) [2]", COLUMNS)["licence"]
    assert (raw.value, raw.quote, raw.source) == ("MIT", "under the MIT licence", "2")


@pytest.mark.parametrize("text", ["x" * 5_000_000, '{"a":' * 100_000, '{"a": [' * 3 + "]" * 9_000])
def test_five_megabytes_of_something_else_hold_none(text: str) -> None:
    assert read_answer(text, COLUMNS) == {}


def test_columns_that_differ_by_a_space_are_told_apart() -> None:
    columns = columns_from([{"name": "a b"}, {"name": "ab"}])
    found = read_answer('{"ab": 1, "a b": 2, "a_b": 3}', columns)
    assert {name: said.value for name, said in found.items()} == {"ab": 1, "a b": 2}


@pytest.mark.parametrize(
    ("said", "number"),
    [(2, 2), ("[2]", 2), ("Source 2", 2), ("source [2]: pluggy", 2), (["3", 2], 3), (2.0, 2),
     ("https://a.example/2024/", None), ("pluggy 1.5", None), (True, None), ({}, None),
     (1e9, None)],
)  # fmt: skip
def test_a_source_is_named_in_several_ways(said: object, number: int | None) -> None:
    assert source_number(said) == number
