"""Model output becomes HTML that is safe, cited and quick, whatever the output is."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from research.text.cleaning import MAX_TEXT
from research.web.pages.rendering import render_markdown
from tests.support.html import DANGEROUS, Elements


@dataclass
class Seen:
    title: str
    url: str = ""


SOURCES = {1: Seen("First"), 4: Seen('The "fourth" <b>')}


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
    assert "[1]: " in html and "https://example.com/a" in html


def test_links_tell_nobody_where_they_stood() -> None:
    html = render_markdown("[site](https://example.com)", {})
    assert 'rel="noopener noreferrer nofollow"' in html


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("## Summary\n\n### More", ["h4", "h5"]),
        ("# One\n\n#### Deep\n\n## Two", ["h4", "h5", "h5"]),
        ("### Late\n\n# Title\n\n### Part", ["h4", "h4", "h5"]),
        ("# a\n\n## b\n\n### c\n\n#### d\n\n##### e", ["h4", "h5", "h6", "h6", "h6"]),
    ],
)
def test_headings_fit_under_the_one_they_stand_below(text: str, expected: list[str]) -> None:
    tags = [tag for tag, _ in Elements(render_markdown(text, {})).found]
    assert tags == expected


def test_wide_things_scroll_by_themselves_with_the_keyboard_too() -> None:
    table = "|a|\n|-|\n|b|\n\n"
    html = render_markdown(table + table + "```\n<pre>\n```", {}, where="topic 7")
    frames = [attributes for tag, attributes in Elements(html).found if tag == "div"]
    assert [frame["aria-label"] for frame in frames] == ["Table 1 of topic 7", "Table 2 of topic 7"]
    assert all(frame["role"] == "region" and frame["tabindex"] == "0" for frame in frames)
    assert '<pre tabindex="0" dir="ltr"><code>&lt;pre&gt;' in html


@pytest.mark.parametrize("text", ["Python היא שפה [1].", "זו Python [1].", "A language [1]."])
def test_a_block_has_the_direction_of_its_text(text: str) -> None:
    html = render_markdown(text, SOURCES)
    assert '<p dir="auto">' in html
    assert "[1]</a>." in html


def test_a_text_without_end_is_cut_and_says_so() -> None:
    html = render_markdown("word " * MAX_TEXT, {})
    assert len(html) < MAX_TEXT + 200 and "its beginning" in html


UNSEEN = '<span class="unseen-address" title="The crew saw no source at this address">'


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("See https://evil.org/x.", f"See {UNSEEN}https://evil.org/x</span>."),
        ("See www.evil.org.", f"See {UNSEEN}www.evil.org</span>."),
        ("[it](https://evil.org)", f'{UNSEEN}<a href="https://evil.org"'),
        ("<https://evil.org>", f'{UNSEEN}<a href="https://evil.org"'),
        ("[1]: https://evil.org", f"[1]: {UNSEEN}https://evil.org</span>"),
        ("See https://example.com/a#part.", "See https://example.com/a#part."),
        ("See www.example.com/a/.", "See www.example.com/a/."),
    ],
)
def test_an_address_never_seen_is_marked(text: str, html: str) -> None:
    sources = {1: Seen("First", "https://example.com/a")}
    assert html in render_markdown(text, sources)


@pytest.mark.parametrize("title", ["## Sources", "**References:**", "Works cited", "### 5. Links"])
def test_the_models_own_list_of_sources_is_told_apart(title: str) -> None:
    text = f"Said [1].\n\n{title}\n\n- [1] A page: {{}}\n\n## More\n\nText."
    sources = {1: Seen("First", "https://example.com/a")}
    assert "The model wrote this list itself" in render_markdown(
        text.format("https://evil.org"), sources
    )
    seen = render_markdown(text.format("https://example.com/a"), sources)
    assert "own-list" not in seen and "unseen" not in seen


def test_many_citations_and_addresses_stay_bounded() -> None:
    sources = {1: Seen("A title " * 40, "https://example.com/a")}
    for text in ("[1]" * 50_000, "[7] " * 50_000, "[1-400]" * 28_000, "www.a.bc " * 22_000):
        assert len(render_markdown(text, sources)) < 1_200_000
