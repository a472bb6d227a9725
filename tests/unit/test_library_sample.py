"""The sample library of this very Python and its packages, filled once for the module."""

from collections.abc import Iterator

import pytest
from pytest_django import DjangoAssertNumQueries
from pytest_django.plugin import DjangoDbBlocker

from research.library import sample
from research.library.blocks import Block, Kind, Reading
from research.library.models import Document, Passage, Sample
from research.library.sample.texts import Text
from research.library.search import search

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def filled(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        sample.fill()
        yield
        Document.objects.all().delete()
        Sample.objects.all().delete()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("asyncio event loop", "asyncio"),
        ("Python decorators", "decorator"),
        ("How do Python context managers work?", "context manager"),
        ("HTTP client with connection pooling", "pool"),
        ("WebSocket consumers in Channels", "channels"),
        ("asyncio task groups", "task"),
    ],
)
def test_finds_what_it_holds(query: str, expected: str) -> None:
    assert any(expected in f"{hit.title} {hit.text}" for hit in search(query))


@pytest.mark.parametrize(
    ("key", "says"),
    [
        ("module:logging", "Logging package for Python."),
        ("module:gc", "This module provides access to the garbage collector"),
        ("module:itertools", "Functional tools for creating and using iterators."),
        ("module:csv", "CSV parsing and writing."),
        ("module:asyncio.taskgroups", "Asynchronous context manager for managing groups of tasks."),
        ("module:functools", "Tools for working with functions and callable objects."),
        ("module:builtins", "Built-in mutable sequence."),
        ("module:collections", "Dict subclass for counting hashable items."),
        ("language:terms", "A scope defines the visibility of a name within a block."),
        ("language:proposals", "(PEP 484): "),
        ("package:django", "Django"),
    ],
)
def test_holds_what_the_standard_library_and_the_reference_say(key: str, says: str) -> None:
    assert says in Document.objects.get(key=f"sample:{key}").text


def test_a_module_is_found_by_its_name_first() -> None:
    for name in ["logging", "pathlib", "json", "argparse", "itertools", "sqlite3"]:
        assert search(name)[0].title.partition(":")[0].partition(".")[0] == name


def test_a_long_topic_is_a_document_for_each_of_its_sections() -> None:
    titles = set(Document.objects.built_in().values_list("title", flat=True))
    assert {"Generator functions", "Metaclasses", "Modules", "Tuples"} <= titles


def test_kits_for_one_vendors_service_crowd_out_nothing() -> None:
    keys = Document.objects.filter(key__startswith="sample:package:").values_list("key", flat=True)
    assert not {"sample:package:openai", "sample:package:anthropic"} & set(keys)


@pytest.mark.parametrize(
    "query",
    ["sourdough bread baking", "history of the Roman empire", "photosynthesis", "solar energy"],
)
def test_finds_nothing_on_what_it_does_not_hold(query: str) -> None:
    assert search(query) == []


def test_a_second_fill_is_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        assert sample.fill() is False


def test_a_new_fill_keeps_ids_and_drops_what_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    before = dict(Document.objects.values_list("key", "pk"))
    monkeypatch.setattr("research.library.sample.docstrings.MODULES", "heapq json")
    Sample.objects.update(fingerprint="of another Python")
    assert sample.fill()
    after = dict(Document.objects.values_list("key", "pk"))
    assert after.items() < before.items()
    assert "sample:module:json" in after and "sample:module:abc" not in after


def test_passages_are_clean_and_short() -> None:
    for heading, text in Passage.objects.values_list("heading", "text"):
        assert len(text) <= 1200 and len(heading) <= 200
        assert "<img" not in text.partition("```")[0] and "badge.svg" not in text


def test_a_source_with_control_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    reading = Reading("A\0 bell", [Block(Kind.PROSE, "It\0 rings.")])
    text = Text("package:bell", "rst", "package bell " + "1" * 200, reading)
    monkeypatch.setattr(sample, "_texts", lambda: iter([text]))
    Sample.objects.all().delete()
    assert sample.fill()
    assert Document.objects.get().title == "A bell" and Passage.objects.get().text == "It rings."
