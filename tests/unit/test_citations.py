"""A number cites a source only where its source exists or where nothing else explains it."""

import re
from dataclasses import dataclass

import pytest

from research.text.markdown import read
from research.web.pages.rendering import render_markdown


@dataclass
class Seen:
    title: str = "A source"
    url: str = ""


SOURCES = {n: Seen(url=f"https://example.com/source/{n}") for n in (1, 2, 3, 7)}

CITES = [
    ("A fact [1].", [1]),
    ("A fact[1].", [1]),
    ("in 2024[1] and NASA[2].", [1, 2]),
    ("A fact [1, 2].", [1, 2]),
    ("A fact [1; 2].", [1, 2]),
    ("A fact [1 and 2], [1, 2, and 3].", [1, 2, 3]),
    ("A fact [1][2].", [1, 2]),
    ("A fact[1][2].", [1, 2]),
    ("A fact [1-3].", [1, 2, 3]),
    ("A fact [1\u20133, 7].", [1, 2, 3, 7]),
    ("A fact [^1].", [1]),
    ("A fact[^1^].", [1]),
    ("A fact 【1】.", [1]),
    ("A fact 【1†source】【2†L1-L9】.", [1, 2]),
    ("A fact [1†source].", [1]),
    ("A fact [Source 1].", [1]),
    ("A fact (Source 1).", [1]),
    ("A fact (source 1, source 2).", [1, 2]),
    ("A fact (Sources 1 and 2).", [1, 2]),
    ("A fact (Source 1: its title).", [1]),
    ("A fact [source: 2].", [2]),
    ("A fact [ref. 2], [cite: 1, 3].", [1, 2, 3]),
    ("**A fact**[1]", [1]),
    ("A fact \\[1\\].", [1]),
    ("[The docs][1] say so.", [1]),
    ("A fact.<sup>1</sup>", [1]),
    ("A fact <sup>1, 2</sup> and one<sup>[3]</sup>.", [1, 2, 3]),
    ("A fact [S1]. Another (S2, S3).", [1, 2, 3]),
    ("A fact [#1], [web:2], [source-3], [src7].", [1, 2, 3, 7]),
    ("A fact [citation:1][citation:2].", [1, 2]),
    ("A fact [1†L3-L9].", [1]),
    ("A fact [1, p. 5] and [2, pp. 10\u201312].", [1, 2]),
    ("A fact [1](#sources), another [[2]](#source-2).", [1, 2]),
    ("A fact [Quelle 1], (Fuente: 2), [источник 3].", [1, 2, 3]),
    ("事实[来源1]。事实\uff3b2\uff3d。", [1, 2]),
    ("حقيقة [المصدر 1] وأخرى [٢].", [1, 2]),
    ("According to Source 1, a fact. Sources 2 and 3 agree.", [1, 2, 3]),
    ("A fact (see source 2).", [2]),
    ("事实[1]和[2]。", [1, 2]),
    ("It costs $5 [1] and $6 [2].", [1, 2]),
    ("It costs $5 [1], or US$ 7.", [1]),
    ("| a | b |\n|---|---|\n| c [1] | d |", [1]),
    ("> Said so [1]", [1]),
    ("See https://example.org/[1].", [1]),
    ("See https://example.com/source/2.", [2]),
    ("See [a page](https://www.example.com/source/3/#top).", [3]),
    ("A fact [1].\n\n## Sources\n\n- [2] A title", [1]),
]

CITES_NOTHING = [
    "It has 3 m<sup>2</sup> and 10<sup>3</sup> parts, E = mc<sup>2</sup>.",
    "Open source 2 years ago; a power source 1 metre away.",
    "The Galaxy (S21) and issue [#45]; Source 9 is none.",
    "Table [S15] of the supplement.",
    "The interval [0, 1] is closed.",
    "The interval [1, 2] is closed.",
    "x ∈ [1, 2]",
    "a = [1, 2]",
    "a = [1, 1, 2]",
    "`xs[1]` and xs[0] and xs[1]",
    "x[1], argv[1], self.items[1], item_list[1], f(x)[1], rows[0][1]",
    "In [2024] it was.",
    "[18F]FDG and [13]C and [1]H",
    "- [x] done\n- [ ] not",
    "[1]: https://example.org/",
    "[1]: The title of a page",
    "[^1]: A footnote.",
    "The pages [1-400] and the years [1990-2000].",
    "It ended [3-1].",
    "$[1, 2]$ and $$x_{[1]}$$ and \\([1]\\) and \\[ y[1] \\]",
    "    code [1]",
    "```\ncode [1]\n```",
    "``code [1]``",
    "[1](https://example.org/)",
    "[see [1]](https://example.org/)",
    "<https://example.org/?a[1]=2>",
    "https://example.org/?a[1]=2",
    "A fact.\n\n## Sources\n\n- [1] A title",
    "A fact.\n\n**References:**\n[1] A title",
    "A fact (1).",
    "A fact.",
    "",
]


@pytest.mark.parametrize(("text", "numbers"), CITES)
def test_what_cites(text: str, numbers: list[int]) -> None:
    assert sorted(read(text, SOURCES).cited) == numbers


@pytest.mark.parametrize("text", CITES_NOTHING)
def test_what_cites_nothing(text: str) -> None:
    assert read(text, SOURCES).cited == set()
    assert "unknown-source" not in render_markdown(text, SOURCES)


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("A fact [9].", ["[9]"]),
        ("A fact[9].", ["[9]"]),
        ("A fact [1, 9].", ["[9]"]),
        ("A fact [8-9].", ["[8]", "[9]"]),
        ("A fact (Source 9).", ["9"]),
        ("A fact [Source 2024].", ["2024"]),
        ("A fact [^9] 【9†source】.", ["[9]", "[9]"]),
        ("In the range [4, 9], between [4, 9], of [2024], xs[9], [4-60].", []),
    ],
)
def test_a_number_that_nothing_else_explains_is_marked(text: str, unknown: list[str]) -> None:
    html = render_markdown(text, SOURCES)
    assert re.findall(r'unknown-source"[^>]*>(.*?)</span>', html) == unknown


def test_a_page_links_what_is_counted() -> None:
    for text, numbers in CITES:
        html = render_markdown(text, SOURCES)
        linked = {int(number) for number in re.findall(r'href="#source-(\d+)"', html)}
        assert set(numbers) <= linked or "https://" in text


def test_a_long_list_of_numbers_is_read_in_one_go() -> None:
    """None of it can be read in two ways, which would take for ever, and fail this by its time."""
    for between in (", ", " and ", ",  and  ", " - "):
        assert read(f"[{between.join(['1'] * 5_000)}", SOURCES).cited == set()
