"""A fence around a whole answer is taken off, unless the answer is code."""

import pytest

from research.text.continuing import continued
from research.text.final import final_text


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("```markdown\n# T\nx\n```", "# T\nx"),
        ("```md\n# T", "# T"),
        ("~~~\n- a [1]\n~~~", "- a [1]"),
        ("```markdown\n# T\n```python\nx\n```\nend\n```", "# T\n```python\nx\n```\nend"),
        ("````markdown\n```\nx\n```\n````", "```\nx\n```"),
        ("Thought: I now can give a great answer\nFinal Answer: x", "x"),
        ("**Final Answer:** x", "x"),
    ],
)
def test_what_is_around_an_answer_is_taken_off(text: str, answer: str) -> None:
    assert final_text(text) == answer


@pytest.mark.parametrize(
    "text",
    [
        "```python\nx = 1\n```",
        "```\nx = 1\ny = 2\n```",
        "```markdown\na\n```\nafter",
        "```markdown\na\n```\n\n```python\nb\n```",
        "All is well.\n\nFinal Answer: The report is complete.",
    ],
)
def test_what_is_in_an_answer_stays(text: str) -> None:
    assert final_text(text) == text


@pytest.mark.parametrize(
    ("text", "more", "whole"),
    [
        ("The bees da", "nce.", "The bees dance."),
        (
            "The bees dance in the hive",
            "dance in the hive at noon",
            "The bees dance in the hive at noon",
        ),
        ("They dance.", "They rest.", "They dance. They rest."),
        ("- one", "- two", "- one\n- two"),
        ("The bees dance", "The bees dance and rest", "The bees dance and rest"),
        ("The bees dance", " ", "The bees dance"),
    ],
)
def test_a_cut_text_and_its_rest_are_one(text: str, more: str, whole: str) -> None:
    assert continued(text, more) == whole
