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


@pytest.mark.parametrize("kind", ["html", "markdown"])
def test_soft_hyphens_that_are_written_out_divide_no_word(kind: str) -> None:
    assert text_of(kind, "Honig&shy;bienen fliegen.") == "Honigbienen fliegen."


def test_a_text_full_of_soft_hyphens_is_text() -> None:
    assert text_of("text", "\xad".join("Honigbiene")) == "Honigbiene"


@pytest.mark.parametrize(
    ("declared", "encoding", "text"),
    [
        ("iso-8859-1", "cp1252", "Straße… da"),
        ("gb2312", "gbk", "朱镕基"),
        ("Shift_JIS", "cp932", "①人間は髙"),
        ("windows-1251", "cp1251", "мир"),
        ("iso-8859-1", "utf-8", "Größe мир"),
        ("utf-16", "utf-8", "Größe"),
    ],
)
def test_what_is_declared_may_be_written_in_a_larger_encoding(
    declared: str, encoding: str, text: str
) -> None:
    assert text_of("html", f"<meta charset={declared}><p>{text}".encode(encoding)) == text


def test_utf_16_with_a_byte_too_many() -> None:
    assert text_of("text", "Der Käse ist gut.".encode("utf-16-le") + b"\n") == "Der Käse ist gut."


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
        *("red | green", "Left | Right", "one | two", "Day | Hour", "Mon | nine"),
        "[1] The footnote.",
    ],
)
def test_any_directive_table_and_field_keeps_its_words(kept: str) -> None:
    text = text_of("rst", RST.replace("param url", "url"))
    assert kept in text
    assert "option" not in text and "comment" not in text


LISTS = """Lists
=====

* One::

      code

  Its second paragraph.

  - Inside.

Term
    A meaning.
Other : kind
    Its meaning.

| Roses are red,
| violets are blue

--quiet  say less

As they said::

> quoted

"""


def test_lists_keep_their_paragraphs_and_code() -> None:
    assert text_of("rst", LISTS) == (
        "# Lists\n\n- One:\n\n```\ncode\n```\n\nIts second paragraph.\n\n- Inside.\n\n"
        "Term\n\nA meaning.\n\nOther : kind\n\nIts meaning.\n\n"
        "Roses are red,\nviolets are blue\n\n- --quiet: say less\n\nAs they said:\n\n"
        "```\n> quoted\n```"
    )


GRID = """
+-------------+-------+
| Two lines   | Wide  |
| of a cell   | 字    |
+=============+=======+
| Across both columns |
+-------------+-------+
| Above       | Tall  |
+-------------+ cell  |
| Below       |       |
+-------------+-------+
"""


def test_the_cells_of_a_grid_are_whole() -> None:
    assert text_of("rst", GRID) == (
        "```\nTwo lines of a cell | Wide 字\nAcross both columns\nAbove\nBelow | Tall cell\n```"
    )


def test_the_cells_of_a_simple_table_are_whole() -> None:
    table = "=====  =====\none    two\n       goes on\nthree\n=====  =====\n"
    assert text_of("rst", table) == "```\none | two goes on\nthree\n```"


def test_values_are_rows() -> None:
    table = '.. csv-table:: Title\n   :header: A, B\n\n   "x, y", "two\n   lines"\n'
    assert text_of("rst", table) == "Title\n\n```\nA | B\nx, y | two lines\n```"


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (".. |x| replace:: some\n   words\n\nIt is |x|.", "It is some words."),
        (".. |c| unicode:: 0xA9 .. sign\n\nBy |c| me.", "By © me."),
        ("Not |defined| here.", "Not |defined| here."),
        (":meth:`the method <a.b>` of H\\ :sub:`2`\\ O", "`the method` of H2O"),
        ("As [Knuth74]_ says [1]_.", "As [Knuth74] says."),
        (".. image:: a.png\n   :alt: A bee", "A bee"),
        (".. raw:: html\n\n   <p>Raw <b>words</b></p>", "Raw words"),
        (".. code-block:: c\n   :caption: a.c\n\n   x;", "a.c\n\n```\nx;\n```"),
        (".. confval:: size\n   :type: int\n\n   Text.", "#### size\n\n- type: int\n\nText."),
        (".. f:function:: f(x)\n   :param x: it\n", "#### f(x)\n\n- param x: it"),
        (".. autoclass:: A\n   :members:\n\n   Text.", "#### A\n\nText."),
        ("..\n\n   Quoted, since the comment is empty.", "Quoted, since the comment is empty."),
        (".. versionadded:: 3.2\n   Words.", "New in version 3.2: Words."),
        ("1. Numbered\n===========\n\nText.", "# 1. Numbered\n\nText."),
    ],
)
def test_what_a_page_shows_is_kept(source: str, text: str) -> None:
    assert text_of("rst", source) == text


def test_a_heading_without_text_is_found_with_the_next_one() -> None:
    found = contents.read("markdown", b"# Title\n\n## Chapter\n\n### Part\n\nText.", "a.md")
    assert [piece.heading for piece in found.passages] == ["Chapter · Part"]


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


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<main><p>One.</main><article><p>Two.</article>", "One.\n\nTwo."),
        ("<main><p>Main.<aside>A note.</aside></main><aside>Not this.</aside>", "Main.\n\nA note."),
        ("<h3><button>A question?</button></h3><p>Yes.", "### A question?\n\nYes."),
        ("<header><h1>Title</h1><p>Lead.</header><p>Text.", "# Title\n\nLead.\n\nText."),
        ("<header>Site</header><p>Text.<footer>(c)</footer>", "Text."),
        ("<div role=tabpanel hidden>Panel.</div><p hidden>No.", "Panel."),
        ("<p hidden=until-found>Found.<template>No.</template>", "Found."),
        ("<details><summary>More</summary>Folded.</details>", "More\n\nFolded."),
        ("<dl><dt>Term<dd>Its meaning.</dl>", "Term\n\nIts meaning."),
        ('<figure><img src=a alt="A &lt;b&gt;"><figcaption>C.</figure>', "A <b>\n\nC."),
        ("<p>One.</p></body></html><p>Behind.", "One.\n\nBehind."),
        ("<p>So <math><mi>x</mi><mo>=</mo><mn>1</mn></math>.", "So x=1."),
    ],
)
def test_what_an_html_page_shows_is_kept(markup: str, text: str) -> None:
    assert text_of("html", f"<body>{markup}") == text


def test_links_do_not_make_a_page_of_a_margin() -> None:
    links = "<div>" + "<a href=/>Somewhere else entirely</a>" * 20 + "</div>"
    assert text_of("html", f"<body>{links}<main><p>The text.</main>") == "The text."


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("---\n\nBetween rules.\n\n---\n\nText.", "Between rules.\n\nText."),
        ("---\ntitle: A: b\n---\nText.", "Text."),
        ("---\ntitle: T\ndescription: >\n  What it\n  is.\n---\nText.", "What it is.\n\nText."),
        ("# Heading {#id .class}\n\nText.", "# Heading\n\nText."),
        ("![A bee](a.png)", "A bee"),
        ("Term\n:   One.\n\n    Two.", "Term\n\nOne.\n\nTwo."),
        ("a|b\n-|-\n1|`2|3`|4", "```\na | b\n1 | `2 | 3` | 4\n```"),
        ("```{note} Title\nWords.\n```\nMore.", "Title\n\nWords.\n\nMore."),
        (":::{tip} Title\nWords.\n:::", "Title\n\nWords."),
        ('``` py title="a.py"\nx\n```', "a.py\n\n```\nx\n```"),
        ("- One\n\n  ```\n  x\n  ```\n\n  - Two", "- One\n\n```\nx\n```\n\n- Two"),
        ("[Words][a] and [b].\n\n[a]: /x\n[b]: /y", "Words and b."),
    ],
)
def test_what_a_markdown_page_shows_is_kept(source: str, text: str) -> None:
    assert text_of("markdown", source) == text


@pytest.mark.parametrize(
    ("front", "title"),
    [
        ("---\ntitle: >\n  Folded\n  title\n---\n", "Folded title"),
        ("---\ntitle: A: b\n---\n", "A: b"),
        ("+++\ntitle = 'T'\n[extra]\ndraft = true\n+++\n", "T"),
        ("---\ndraft: yes\n---\n", "Own"),
    ],
)
def test_a_title_in_front_matter(front: str, title: str) -> None:
    assert contents.read("markdown", f"{front}# Own\n\nText.".encode(), "a.md").title == title
