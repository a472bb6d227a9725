"""Sentences of running text, in any script."""

import gc
import time

import pytest

from research.text.sentences import split

TEXTS = [
    ["Dr. Smith left the U.S. in 1999.", "He met J. R. R. Tolkien, e.g. at No. 5.", "The end."],
    ["Python 3.11.2 has asyncio.run.", "See https://a.org/b.html?x=1.", "asyncio is in config.py."],
    ["Foo is bar.[1]", "Baz is qux. [2][3]", "End【4†source】.", "Last (Source 1)."],
    ['"Really?" she said.', "(All of it.)", "Wait... maybe.", "He works at Apple Inc.", "It grew."],
    ["Am 3. Oktober 1990 war es so.", "Es gibt ca. 5 Mio. Menschen.", "Der 2. Weltkrieg endete."],
    ["هل هذا صحيح؟", "نعم.", "یہ ایک جملہ ہے۔", "दूसरा वाक्य है।", "Конец в 1999 г. и далее."],
]


@pytest.mark.parametrize("sentences", TEXTS)
def test_a_stop_ends_a_sentence_where_the_next_one_begins(sentences: list[str]) -> None:
    text = "  ".join(sentences)
    assert [text[start:end] for start, end in split(text)] == sentences


def test_some_scripts_set_no_space() -> None:
    text = "今天天气很好。你好吗？我很好！「真的。」他说。"
    found = [text[start:end] for start, end in split(text)]
    assert found == ["今天天气很好。", "你好吗？", "我很好！", "「真的。」", "他说。"]


def test_an_empty_line_and_a_list_mark_end_a_sentence() -> None:
    text = "1. First. Second.\n2. Third\n- fourth\n\nfifth\nline"
    found = [text[start:end] for start, end in split(text)]
    assert found == ["1. First.", "Second.", "2. Third", "- fourth", "fifth\nline"]


@pytest.mark.parametrize(
    "unit", ["a ", ".", "x.", "[1]", "A. ", "\n ", "' ", '."[1] ', "1. ", "。"]
)
def test_time_is_linear(unit: str) -> None:
    def seconds(times: int) -> float:
        gc.disable()  # what other tests have left would be gone through again and again
        before = time.process_time()
        list(split(unit * times))
        taken = time.process_time() - before
        gc.enable()
        return taken

    assert seconds(40_000) < 20 * seconds(4_000) + 0.05
