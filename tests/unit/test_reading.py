"""Documents that were made to stop their reader: read or refused in time, in another process."""

import contextlib
import gc
import os
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from research.confined.exceptions import (
    NeedsTooMuchMemory,
    ReaderFailed,
    ReadersBusy,
    RefusedFile,
    TakesTooLong,
)
from research.confined.processes import Reader, Readers
from research.library import reading
from research.library.exceptions import TextTooLong
from research.library.limits import MAX_CHARACTERS, MAX_PASSAGES
from research.library.reading import MEMORY, contents, read_document
from tests.support.hostile import PDFS, SIZE, TEXTS, Make, pages, showing, stream
from tests.support.patience import patient

CASES = [
    pytest.param(kind, make, id=f"{kind}: {name}")
    for kind, cases in TEXTS.items()
    for name, make in cases.items()
]


def read_seconds(kind: str, content: str) -> float:
    """How much processor time it takes to read a text, or to refuse it."""
    data = content.encode()
    began = time.process_time()
    with contextlib.suppress(RefusedFile):
        contents.read(kind, data, "a file")
    return time.process_time() - began


@pytest.fixture
def uncollected() -> Iterator[None]:
    """As in a reader's process: no garbage collection amid what is measured."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("uncollected")
@pytest.mark.parametrize(("kind", "make"), CASES)
def test_time_grows_with_length(kind: str, make: Make) -> None:
    """Four times the text may take eight times as long: sixteen is what a square makes of it."""
    read_seconds(kind, make(1000))
    short, long = (read_seconds(kind, make(size)) for size in (SIZE // 4, SIZE))
    assert long < max(8 * short, patient(0.3))


@pytest.mark.parametrize("make", PDFS.values(), ids=PDFS.keys())
def test_a_pdf_bomb_is_refused(make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "SECONDS", 3)
    with pytest.raises(RefusedFile) as refused:
        read_document("pdf", "bomb.pdf", make())
    assert not isinstance(refused.value, ReaderFailed)
    assert str(refused.value).startswith("bomb.pdf")


SLOW = pages(stream(b"BT /F1 12 Tf 1 0 0 1 1 1 Tm (a) Tj ET " * 200_000), 200)


def test_a_reader_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "SECONDS", 1)
    began = time.monotonic()
    with pytest.raises(TakesTooLong, match=r"^slow\.pdf takes too long to read\."):
        read_document("pdf", "slow.pdf", SLOW)
    assert time.monotonic() - began < patient(10)


def test_a_reader_that_waits_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the clock, too: `macOS` counts no address space, and a machine may be busy."""
    monkeypatch.setattr(reading, "WALL_SECONDS", 0.5)
    with pytest.raises(TakesTooLong):
        read_document("pdf", "slow.pdf", SLOW)


def test_a_reader_that_needs_too_much_memory_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MEMORY", 200 * 1024**2)
    with pytest.raises(NeedsTooMuchMemory, match="more than 200 MB of memory"):
        read_document("html", "big.html", b"<p>x</p>" * 1_200_000)


@pytest.mark.parametrize(
    ("content", "limit"),
    [
        (b"word " * (MAX_CHARACTERS // 5 + 10), "5,000,000 characters"),
        (b"a\n===\n\nb\n\n" * (MAX_PASSAGES + 1), "20,000 passages"),
    ],
)
def test_a_document_has_a_largest_text(content: bytes, limit: str) -> None:
    with pytest.raises(TextTooLong, match=f"more than {limit}"):
        read_document("rst", "a.rst", content)


def test_the_next_document_is_read() -> None:
    for _ in range(2):
        with pytest.raises(RefusedFile):
            read_document("pdf", "no.pdf", b"no")
        assert read_document("text", "a.txt", b"Here.").text == "Here."


def test_a_reader_sees_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret-0123456789")
    reader = Reader("research.library.reading")
    with open(f"/proc/{reader._process.pid}/environ", "rb") as environment:  # noqa: PTH123
        assert b"sk-secret" not in environment.read()
    reader.end()
    assert not reader.is_alive


@pytest.fixture
def one() -> Iterator[Readers]:
    readers = Readers("research.library.reading", 1)
    yield readers
    readers.end()


def task(kind: str = "text", wall_seconds: float = 10) -> dict[str, Any]:
    limits = {"seconds": 10, "wall_seconds": wall_seconds, "memory": MEMORY}
    return {"kind": kind, "name": "a", **limits}


def test_documents_wait_in_turn(one: Readers) -> None:
    """A process is used again; who waits too long is told so."""
    assert one.read("a", task(), b"One.", 1)[1] == ["text", "One."]

    def read_slowly() -> None:
        with pytest.raises(TakesTooLong):
            one.read("b", task("pdf", 1.5), SLOW, 1)

    slow = threading.Thread(target=read_slowly)
    slow.start()
    time.sleep(0.3)
    with pytest.raises(ReadersBusy, match="other files are still being read"):
        one.read("c", task(), b"Two.", 0.1)
    slow.join()
    assert one.read("d", task(), b"Three.", 1)[1] == ["text", "Three."]


def test_a_reader_that_falls_is_told_and_replaced(one: Readers) -> None:
    with pytest.raises(ReaderFailed, match="could not be read"):
        one.read("a", task("no such kind"), b"One.", 1)
    one.read("a", task(), b"One.", 1)
    reader = one._free.get()
    assert reader is not None
    os.kill(reader._process.pid, 9)
    one._free.put(reader)
    reader._process.wait()
    assert one.read("b", task(), b"Two.", 1)[1] == ["text", "Two."]


def test_an_ordinary_pdf_is_read() -> None:
    found = read_document("pdf", "a.pdf", pages(stream(showing(b"Bees dance.")), 3))
    assert [piece.heading for piece in found.passages] == ["Page 1", "Page 2", "Page 3"]
