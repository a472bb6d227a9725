"""Markup that must not act, and what of it a page holds."""

from html.parser import HTMLParser

from bs4 import BeautifulSoup
from hypothesis import strategies as st

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


def text_of(page: str) -> str:
    """What a page says, with single spaces."""
    return " ".join(BeautifulSoup(page, "html.parser").get_text(" ").split())
