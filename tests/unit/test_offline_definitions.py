"""What the offline model takes for a definition, and for a sentence."""

import pytest

from research.crews.llms.extracts import Source, sentences_in
from research.crews.llms.quotes import best_first, quotes_from
from research.crews.llms.subjects import other_words, subjects_of


def quoted(topic: str, *sources: tuple[str, str]) -> list[str]:
    """The quotes on a topic from sources of a title and a text, best first."""
    numbered = {at: Source(title, [text]) for at, (title, text) in enumerate(sources, start=1)}
    return [quote.text for quote in best_first(quotes_from(numbered, subjects_of(topic)))]


def sentences(text: str, title: str = "A page") -> list[str]:
    return [sentence.text for sentence in sentences_in(Source(title, [text]))]


@pytest.mark.parametrize(
    ("topic", "definition", "other"),
    [
        ("kettles", "A kettle is a pot with a spout.", "Most shops sell kettles of steel."),
        ("What is a kettle?", "Kettles are pots with a spout.", "The kettle was sold in May."),
        ("kettles", "A pot with a spout is called a kettle.", "Fill the kettle to its mark."),
        ("tea kettles", "Tea kettles boil water: they are pots.", "We also sell kettles."),
        ("kettles", "The kettle provides hot water.", "Water in kettles may be hard."),
    ],
)
def test_a_definition_comes_first(topic: str, definition: str, other: str) -> None:
    found = quoted(topic, ("Shopping", f"{other} {definition}"))
    assert found[0] == definition


def test_a_source_about_the_topic_beats_one_that_mentions_it() -> None:
    found = quoted(
        "logging",
        ("kettlekit: An SDK for kettles", "We use the module `logging` for logging requests."),
        ("logging", "Logging package for Python."),
    )
    assert found[0] == "Logging package for Python."


@pytest.mark.parametrize(
    ("topic", "title"),
    [
        ("pathlib", "pathlib"),
        ("unit testing", "unittest"),
        ("garbage collection", "gc"),
        ("sqlite", "sqlite3"),
        ("task groups", "asyncio.taskgroups"),
        ("unittest.mock", "unittest.mock"),
        ("cProfile", "cProfile"),
    ],
)
def test_a_module_is_known_by_its_short_name(topic: str, title: str) -> None:
    assert quoted(topic, (title, "Utilities for what they are called."))


def test_what_a_function_does_is_no_definition_of_what_it_takes() -> None:
    found = quoted(
        "generators",
        ("inspect", "## isgenerator()\n\nReturn true if the object is a generator."),
        ("Functions", "A function that yields is called a generator function."),
    )
    assert found[0] == "A function that yields is called a generator function."


def test_things_that_are_compared_are_told_one_by_one() -> None:
    found = quoted(
        "lists vs tuples",
        ("Sequences", "Lists are mutable sequences. Lists are the usual choice."),
        ("More", "Tuples are immutable sequences."),
    )
    assert {sentence.split()[0] for sentence in found[:2]} == {"Lists", "Tuples"}


def test_nothing_is_quoted_on_another_topic() -> None:
    assert quoted("kettles", ("Teapots", "A teapot is a pot with a spout.")) == []


def test_a_sentence_is_not_cut_at_an_abbreviation() -> None:
    text = "Kettles (i.e. pots with a spout) boil water. They whistle."
    assert sentences(text)[0] == "Kettles (i.e. pots with a spout) boil water."


@pytest.mark.parametrize(
    "text",
    ["and so the kettle boils.", "The kettle (see below boils.", "The `kettle boils at once."],
)
def test_what_is_no_whole_sentence_is_passed_over(text: str) -> None:
    assert sentences(text) == []


def test_a_sentence_may_begin_with_a_name_in_small_letters() -> None:
    assert sentences("kettlekit boils water for you.", "kettlekit: An SDK") != []
    assert sentences("kettle.boil() heats the water for you.") != []


def test_what_announces_a_list_goes_on_with_its_first_item() -> None:
    text = "A kettle is used in two steps:\n\n- fill it with water\n- heat it"
    assert sentences(text) == ["A kettle is used in two steps: fill it with water"]


def test_a_long_definition_is_cut_where_a_clause_ends() -> None:
    more = " ".join(["very"] * 25)
    text = f"A kettle is a pot with a lid and a spout, which makes it {more} useful."
    quote = best_first(quotes_from({1: Source("Pots", [text])}, subjects_of("kettles")))[0]
    assert str(quote.cut(30)) == "A kettle is a pot with a lid and a spout … [1]"


@pytest.mark.parametrize(
    ("topic", "queries"),
    [
        ("Python decorators", ["decorator"]),
        ("What are Python generators?", ["generator"]),
        ("named tuples", ["named tuple", "namedtuple"]),
        ("lists vs tuples", ["list", "tuple"]),
        ("the with statement", ['"with statement"']),
        ("kettle", []),
    ],
)
def test_a_topic_is_searched_for_in_other_words(topic: str, queries: list[str]) -> None:
    assert other_words(topic) == queries
