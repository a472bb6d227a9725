"""Model output becomes HTML that is safe, cited and quick, whatever the output is."""

from dataclasses import dataclass
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from research.rendering import MAX_LENGTH, render_markdown


@dataclass
class Seen:
    title: str


SOURCES = {1: Seen("First"), 4: Seen('The "fourth" <b>')}
DANGEROUS = st.sampled_from(
    [
        "<script>alert(1)</script>",
        "[a](javascript:alert(1))",
        "[a](JaVaScRiPt:alert(1) 'x')",
        "[a](data:text/html;base64,PHNjcmlwdD4=)",
        "![a](https://example.com/x.png)",
        "<img src=x onerror=alert(1)>",
        "<a href='/admin/' onclick=x>",
        "[a](/admin/)",
        "<javascript:alert(1)>",
        "[1]: javascript:alert(1)\n",
        "[1](javascript:alert(1))",
        "&#106;avascript:",
        "```",
        "|a|\n|-|\n|",
        "[1, 4]",
        "[9]",
        "> ",
        "- ",
        "\n",
        "\ud800",
        "\x00",
    ]
)


class Elements(HTMLParser):
    """Collects (tag, attributes) of all elements."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@given(st.lists(st.one_of(DANGEROUS, st.text(max_size=40))).map("".join))
def test_no_text_becomes_anything_that_acts(text: str) -> None:
    html = render_markdown(text, SOURCES, "t1-")
    for tag, attributes in Elements(html).found:
        assert tag not in ("script", "img", "iframe", "style", "form", "svg")
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
        href = attributes.get("href") or "https://"
        assert href.startswith(("http://", "https://", "mailto:", "#t1-")), href
    assert "<script" not in html.lower()


def test_numbers_become_links_to_what_was_seen() -> None:
    html = render_markdown("A fact [1, 4].", SOURCES, "t7-s")
    assert 'class="cite" href="#t7-s1" title="First"' in html
    assert 'href="#t7-s4" title="The &quot;fourth&quot; &lt;b&gt;"' in html


def test_a_number_never_seen_is_marked() -> None:
    html = render_markdown("A fact [9].", SOURCES)
    title = "This source was never seen by the crew"
    assert f'<span class="unknown-source" title="{title}">[9]</span>' in html


@pytest.mark.parametrize("text", ["`a[1]`", "    a[1]\n", "```\na[1]\n```"])
def test_code_is_not_cited(text: str) -> None:
    html = render_markdown(text, SOURCES)
    assert "<a" not in html and "a[1]" in html


def test_a_list_of_sources_stays_readable() -> None:
    html = render_markdown("Said [1].\n\n[1]: https://example.com/a", SOURCES)
    assert ": https://example.com/a" in html


def test_links_tell_nobody_where_they_stood() -> None:
    html = render_markdown("[site](https://example.com)", {})
    assert 'rel="noopener noreferrer nofollow"' in html


def test_headings_fit_under_the_card_they_stand_in() -> None:
    assert render_markdown("## Summary\n\n### More", {}) == "<h4>Summary</h4>\n<h5>More</h5>\n"


def test_a_text_without_end_is_cut_and_says_so() -> None:
    html = render_markdown("word " * MAX_LENGTH, {})
    assert len(html) < MAX_LENGTH + 200 and "its beginning" in html
