"""From a web page's bytes to its text. Runs in a reader's process only."""

import re
import zlib

from bs4.dammit import EncodingDetector

from research.library.blocks import as_text
from research.library.exceptions import BadCompression
from research.library.readers import html
from research.text.encodings import NOT_OF_FILES

MAX_PAGE = 2 * 1024 * 1024  # bytes; what a longer page holds beyond them is not read
COMPRESSED = {"gzip", "x-gzip", "deflate"}


def read(body: bytes, content_type: str, encoding: str) -> str:
    """The text of a page, without its navigation, as the server says that it is written.

    `encoding` is the Content-Encoding. Raises BadCompression.
    """
    if encoding in COMPRESSED:
        body = _unpacked(body, encoding)
    text = _decoded(body[:MAX_PAGE], content_type)
    if "html" in content_type or "xml" in content_type:
        text = as_text(html.read(text).blocks)
    return text


def _unpacked(body: bytes, encoding: str) -> bytes:
    """The first MAX_PAGE bytes of a compressed body, which may be cut off."""
    # Servers send a "deflate" with zlib's header, as they should, or without it.
    windows = [zlib.MAX_WBITS, -zlib.MAX_WBITS] if encoding == "deflate" else [zlib.MAX_WBITS | 16]
    for window in windows:
        try:
            return zlib.decompressobj(window).decompress(body, MAX_PAGE)
        except zlib.error:
            continue
    raise BadCompression("The page", encoding=encoding)


def _decoded(body: bytes, content_type: str) -> str:
    """By what the server says, or the page itself, or as UTF-8."""
    told = re.search(r"charset=[\"']?([\w-]+)", content_type)
    declared = told[1] if told else EncodingDetector.find_declared_encoding(body, is_html=True)
    if declared and declared.lower() not in NOT_OF_FILES:
        try:
            return body.decode(declared, "replace")
        except (LookupError, ValueError):  # no such encoding, or none of text
            pass
    return body.decode("utf-8", "replace")
