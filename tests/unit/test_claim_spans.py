"""Claims find their place in a report, whatever Markdown stands around and in them."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from research.claims.check import check
from research.web.pages.rendering import Marked, render_markdown
from tests.support.html import DANGEROUS, Elements

PIECE = re.compile(r'<span class="claim.*?</span>', re.DOTALL)
TAG = re.compile(r"<[^>]*>")
MARK = re.compile(r"\u00a0<a class=\"claim-mark.*?</a>")


def marked(text: str, *places: tuple[int, int]) -> str:
    claims = [
        Marked(*place, f"claim-{n}", "differs", "≠", "Why.") for n, place in enumerate(places)
    ]
    return render_markdown(text, {}, claims=claims).replace("&nbsp;", "\u00a0")


def claims_in(rendered: str) -> list[str]:
    """What is marked as a claim, in the pieces that emphasis makes of it."""
    return [html.unescape(TAG.sub("", piece)) for piece in PIECE.findall(rendered)]


def words(rendered: str) -> str:
    return html.unescape(TAG.sub("", MARK.sub("", rendered)))


@pytest.mark.parametrize(
    ("text", "claim", "pieces"),
    [
        ("One is. Two is. Three.", "Two is.", ["Two is."]),
        ("One **is. Two** is.", "Two** is.", ["Two", " is."]),
        ("- One\n- Two\n  goes on\n", "Two\n  goes on", ["Two\ngoes on"]),
        ("> > - Two\n> >   goes on", "Two\n> >   goes on", ["Two\ngoes on"]),
        ("- - Two\n\tgoes on", "Two\n\tgoes on", ["Two\ngoes on"]),
        ("1. One\n\n   Two &amp; `more`.", "Two &amp; `more`.", ["Two & more."]),
        ("a\r\n\r\nTwo\r\ngoes on.\r\n", "Two\r\ngoes on.", ["Two\ngoes on."]),
        (r"One. Two \* \_is\_.", r"Two \* \_is\_.", ["Two * _is_."]),
        ("| a | b |\n|---|---|\n| two | two |", "two |", ["two"]),
        ("| a |\n|---|\n| x \\| two |", "x \\| two", ["x | two"]),
        ("|a|b|\n|-|-|\n|two||\n||two|", "two|", ["two"]),
        ("Two *is* [here](//x)!", "Two *is* [here](//x)!", ["Two ", "is", " [here](//x)!"]),
        ("[Two](https://x.org/) is.", "Two](https://x.org/) is.", ["Two", " is."]),
        ("Two\n===\n", "Two", ["Two"]),
        ("_Two._ Three.", "_Two._", ["Two."]),
    ],
)  # fmt: skip
def test_a_claim_is_marked_where_it_stands(text: str, claim: str, pieces: list[str]) -> None:
    start = text.index(claim)
    rendered = marked(text, (start, start + len(claim)))
    assert claims_in(rendered) == pieces
    assert rendered.count("claim-mark") == 1


def test_the_second_of_equal_cells_is_the_second() -> None:
    rendered = marked("| a | b |\n|---|---|\n| two | two |\n| two | two |", (28 + 8, 28 + 11))
    assert rendered.index('<span class="claim') > rendered.index("<td>two</td>")
    assert len(claims_in(rendered)) == 1


def test_a_mark_stands_behind_its_link_and_its_emphasis() -> None:
    rendered = marked("**[Two is.](https://x.org/)** Three.", (2, 27))
    assert re.search(r"</strong>\u00a0<a class=\"claim-mark[^>]*>≠ differs", rendered)


def test_a_claim_over_many_blocks_is_marked_once() -> None:
    text = "One.\n\nTwo.\n\n- Three.\n"
    rendered = marked(text, (0, len(text)))
    assert claims_in(rendered) == ["One.", "Two.", "Three."]
    assert rendered.count("claim-mark") == 1


SIGNS = st.one_of(
    DANGEROUS,
    st.sampled_from(
        [
            *(
                "**",
                "_",
                "`",
                "|",
                "\n",
                "\n\n",
                "\r\n",
                "- ",
                "> ",
                "1. ",
                "\t",
                "\\",
                "&amp;",
                "$",
            ),
            *("[1]", "Bees are 12. ", "[a](https://x.org) ", "It is 5 % (Source 1). ", "# "),
        ]
    ),
)


@given(st.lists(SIGNS, max_size=30).map("".join))
def test_marks_change_no_word_of_a_report(text: str) -> None:
    text = text.encode("utf-8", "replace").decode().replace("\x00", "\ufffd")
    claims = [
        Marked(claim.start, claim.end, f"claim-{n}", "invented", "✕", "Why.")
        for n, claim in enumerate(check(text, []))
    ]
    with_marks = render_markdown(text, {}, claims=claims).replace("&nbsp;", "\u00a0")
    assert words(with_marks) == words(render_markdown(text, {}).replace("&nbsp;", "\u00a0"))
    marks = [a for tag, a in Elements(with_marks).found if "claim-mark" in str(a.get("class"))]
    expected = [f"#{claim.anchor}" for claim in claims]
    found = [mark["href"] for mark in marks]
    # A cell beyond the last column is not shown, and neither is its claim.
    assert found == ([place for place in expected if place in found] if "|" in text else expected)
