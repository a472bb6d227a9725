"""Reasoning in marks is told apart from the answer; a text about such marks stays as it is."""

import time

import pytest

from research.text.reasoning import split_reasoning


@pytest.mark.parametrize(
    ("text", "reasoning", "answer"),
    [
        ("<think>a [7]</think>\n\n- b [1]", "a [7]", "- b [1]"),
        ("  <think>\n\n</think>\n\nb", "", "b"),
        ("a [7]\n</think>\n\nb", "a [7]", "b"),
        ("a.</think>b", "a.", "b"),
        ("a </think> - b", "a", "- b"),
        ("<think>cut", "cut", ""),
        ("<think>a</think><think>b</think>c", "a\n\nb", "c"),
        ("Before\n<think>a</think>\nafter", "a", "Before\n\nafter"),
        ("<thinking>a</thinking>b", "a", "b"),
        ("<Reasoning>a</Reasoning>b", "a", "b"),
        ("[THINK]a[/THINK]b", "a", "b"),
        ("<think>`</think>` ends it</think>b", "`</think>` ends it", "b"),
        ("<think>let\n```python\nx</think>\nb", "let\n```python\nx", "b"),
        (
            "<|channel|>analysis<|message|>a<|end|><|start|>assistant<|channel|>final<|message|>b",
            "a",
            "b",
        ),
    ],
)
def test_reasoning_is_taken_off(text: str, reasoning: str, answer: str) -> None:
    assert split_reasoning(text) == (reasoning, answer)


@pytest.mark.parametrize(
    "text",
    [
        "plain",
        "It ends with `</think>` and goes on.",
        "```\n<think>x</think>\n```\nand",
        "Models wrap it in <think> and </think> tags.",
        "By </think>, the model ends.",
        "A <think> tag opens it.",
        "a < b and [thinking about it]",
    ],
)
def test_a_text_about_it_stays(text: str) -> None:
    assert split_reasoning(text) == ("", text)


@pytest.mark.parametrize(
    "text",
    [
        "a <think> " * 20_000,
        "<think>a</think>" * 12_000,
        "x\n<think>" * 20_000,
        "</think>" * 20_000,
        "`<think>` " * 18_000,
        "```\n" * 50_000 + "<think>",
    ],
)
def test_no_text_takes_long(text: str) -> None:
    began = time.process_time()
    split_reasoning(text)
    assert time.process_time() - began < 2
