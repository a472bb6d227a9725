"""Reading a page of the web: public addresses only, and limits on bytes and seconds."""

import re
import time
from collections.abc import Iterable

from bs4.dammit import EncodingDetector

from research.library.blocks import as_text
from research.library.readers import html
from research.text.cleaning import MAX_TEXT, cut

MAX_PAGE = 2 * 1024 * 1024  # bytes; what a longer page holds beyond them is not read
MAX_TAGS = 20_000  # a parser spends 0.1 ms on each
SECONDS = 20.0  # for all of a page: one that comes drop by drop is cut as well
READABLE = ("text/", "application/xhtml+xml", "application/xml", "application/json")
HEADERS = {
    "Accept": "text/html,application/xhtml+xml,text/*;q=0.8",
    "Accept-Language": "en,*;q=0.5",
    "User-Agent": "Mozilla/5.0 (compatible; Research)",
}


def fetch(url: str) -> str:
    """The text of a page, without its navigation.

    Raises ValueError for what is no public address, be it by a redirect or by what its name
    resolves to, and for what is no text; requests' errors when the page cannot be had.
    """
    # It checks every redirect, and the address that it in fact connects to.
    from crewai_tools.security.safe_requests import safe_get

    response = safe_get(url, headers=HEADERS, timeout=SECONDS / 2, stream=True)
    try:
        response.raise_for_status()
        content_type = response.headers.get("content-type", "text/html").lower()
        if not content_type.startswith(READABLE):
            raise ValueError(f"The page is no text but {content_type[:80]}.")
        text = _decode(_head(response.iter_content(64 * 1024)), content_type)
    finally:
        for hop in (*response.history, response):
            hop.close()
    if "html" in content_type or "xml" in content_type:
        text = as_text(html.read("<".join(text.split("<", MAX_TAGS)[:MAX_TAGS])).blocks)
    return cut(text, MAX_TEXT)


def _head(parts: Iterable[bytes]) -> bytes:
    """The first MAX_PAGE bytes, or as many as come in time."""
    body = bytearray()
    ends = time.monotonic() + SECONDS
    for part in parts:
        body += part
        if len(body) > MAX_PAGE or time.monotonic() > ends:
            break
    return bytes(body[:MAX_PAGE])


def _decode(body: bytes, content_type: str) -> str:
    """By what the server says, or the page itself, or as UTF-8."""
    told = re.search(r"charset=[\"']?([\w-]+)", content_type)
    declared = told[1] if told else EncodingDetector.find_declared_encoding(body, is_html=True)
    try:
        return body.decode(declared or "utf-8", "replace")
    except LookupError:  # no such encoding
        return body.decode("utf-8", "replace")
