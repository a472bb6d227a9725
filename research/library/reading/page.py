"""From a web page's bytes to its text. Runs in a reader's process only."""

import re
import zlib

from bs4.dammit import EncodingDetector
from trafilatura import bare_extraction
from trafilatura.settings import Document

from research.library.blocks import as_text
from research.library.characters import printable, shortened
from research.library.exceptions import BadCompression
from research.library.limits import MAX_BYTES
from research.library.readers import html, pdf
from research.library.readers.main_text import main_blocks
from research.library.reading import WebPage
from research.library.reading.attempt import attempt
from research.text.encodings import NOT_OF_FILES

MAX_PAGE = 2 * 1024 * 1024  # bytes; what a longer page holds beyond them is not read
CHOICE_SECONDS = 3.0  # of processor time for trafilatura; then our reader's text is the page's
COMPRESSED = {"gzip", "x-gzip", "deflate"}

_LANGUAGE = re.compile(
    r"<html\b[^>]{0,2000}?\slang\s*=\s*[\"']?([a-z]{2,3}(?:-[a-z0-9]{2,8})?)", re.I
)


def read(body: bytes, content_type: str, encoding: str, url: str = "") -> WebPage:
    """A page without its navigation, as the server says that it is written.

    `encoding` is the Content-Encoding. Raises BadCompression, and what readers of PDF raise.
    """
    if encoding in COMPRESSED:
        body = _unpacked(body, encoding)
    if content_type.startswith("application/pdf"):
        reading = printable(pdf.read(body, "The page"))
        return WebPage(as_text(reading.blocks), shortened(reading.title))
    text = decoded(body[:MAX_PAGE], content_type)
    if "html" not in content_type and "xml" not in content_type:
        return WebPage(text)
    reading = html.read(text)
    told = attempt(lambda: _told(text, url), CHOICE_SECONDS) or {}
    blocks = main_blocks(reading.blocks, told.get("text", ""))
    return WebPage(
        text=as_text(blocks),
        title=shortened((told.get("title") or reading.title).strip("¶# ")),
        author=shortened(told.get("author", "")),
        published=told.get("published", ""),
        language=(_LANGUAGE.search(text[:20_000]) or ("", ""))[1].lower(),
    )


def _told(markup: str, url: str) -> dict[str, str]:
    """What trafilatura makes of a page: its main text, its title, author and day."""
    found = bare_extraction(
        markup,
        url=url or None,
        include_comments=False,
        with_metadata=True,
        date_extraction_params={"original_date": True, "extensive_search": False},
    )
    if not isinstance(found, Document):
        return {}
    told = {"title": found.title, "author": found.author, "published": found.date}
    return {name: value or "" for name, value in {**told, "text": found.text}.items()}


def _unpacked(body: bytes, encoding: str) -> bytes:
    """The first MAX_BYTES bytes of a compressed body, which may be cut off."""
    # Servers send a "deflate" with zlib's header, as they should, or without it.
    windows = [zlib.MAX_WBITS, -zlib.MAX_WBITS] if encoding == "deflate" else [zlib.MAX_WBITS | 16]
    for window in windows:
        try:
            return zlib.decompressobj(window).decompress(body, MAX_BYTES)
        except zlib.error:
            continue
    raise BadCompression("The page", encoding=encoding)


def decoded(body: bytes, content_type: str) -> str:
    """By what the server says, or the page itself, or as UTF-8."""
    told = re.search(r"charset=[\"']?([\w-]+)", content_type)
    declared = told[1] if told else EncodingDetector.find_declared_encoding(body, is_html=True)
    if declared and declared.lower() not in NOT_OF_FILES:
        try:
            return body.decode(declared, "replace")
        except (LookupError, ValueError):  # no such encoding, or none of text
            pass
    return body.decode("utf-8", "replace")
