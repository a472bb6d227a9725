"""What of a page is its own text: clutter goes, and tables and code of documentation stay."""

import time

from research.library.reading import WebPage, attempt, page

MENU = "<div class=menu>" + "".join(f"<p><a href=/{n}>Section {n}</a></p>" for n in range(30))
MENU += "</div>"
SENTENCE = "The bees of sector {n} tell each other by a dance where the flowers of the day are."
RELATED = "<div class=related><h4>Read also</h4><p><a href=/a>Ten facts about wasps</a></p></div>"


def read(markup: str) -> WebPage:
    return page.read(markup.encode(), "text/html; charset=utf-8", "")


def article(body: str, head: str = "") -> str:
    foot = "<div class=footer><p>Cookie settings</p></div>"
    return f"<html><head>{head}</head><body>{MENU}{body}{RELATED}{foot}</body></html>"


def paragraphs(count: int) -> str:
    return "".join(f"<p>{SENTENCE.format(n=n)}</p>" for n in range(count))


def test_clutter_around_an_article_goes() -> None:
    text = read(article(f"<div class=post><h1>Bees</h1>{paragraphs(8)}</div>")).text
    assert all(SENTENCE.format(n=n) in text for n in range(8))
    assert "Section 3" not in text and "wasps" not in text and "Cookie" not in text


def test_code_and_tables_in_an_article_stay() -> None:
    table = "<table><tr><th>Kind</th><th>Legs</th></tr><tr><td>Bee</td><td>6</td></tr></table>"
    body = f"{paragraphs(4)}<h2>Counting</h2><pre>legs = 6\n  * bees</pre>{table}{paragraphs(4)}"
    text = read(article(f"<div class=post>{body}</div>")).text
    assert "## Counting" in text and "legs = 6\n  * bees" in text
    assert "Kind | Legs\nBee | 6" in text


def test_documentation_loses_no_signature_table_or_example() -> None:
    entries = "".join(
        f"<h3>GET /things/{n}</h3><p>Gives {n}.</p><table><tr><th>Name</th><th>In</th></tr>"
        f"<tr><td>limit{n}</td><td>query</td></tr></table><pre>curl /things/{n}</pre>"
        for n in range(12)
    )
    text = read(article(f"<main><h1>Things</h1>{entries}</main>")).text
    for n in range(12):
        assert f"GET /things/{n}" in text
        assert f"limit{n} | query" in text and f"curl /things/{n}" in text


def test_a_page_says_who_wrote_it_and_when() -> None:
    head = (
        "<title>Bees dance - The Hive</title><meta name=author content='Ada Apis'>"
        "<meta property='article:published_time' content='2025-01-31T08:00:00Z'>"
    )
    found = read(article(f"<article><h1>Bees dance</h1>{paragraphs(5)}</article>", head))
    assert (found.title, found.author, found.published) == ("Bees dance", "Ada Apis", "2025-01-31")


def test_a_page_that_says_nothing_of_itself_has_nothing_made_up() -> None:
    found = read(f"<p>{SENTENCE}</p>")
    assert (found.title, found.author, found.published, found.language) == ("", "", "", "")


def test_a_short_page_is_read_as_it_is() -> None:
    assert read("<p>One line.</p><p>Two.</p>").text == "One line.\n\nTwo."


def test_what_takes_too_long_or_falls_is_done_without() -> None:
    def slow() -> dict[str, str]:
        while True:
            time.monotonic()

    def falls() -> dict[str, str]:
        raise RuntimeError

    assert attempt.attempt(slow, 0.2) is None
    assert attempt.attempt(falls, 5) is None
    assert attempt.attempt(lambda: {"a": "b" * 1_000_000}, 5) == {"a": "b" * 1_000_000}
