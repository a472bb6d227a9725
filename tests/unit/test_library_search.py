"""What the library finds, and that it finds nothing on what it does not hold."""

import re
import threading

import pytest
from django.db import connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from research.exceptions import NotFound
from research.library.documents import add_bytes
from research.library.excerpts import LENGTH, excerpt
from research.library.models import Document
from research.library.query import parse
from research.library.search import read, search

pytestmark = pytest.mark.django_db

BREAD = "# Bread\n\nSourdough rises slowly.\n\n## Oven\n\nBake the loaf until it sounds hollow."
TEA = "# Tea\n\nGreen tea is steamed, black tea is oxidised.\n\nSteep the leaves for three minutes."


@pytest.fixture
def kitchen() -> None:
    for name, text in {
        "bread.md": BREAD,
        "tea.md": TEA,
        "knife.md": "A knife must be sharp.",
    }.items():
        add_bytes(name, text.encode())


@pytest.mark.usefixtures("kitchen")
class TestKitchen:
    def test_a_hit_tells_where_it_stands(self) -> None:
        [hit] = search("how to bake a loaf")
        assert (hit.title, hit.heading) == ("Bread", "Oven")
        assert hit.text == "Bake the loaf until it sounds hollow."
        assert hit.url == f"/library/{hit.document_id}/"
        assert hit.coverage == 1 and hit.score > 0

    def test_forms_of_a_word_are_one_word(self) -> None:
        assert search("steaming teas")[0].title == "Tea"

    @pytest.mark.parametrize("query", ["quantum physics", "sharp politics", "rise of the empire"])
    def test_nothing_is_found_on_another_topic(self, query: str) -> None:
        assert search(query) == []

    @pytest.mark.parametrize(
        "query",
        [
            "",
            "   ",
            "how does it",
            '"',
            "tea OR",
            'NEAR("tea"',
            "* ^ : -",
            "\0",
            "🍞",
            "\ud800",
            "x" * 3000,
            "日" * 3000,
        ],
    )
    def test_any_text_is_a_query(self, query: str) -> None:
        assert isinstance(search(query), list)

    def test_operators_are_words(self) -> None:
        assert search("sourdough NOT rises")[0].title == "Bread"

    def test_a_removed_document_is_not_found(self) -> None:
        Document.objects.filter(title="Tea").delete()
        assert search("green tea") == []

    def test_a_renamed_document_is_found_by_its_new_title(self) -> None:
        Document.objects.filter(title="Tea").update(title="Oolong")
        assert search("oolong leaves")[0].title == "Oolong"

    def test_reading_goes_on_from_where_it_ended(self) -> None:
        pk = Document.objects.get(title="Bread").pk
        assert read(pk, 0, 7) + read(pk, 7) == read(pk)

    def test_threads_search_at_once(self) -> None:
        failures = []

        def work() -> None:
            try:
                search("green tea")
            except Exception as error:  # noqa: BLE001  (told to the test's own thread)
                failures.append(error)
            finally:
                connections.close_all()

        threads = [threading.Thread(target=work) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not failures


@settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(st.text(max_size=200))
def test_no_text_breaks_a_query(query: str) -> None:
    search(query)


def test_two_passages_of_a_document_at_most() -> None:
    sections = "\n\n".join(f"## Part {number}\n\nOn gardening." for number in range(9))
    add_bytes("garden.md", sections.encode())
    assert len(search("gardening")) == 2


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("asyncio running", "Call asyncio.run(main) once."),
        ("kase fondue", "Käse-Fondue ist gut."),
        ("KÄSE fondue", "Kase fondue."),
        ("москва", "Это город Москва."),
        ("日本語", "これは 日本語 です。"),
        ("snake case", "Write snake_case in <code>."),
        ("themselves yours", "They bake bread themselves, and yours too."),
        ("3 14", "Version 3.14-beta."),
    ],
)
def test_words_are_cut_alike_on_every_database(query: str, text: str) -> None:
    document = add_bytes("a.txt", text.encode()).document
    assert [hit.document_id for hit in search(query)] == [document.pk]


def test_an_excerpt_shows_what_was_found_as_it_is_written() -> None:
    sentences = ["Nothing is here to see, <b>really</b>."] * 10
    sentences[7] = "It calls <i>asyncio.run()</i> at https://example.org/tasks?x=1."
    add_bytes("a.txt", " ".join(sentences).encode())
    [hit] = search("running asyncio tasks")
    shown = excerpt(hit.text, parse("running asyncio tasks"))
    assert "<i>\x02asyncio\x03.\x02run\x03()</i> at https://example.org/\x02tasks\x03?" in shown
    assert shown.startswith("…") and len(re.findall(r"[^\W_]+", shown)) <= LENGTH


def test_a_new_heading_is_found() -> None:
    document = add_bytes("a.md", b"# A\n\n## Ovens\n\nThey are hot.").document
    document.passages.update(heading="Kilns")
    assert search("kiln") and not search("oven")


def test_reading_what_is_not_there() -> None:
    with pytest.raises(NotFound):
        read(404)
