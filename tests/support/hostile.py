"""Documents and pages that were made to stop whoever reads them, as small as they were found."""

import zlib
from collections.abc import Callable

SIZE = 200_000  # bytes of most

Make = Callable[[int], str]


def repeated(unit: str) -> Make:
    return lambda size: unit * (size // len(unit))


TEXTS: dict[str, dict[str, Make]] = {
    "rst": {
        "words that might be references": repeated("a-"),
        "roles without end": repeated(":a"),
        "white space": repeated(" "),
        "white space in a line": lambda size: f"a{' ' * size}b",
        "white space in a role": lambda size: f":ref:` {' ' * size}x",
        "substitutions of substitutions": lambda size: "\n".join(
            f".. |a{n}| replace:: {f'|a{n + 1}|' * 10}" for n in range(size // 80)
        ),
        "a long substitution": lambda size: f".. |a| replace:: {'x' * size}\n\n{'|a|' * size}",
        "notes in notes": lambda size: "\n".join(f"{' ' * n}.. note::" for n in range(600)),
        "notes": repeated(".. note:: a\n\n"),
        "a table": repeated("+---+\n| a |\n"),
        "headings": repeated("a\n=\n\n"),
        "items": repeated("* a\n"),
        "definitions": repeated("a\n b\n"),
        "options": repeated("-a\n"),
        "quotations": repeated("a::\n\n> b\n\n"),
        "rows": lambda size: "=== ===\n" + "    b\n" * (size // 6),
        "directives": repeated(".. a::\n"),
        "backticks": repeated("`a "),
        "emphasis": repeated("*a **b "),
        "apostrophes": lambda size: f"x\n\n   y a{chr(39) * size}x",
    },
    "html": {
        "elements in elements": repeated("<b>"),
        "elements that nothing opened": repeated("</i><b>"),
        "tags without end": repeated("<a "),
        "line breaks": repeated("<br>"),
        "cells": repeated("<td>"),
        "comments without end": repeated("<!--"),
        "CDATA without end": repeated("<![CDATA["),
        "declarations without end": repeated("<!a "),
        "attributes": lambda size: f"<p {'a=b ' * (size // 4)}>x",
        "a long attribute": lambda size: f"<p a='{'x' * size}",
        "quotes": repeated("<a b='"),
        "character references": repeated("&lt;"),
        "an endless number": lambda size: f"&#{'9' * size};",
        "list items": repeated("<li><a>x"),
        "scripts without end": repeated("<script>"),
        "tables in tables": repeated("<table><tr><td>a"),
    },
    "markdown": {
        "lists in lists": repeated("- "),
        "quotes in quotes": repeated("> "),
        "brackets": lambda size: "[" * size + "a" + "](b)" * size,
        "emphasis": repeated("*a_ "),
        "stars": repeated("*a **b "),
        "backticks": lambda size: " ".join("`" * n for n in range(400)),
        "links without end": repeated("[a](<b"),
        "images": repeated("!["),
        "a title of white space": lambda size: f"---\ntitle: a{' ' * size}b\n---\nx",
        "a wide table": lambda size: f"{'|a' * 200}\n{'|-' * 200}\n{'|a' * 200}",
        "tables": repeated("|a|b\n-|-\n|c|d\n\n"),
        "a wide row": lambda size: f"|a|\n|-|\n{'|' * size}",
        "attributes of white space": lambda size: f"a {{{' ' * size}",
        "a deep table in front": lambda size: f"+++\n[a{'.a' * size}]\n+++\nx",
        "a deep list in front": lambda size: f"---\n{'- ' * size}\n---\nx",
        "HTML": repeated("<a "),
        "footnotes": repeated("[^a"),
    },
    "text": {
        "empty lines": repeated("\n"),
        "white space": lambda size: f"a\n{' ' * size}b",
        "one word": repeated("a"),
        "full stops": repeated(". "),
    },
}

ADDRESSES = [
    "http://[evil",
    "http://[::1",
    "http://]/",
    "http://example.org:99999/",
    "http://example.org:port/",
    "http://user:password@example.org/",
    "http://exa mple.org/",
    "http://example.org\\@evil.example/",
    "http://example.org/\u202egpj.exe",
    "http://example.org/\x07",
    "http://xn--\uff0e/",
    "http://\u2488com/",
    "http://" + "a" * 1500,
    "http://",
    "//",
    "javascript:alert(1)",
]
"""Addresses that lead nowhere, or not where they seem to; none is to be linked to."""


def pdf(*objects: bytes) -> bytes:
    """The objects as a file, of which the first is the catalog; readers rebuild its table."""
    body = b"".join(
        b"%d 0 obj\n%s\nendobj\n" % (number, each) for number, each in enumerate(objects, start=1)
    )
    trailer = b"trailer <</Root 1 0 R /Size %d>>\nstartxref\n0\n%%%%EOF\n"
    return b"%PDF-1.7\n" + body + trailer % (len(objects) + 1)


def stream(data: bytes, times: int = 1) -> bytes:
    """A stream, compressed that many times over."""
    for _ in range(times):
        data = zlib.compress(data, 9)
    filters = b"/FlateDecode " * times
    head = b"<</Length %d /Filter [%s]>> stream\n" % (len(data), filters)
    return head + data + b"\nendstream"


def pages(content: bytes, count: int = 1) -> bytes:
    """A PDF of pages that all show the same content stream."""
    kids = b" ".join(b"%d 0 R" % (4 + number) for number in range(count))
    page = (
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents %d 0 R"
        b"/Resources<</Font<</F1 3 0 R>>>>>>"
    ) % (4 + count)
    return pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, count),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        *[page] * count,
        content,
    )


def showing(text: bytes) -> bytes:
    return b"BT /F1 12 Tf 72 720 Td (%s) Tj ET\n" % text


def lines_of_text(count: int) -> bytes:
    """That many lines of a thousand characters, one below the other."""
    return b"BT /F1 1 Tf %sET" % (b"0 -1 Td (%s) Tj " % (b"x" * 1000) * count)


PDFS: dict[str, Callable[[], bytes]] = {
    "20 million characters": lambda: pages(stream(lines_of_text(20_000))),
    "zeros, compressed twice": lambda: pages(stream(bytes(80_000_000), 2)),
    "blanks, compressed three times": lambda: pages(stream(b" " * 20_000_000, 3)),
    "6,000 pages": lambda: pages(stream(showing(b"a")), 6000),
    "arrays in arrays": lambda: pages(b"[" * 100_000),
    "pages that are their own parents": lambda: pdf(
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>"
    ),
}
