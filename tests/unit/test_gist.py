"""The first sentence of a report, as its line shows it."""

import pytest

from research.text.gist import LONGEST, first_sentence


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# Title\n\nThe **loop** runs tasks [1]. It waits [2].", "The loop runs tasks."),
        ("- Version 3.2 runs `x[0]` [1, 4]\n- More", "Version 3.2 runs x[0]"),
        ("近期研究表明成本更重要更重要。第二句。", "近期研究表明成本更重要更重要。"),
        ("هل يؤثر هذا في الكلفة حقًا؟ نعم.", "هل يؤثر هذا في الكلفة حقًا؟"),
        ("| a | b |\n|-|-|\n| c | d |", "a"),
        ("# Only a title", "Only a title"),
        ("[a link](https://example.com) leads there. On.", "a link leads there."),
        ("", ""),
        ("\n\n---\n\n", ""),
        ("\ud800", "?"),
    ],
)
def test_the_first_sentence(text: str, expected: str) -> None:
    assert first_sentence(text) == expected


def test_a_sentence_without_end_is_cut() -> None:
    sentence = first_sentence("word " * 500)
    assert len(sentence) <= LONGEST and sentence.endswith("…")
