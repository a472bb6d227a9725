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


MARKDOWN = """+++
title = "My Post"
+++

A claim.[^1] Another.

[^1]: The note's words
    go on.

    Its second paragraph.

=== "Python"

    Tab prose.

    ```python
    x = 1
    ```

!!! note "Careful"
    Words of a note.

??? tip
    Folded words.

Term
:   Its definition.

<details><summary>More</summary>

Words of details.

</details>
"""


def test_markdown_of_sites_keeps_its_words_as_prose() -> None:
    found = contents.read("markdown", MARKDOWN.encode(), "a.md")
    assert found.title == "My Post"
    assert found.text == (
        "A claim. Another.\n\nThe note's words go on.\n\nIts second paragraph.\n\n"
        "Python\n\nTab prose.\n\n```\nx = 1\n```\n\nCareful\n\nWords of a note.\n\n"
        "Tip\n\nFolded words.\n\nTerm\n\nIts definition.\n\nMore\n\nWords of details."
    )


def test_a_teaser_is_not_the_page() -> None:
    long = "<article><p>" + "Long text. " * 20 + "</article>"
    text = text_of("html", f"<main><p>Teaser.</main>{long}<article>Second.</article>")
    assert "Long text." in text and "Second." in text


@pytest.mark.parametrize(
    "markup", ["<form><p>Here.<button>Go</button></form>", "<noscript><p>Here.</noscript>"]
)
def test_text_in_forms_and_without_scripts_is_kept(markup: str) -> None:
    assert text_of("html", f"<body>{markup}</body>") == "Here."
