"""PDF: the text of each page under a heading that names the page."""

import io
import re
import struct
import zlib
from collections.abc import Iterator

from pypdf import PdfReader
from pypdf.errors import DependencyError, PyPdfError

from research.library.blocks import Block, Kind, Reading
from research.library.exceptions import BrokenPDF, EncryptedPDF, ImageOnlyPDF, TextTooLong
from research.library.limits import MAX_CHARACTERS, MAX_PAGES
from research.library.readers import plain

# Pypdf lets these through when a file breaks the format's rules.
DAMAGE = (
    DependencyError,
    PyPdfError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NotImplementedError,
    RecursionError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)


def read(content: bytes, name: str) -> Reading:
    """Raises BrokenPDF, EncryptedPDF, ImageOnlyPDF or TextTooLong; `name` is for their messages."""
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise EncryptedPDF(name)
        title = str((reader.metadata and reader.metadata.title) or "")
        pages = _pages(reader, name)
    except DAMAGE as error:
        raise BrokenPDF(name, reason=str(error).rstrip(".")[:200] or "unreadable") from error
    if not any(page.strip() for page in pages):
        raise ImageOnlyPDF(name)
    return Reading(" ".join(title.split()), list(_blocks(pages)))


def _pages(reader: PdfReader, name: str) -> list[str]:
    """The text of each page; raises TextTooLong as soon as there is too much of it."""
    if len(reader.pages) > MAX_PAGES:
        raise TextTooLong(name, limit=MAX_PAGES, unit="pages")
    length = 0

    def count(text: str, *place: object) -> None:
        nonlocal length
        length += len(text)
        if length > MAX_CHARACTERS:
            raise TextTooLong(name, limit=MAX_CHARACTERS, unit="characters of text")

    return [page.extract_text(visitor_text=count) for page in reader.pages]


def _blocks(pages: list[str]) -> Iterator[Block]:
    for number, page in enumerate(pages, start=1):
        if page.strip():
            yield Block(Kind.HEADING, f"Page {number}", 2)
            yield from plain.read(_mended(page)).blocks


def _mended(page: str) -> str:
    """The page with words joined that a line's end had divided."""
    return re.sub(r"(?<=[a-zß-ÿ])-\n(?=[a-zß-ÿ])", "", page)
