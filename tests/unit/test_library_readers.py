"""What is added is not lost in silence: any markup, encoding or type keeps its words."""

import pytest

from research.library.exceptions import NoPassage
from research.library.reading import contents
from tests.support.hostile import pages, stream


def text_of(kind: str, content: str | bytes) -> str:
    data = content if isinstance(content, bytes) else content.encode()
    return contents.read(kind, data, f"a.{kind}").text


def test_a_stray_byte_does_not_garble_a_file() -> None:
    text = "Der Käse ist für die Mäuse schön. " * 20
    assert text_of("text", text.encode() + b"\xff end.") == f"{text}\ufffd end."


def test_soft_hyphens_divide_no_word() -> None:
    assert text_of("markdown", "Honig\xadbienen fliegen.") == "Honigbienen fliegen."


def test_headings_alone_are_refused() -> None:
    with pytest.raises(NoPassage, match=r"a\.rst holds headings and no text"):
        text_of("rst", "Title\n=====\n\nPart\n----\n")


RST = """Title
=====

.. unknown:: An argument
   :option: no

   Inside it.

.. py:function:: fetch(url)

   Fetches a page.

   :param url: the address
       to fetch
   :returns: a page

.. glossary::

   loop
      Runs tasks.

.. list-table:: Sizes
   :header-rows: 1

   * - Name
     - Size
   * - small
     - ten

.. csv-table:: Colours

   red, green

+------+------+
| Left | Right|
+======+======+
| one  | two  |
+------+------+

=====  =====
Day    Hour
=====  =====
Mon    nine
=====  =====

A claim [1]_.

.. [1] The footnote.

.. a comment
"""


@pytest.mark.parametrize(
    "kept",
    [
        *("An argument", "Inside it.", "#### fetch(url)", "Fetches a page.", "loop", "Runs tasks."),
        *("- url: the address to fetch", "- returns: a page", "Sizes", "small", "ten", "Colours"),
        *("red, green", "Left | Right", "one | two", "Day | Hour", "Mon | nine"),
        "[1] The footnote.",
    ],
)
def test_any_directive_table_and_field_keeps_its_words(kept: str) -> None:
    text = text_of("rst", RST.replace("param url", "url"))
    assert kept in text
    assert "option" not in text and "comment" not in text


def shown(*operators: str) -> bytes:
    """A PDF's page, drawn by these operators in Helvetica."""
    return pages(stream(f"BT 72 720 Td {' '.join(operators)} ET".encode("latin-1")))


def test_a_pdfs_ligatures_are_letters() -> None:
    assert "efficient find" in text_of("pdf", shown("/F1 12 Tf (ef\xaecient \xaend) Tj"))


def test_a_pdfs_divided_words_are_whole() -> None:
    page = shown("/F1 12 Tf (The honey-) Tj 0 -14 Td (bee dances.) Tj")
    assert "The honeybee dances." in text_of("pdf", page)


def test_a_pdfs_title_is_its_large_first_line() -> None:
    page = shown("/F1 30 Tf (On Bees) Tj /F1 12 Tf 0 -40 Td (Bees dance all day long.) Tj")
    assert contents.read("pdf", page, "a.pdf").title == "On Bees"
