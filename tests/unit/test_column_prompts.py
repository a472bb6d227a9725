"""How a prompt asks for columns, and how that is read back."""

from research.tables.asking import asked_in, described
from research.tables.columns import columns_from

COLUMNS = columns_from(
    [
        {"name": "licence"},
        {"name": "size (installed)", "type": "number", "unit": "MB", "ask": "How big\nis it?"},
        {"name": "founded", "type": "date"},
        {"name": "“kind”", "type": "choice", "choices": ["a, b", "c (d)", "e"]},
        {"name": "open", "type": "boolean", "ask": "Is it (really): open?"},
        {"name": "site", "type": "link"},
        {"name": "语言", "type": "list"},
    ]
)


def test_columns_are_read_back_from_a_prompt() -> None:
    prompt = "Fill in:\n" + "\n".join(map(described, COLUMNS)) + "\n\nAnswer with JSON."
    read = list(asked_in(prompt))
    assert read[1].ask == "How big is it?"
    assert [c.model_copy(update={"ask": ""}) for c in read] == [
        c.model_copy(update={"ask": ""}) for c in COLUMNS
    ]


def test_a_column_that_is_asked_twice_is_read_once() -> None:
    assert len(list(asked_in(f"{described(COLUMNS[0])}\n\n{described(COLUMNS[0])}"))) == 1
