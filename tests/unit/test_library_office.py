"""Documents of Word, OpenDocument, EPUB and RTF keep their words; hostile ones are refused."""

import pytest

from research.confined.exceptions import NeedsTooMuchMemory, RefusedFile
from research.library.documents import Change, add_bytes, add_path
from research.library.exceptions import (
    BrokenFile,
    EncryptedFile,
    ImageOnly,
    NoText,
    UnpacksTooLarge,
)
from research.library.models import Passage
from tests.support.office import a_part_bomb, by_pandoc, changed, word, zipped

pytestmark = pytest.mark.django_db

MARKDOWN = """---
title: On bees
author: A. Keeper
---
# Dances

They *dance*, bodyword.[^1]

- itemword

| dayword | flightword |
|---------|------------|
| Monday  | cellword   |

[^1]: footnoteword
"""
WORDS = ["On bees", "Dances", "bodyword", "itemword", "dayword", "Monday", "cellword"]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def test_word_keeps_what_stands_anywhere_in_it() -> None:
    document = add_bytes("bees.docx", word()).document
    assert document.title == "Of bees"
    for said in ["headerword", "footerword", "# Dances", "bodyword", "- itemword", "boxword"]:
        assert said in document.text
    assert "dayword | flightword\nMonday | cellword" in document.text
    assert Passage.objects.filter(document=document, heading="Dances").exists()


@pytest.mark.parametrize("format", ["docx", "odt", "epub", "rtf"])
def test_every_word_that_was_written_is_read(format: str) -> None:
    document = add_bytes(f"bees.{format}", by_pandoc(format, MARKDOWN)).document
    more = [] if format == "rtf" else ["footnoteword"]  # pandoc hides it from readers of RTF
    assert [said for said in WORDS + more if said not in document.text] == []
    assert document.title in ("On bees", "Dances")


def test_rtf_with_notes_and_its_title() -> None:
    file = rb"{\rtf1\ansi{\info{\title Bees}}\pard Caf\'e9{\footnote noteword} \u1055?.\par}"
    document = add_bytes("bees.rtf", file).document
    assert document.title == "Bees"
    assert "Café" in document.text and "П" in document.text and "noteword" in document.text


def test_a_changed_document_takes_the_place_of_the_one_before(tmp_path) -> None:
    path = tmp_path / "bees.odt"
    path.write_bytes(by_pandoc("odt", "Bees dance."))
    first = add_path(path)
    path.write_bytes(by_pandoc("odt", "Bees sleep."))
    second = add_path(path)
    assert (first.change, second.change) == (Change.ADDED, Change.REPLACED)
    assert first.document.pk == second.document.pk and second.document.text == "Bees sleep."


def test_macros_are_left_out() -> None:
    file = changed(word(), {"word/vbaProject.bin": b"Sub AutoOpen() macroword"})
    assert "macroword" not in add_bytes("bees.docm", file).document.text


def test_an_entity_reaches_no_file() -> None:
    part = (
        b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
        b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        b"<w:body><w:p><w:r><w:t>Here: &e;.</w:t></w:r></w:p></w:body></w:document>"
    )
    try:
        text = add_bytes("a.docx", changed(word(), {"word/document.xml": part})).document.text
    except BrokenFile:
        text = ""
    assert "root:" not in text


@pytest.mark.parametrize(
    ("name", "content", "refusal"),
    [
        ("a.docx", b"no package", BrokenFile),
        ("a.docx", b"", BrokenFile),
        ("a.docx", word()[:5000], BrokenFile),
        ("a.docx", zipped({"a.txt": b"a"}), BrokenFile),
        ("a.docx", OLE + "EncryptedPackage".encode("utf-16-le"), EncryptedFile),
        ("a.docx", OLE + b"an old document", BrokenFile),
        ("a.docx", a_part_bomb(word(), "word/document.xml"), UnpacksTooLarge),
        ("a.odt", word(), BrokenFile),
        (
            "a.odt",
            changed(by_pandoc("odt", "a"), {"META-INF/manifest.xml": b"<a><encryption-data/></a>"}),
            EncryptedFile,
        ),
        ("a.epub", zipped({"a.txt": b"a"}), BrokenFile),
        ("a.epub", b"%PDF-1.7", BrokenFile),
        ("a.rtf", b"Not RTF at all.", BrokenFile),
        ("a.rtf", rb"{\rtf1 cut off {\b bold", BrokenFile),
        ("a.rtf", rb"{\rtf1 }", NoText),
        ("a.docx", by_pandoc("docx", ""), NoText),
    ],
)
def test_what_cannot_be_read_is_refused(
    name: str, content: bytes, refusal: type[RefusedFile]
) -> None:
    with pytest.raises(refusal, match=rf"^{name} "):
        add_bytes(name, content)


def test_a_document_that_takes_too_much_memory_says_so() -> None:
    many = b"<w:p><w:r><w:t>x</w:t></w:r></w:p>" * 900_000
    namespace = b'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    part = b"<w:document %s><w:body>%s</w:body></w:document>" % (namespace, many)
    with pytest.raises(NeedsTooMuchMemory):
        add_bytes("many.docx", changed(word(), {"word/document.xml": part}))


def test_a_document_of_scans_says_so() -> None:
    scans = changed(by_pandoc("docx", ""), {"word/media/image1.png": b"png"})
    with pytest.raises(ImageOnly, match="OCR"):
        add_bytes("scans.docx", scans)
