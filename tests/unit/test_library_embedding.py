"""Word vectors have a say in what a long question finds, and are never needed."""

from collections.abc import Sequence
from typing import Any

import pytest

from research.library import embedding
from research.library.documents import add_bytes
from research.library.embedding import likeness
from research.library.search import _answer, search

pytestmark = pytest.mark.django_db

QUESTION = "what food a python snake needs"
ANIMAL = "A python snake needs food: reptiles eat mice, rats, prey and meat when they are hungry."
OTHER = "A python snake needs food: invoices list taxes, rent, loans and fees when they are due."


def cut_all(texts: Sequence[str]) -> list[list[str]]:
    return [text.split() for text in texts]


def scores() -> dict[str, float]:
    _answer.cache_clear()
    return {hit.text: hit.score for hit in search(QUESTION)}


def test_of_two_that_say_it_the_one_that_means_it_comes_first(settings: Any) -> None:
    for text in (ANIMAL, OTHER):
        add_bytes(f"{text[:9]}.txt", text.encode())
    by_meaning = scores()
    settings.RESEARCH_EMBEDDING = False
    by_words = scores()
    assert by_meaning[ANIMAL] > by_meaning[OTHER]
    assert by_words[ANIMAL] == pytest.approx(by_words[OTHER], rel=0.02)


def test_likeness_is_by_meaning_and_word_for_word_is_one() -> None:
    query = ["sick", "child"]
    texts = ["a sick child", "an ill kid", "paint the door"]
    same, near, far = likeness(query, cut_all(texts)) or []
    assert same == pytest.approx(1) and same > near > far


def test_nothing_to_compare_is_like_nothing() -> None:
    assert likeness(["sick", "child"], cut_all(["", "the of and"])) == [0, 0]
    assert likeness(["sick", "child"], []) == []


def test_other_scripts_are_left_to_their_words() -> None:
    assert likeness(["蜜", "蜂"], [["蜜", "蜂"]]) is None


def test_the_package_is_not_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "find_spec", lambda name: None)
    embedding._vectors.cache_clear()
    try:
        assert likeness(["sick", "child"], [["sick", "child"]]) is None
    finally:
        embedding._vectors.cache_clear()


def test_only_so_many_words_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of one search are, however many; a word without end is cut."""
    monkeypatch.setattr(embedding, "MAX_WORDS", 3)
    embedding._vectors.cache_clear()
    try:
        query = ["sick", "child"]
        texts = cut_all(["a sick child", "bees make honey", "x" * 100_000])
        expected = likeness(query, texts) or []
        assert (likeness(query, texts[1:2]) or [])[0] == pytest.approx(expected[1])
    finally:
        embedding._vectors.cache_clear()
