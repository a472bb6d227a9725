"""Which of several passages comes first, and that what stands literally somewhere is found."""

import pytest

from research.library.documents import add_bytes
from research.library.models import Document
from research.library.search import search
from research.library.suggestions import did_you_mean

pytestmark = pytest.mark.django_db


def add(*texts: str) -> None:
    for number, text in enumerate(texts):
        add_bytes(f"{number}.txt", text.encode())


def found(query: str) -> list[str]:
    return [hit.text for hit in search(query, 10)]


@pytest.mark.parametrize(
    ("query", "literal"),
    [
        ("人工智能", "近年来人工智能的发展很快。"),
        ("機械学習", "東京大学で機械学習を学ぶ。"),
        ("한국어", "저는 한국어를 배웁니다."),
        ("ภาษาไทย", "ฉันเรียนภาษาไทยทุกวัน"),
        ("الذكاء الاصطناعي", "يتطور الذَّكاء الاصطناعيّ بسرعة."),
        ("हिन्दी भाषा", "हिन्दी भाषा भारत में बोली जाती है।"),
        ("café crème", "Un cafe\u0301 cre\u0300me, s'il vous plaît."),
        ("efficient", "It is an eﬃcient design."),
        ("Ｐｙｔｈｏｎ", "Python is a language."),
        ("ёлка", "Наша елка стоит."),
    ],
)
def test_what_stands_there_literally_is_found_and_nothing_else(query: str, literal: str) -> None:
    add(literal, "工人的智力和能力。", "한가한 국수 어머니", "ไทภา", "Nothing of the kind.", "भारत")
    assert found(query) == [literal]


@pytest.mark.parametrize(
    ("query", "together", "apart"),
    [
        ("asyncio.gather", "Call asyncio.gather(a, b).", "In asyncio one may gather results."),
        ("node.js", "It runs on Node.js today.", "A node is a part. The js file is another."),
        ("PEP 8", "PEP 8 is a style guide.", "PEP 20 lists 8 of the ideas, and a PEP more."),
        ('"event loop"', "The event loop runs.", "A loop waits for each event."),
        ("C++", "C++ is compiled.", "C is compiled, C is old, C is small."),
        ("snake_case", "Names are in snake_case.", "In any case the snake sleeps."),
        ("event loop", "The event loop runs tasks.", "A loop: each loop waits for an event."),
    ],
)
def test_words_together_come_before_words_apart(query: str, together: str, apart: str) -> None:
    add(apart, together)
    assert found(query)[0] == together


def test_names_and_phrases_stand_together_or_are_not_found() -> None:
    add("In asyncio one may gather results.", "A loop waits for each event.", "C is compiled.")
    assert not found('"event loop"') and not found("C++")


def test_a_name_in_parts_is_found_where_it_stands_nowhere_whole() -> None:
    add("# asyncio\n\nWith gather(a, b) both run at once, as asyncio has it.")
    assert found("asyncio.gather")


def test_the_word_itself_comes_before_its_relatives() -> None:
    add("Generate, generated, generating: generic.", "A generator yields; generators are lazy.")
    assert found("generators")[0].startswith("A generator")


def test_a_common_word_counts_less_than_a_rare_one() -> None:
    add(*[f"Python is number {number}." for number in range(20)], "A metaclass makes classes.")
    assert found("python metaclass")[0].startswith("A metaclass")


def test_a_long_question_is_answered_by_a_passage_that_holds_some_of_it() -> None:
    add("The boundary layer of a slender wing separates at high angles of attack.", *"abcdef")
    question = (
        "What methods are there to predict how the boundary layer of a slender wing behaves "
        "at a high angle of attack?"
    )
    assert found(question)
    assert not found("What methods are there to predict how the price of wool behaves in winter?")


def test_the_built_in_documents_the_others_or_both() -> None:
    add("Bees make honey.", "Bees make wax.")
    Document.objects.filter(text__contains="wax").update(built_in=True)
    both = search("bees")
    assert [hit.text for hit in search("bees", built_in=True)] == ["Bees make wax."]
    assert [hit.text for hit in search("bees", built_in=False)] == ["Bees make honey."]
    assert len(both) == 2


def test_an_answer_is_made_anew_when_the_library_has_changed() -> None:
    add("Bees make honey.")
    assert len(search("bees")) == 1
    Document.objects.all().delete()
    assert not search("bees")
    add("Bees make wax.")
    assert [hit.text for hit in search("bees")] == ["Bees make wax."]


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        ("Python decoraters", "Python decorators"),
        ("asynico event loop", "asyncio event loop"),
        ("Pyhton decorator", "Python decorator"),
        ("Python decorators", ""),
        ("zebra crossing", ""),
        ("日本", ""),
    ],
)
def test_did_you_mean(query: str, meant: str) -> None:
    add("Python decorators wrap a function; a decorator is callable.", "The asyncio event loop.")
    assert did_you_mean(query).removesuffix("s") == meant.removesuffix("s")


def test_what_the_best_passages_have_in_common_brings_others_up() -> None:
    """Both last ones hold the same words of the question; one is of the first three's kind."""
    add(
        "Heat transfer of a blunt cone in hypersonic flow: the boundary layer is laminar.",
        "Heat transfer of a cone: the laminar boundary layer in hypersonic flow.",
        "Heat transfer rates of cones in hypersonic flow with a laminar layer.",
        "Rates of pay for a cone of ice in the town hall are low.",
        "The rates for a cone in hypersonic flow with a laminar boundary layer are low.",
    )
    best = [text[:4] for text in found("heat transfer rates of blunt cones")]
    assert best.index("The ") < best.index("Rate")
