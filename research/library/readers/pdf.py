"""PDF: the text of each page under a heading that names the page."""

import re
from collections import Counter
from collections.abc import Iterator
from ctypes import c_float
from dataclasses import dataclass
from unicodedata import category, normalize

import pypdfium2 as pdfium
from pypdfium2 import raw

from research.library.blocks import Block, Kind, Reading
from research.library.exceptions import (
    BrokenPDF,
    EncryptedPDF,
    ImageOnlyPDF,
    TextTooLong,
    UnreadableFonts,
)
from research.library.limits import MAX_CHARACTERS, MAX_PAGES
from research.library.readers import plain

REASONS = {
    raw.FPDF_ERR_FORMAT: "it does not hold what a PDF has to",
    raw.FPDF_ERR_SECURITY: "it is protected in a way that is not known",
    raw.FPDF_ERR_PAGE: "its pages are missing",
}
MAX_UNKNOWN = 0.1  # of a page's signs; a page with more was set in a font without a map
MAX_TITLE = 200  # characters
LARGE = 1.2  # times the size of most of the page's text; a title is no smaller
TITLE_LINES = 3  # of its size that belong to a title


def read(content: bytes, name: str) -> Reading:
    """Raises BrokenPDF, EncryptedPDF, ImageOnlyPDF, UnreadableFonts or TextTooLong.

    `name` is for their messages.
    """
    try:
        document = pdfium.PdfDocument(content)
        if len(document) > MAX_PAGES:
            raise TextTooLong(name, limit=MAX_PAGES, unit="pages")
        document.init_forms()  # what a form holds is shown, too
        title = document.get_metadata_value("Title")
        pages = list(_pages(document, name))
    except pdfium.PdfiumError as error:
        code = getattr(error, "err_code", None)
        if code == raw.FPDF_ERR_PASSWORD:
            raise EncryptedPDF(name) from error
        raise BrokenPDF(name, reason=REASONS.get(code, "its pages cannot be read")) from error
    texts = [page.text for page in pages]
    if not any(text.strip() for text in texts):
        raise ImageOnlyPDF(name)
    if all(_is_unknown(text) for text in texts if text.strip()):
        raise UnreadableFonts(name)
    title = " ".join(normalize("NFKC", title).split())
    return Reading(title or _first(pages), list(_blocks(texts)))


@dataclass(frozen=True, slots=True)
class _Page:
    """The text of a page, and its first line when that is large."""

    text: str
    large: str


def _pages(document: pdfium.PdfDocument, name: str) -> Iterator[_Page]:
    """Each page; raises TextTooLong as soon as there is too much text."""
    length = 0
    for index in range(len(document)):
        try:
            page = _flat(document, index)
        except pdfium.PdfiumError:
            yield _Page("", "")  # the others may be whole
            continue
        text_page = page.get_textpage()
        length += text_page.count_chars()
        if length > MAX_CHARACTERS:
            raise TextTooLong(name, limit=MAX_CHARACTERS, unit="characters of text")
        yield _Page(_mended(text_page.get_text_range()), _large(text_page) if index == 0 else "")
        text_page.close()
        page.close()


def _flat(document: pdfium.PdfDocument, index: int) -> pdfium.PdfPage:
    """A page with what its form holds and its notes show made part of it."""
    page = document[index]
    if raw.FPDFPage_GetAnnotCount(page) and raw.FPDFPage_Flatten(page, raw.FLAT_NORMALDISPLAY):
        page.close()
        page = document[index]
    return page


def _first(pages: list[_Page]) -> str:
    large = pages[0].large if pages else ""
    return "" if _is_unknown(large) else large


def _large(page: pdfium.PdfTextPage) -> str:
    """The page's first lines in type that is larger than most of its text's; or nothing."""
    count = min(page.count_chars(), 5000)
    sizes = [_height(page, index) for index in range(count)]
    common = Counter(size for size in sizes if size).most_common(1)
    if not common:
        return ""
    largest = max(sizes)
    start = sizes.index(largest)
    if largest < LARGE * common[0][0]:
        return ""
    end = start
    while end < count and sizes[end] in (largest, 0):
        end += 1
    lines = _mended(page.get_text_range(start, end - start)).split("\n")[:TITLE_LINES]
    title = " ".join(" ".join(lines).split())
    return title if 3 < len(title) <= MAX_TITLE else ""


def _height(page: pdfium.PdfTextPage, index: int) -> int:
    """The size of a character's font on the page, rounded; 0 for what the reader put in."""
    if raw.FPDFText_IsGenerated(page, index):
        return 0
    matrix = raw.FS_MATRIX(c_float(1), c_float(0), c_float(0), c_float(1), c_float(0), c_float(0))
    raw.FPDFText_GetMatrix(page, index, matrix)
    scale: float = (matrix.c**2 + matrix.d**2) ** 0.5
    return int(raw.FPDFText_GetFontSize(page, index) * scale + 0.5)


def _blocks(pages: list[str]) -> Iterator[Block]:
    for number, page in enumerate(pages, start=1):
        if page.strip():
            yield Block(Kind.HEADING, f"Page {number}", 2)
            if _is_unknown(page):
                yield Block(Kind.PROSE, "This page is set in a font that does not say its letters.")
            else:
                yield from plain.read(page).blocks


def _is_unknown(text: str) -> bool:
    """Whether it is what a font without a map leaves: signs that stand for no letter."""
    signs = [sign for sign in text if not sign.isspace()]
    unknown = sum(sign == "\ufffd" or category(sign) in ("Co", "Cn", "Cc") for sign in signs)
    return unknown > MAX_UNKNOWN * len(signs)


def _mended(page: str) -> str:
    """Letters as they are typed, not as they are set, and words whole that a line's end divided.

    Pdfium marks a hyphen at a line's end by U+FFFE, and leaves the line's end out or not.
    """
    page = page.replace("\r\n", "\n").replace("\r", "\n")
    page = re.sub("\ufffe\n?", "\xad", page)
    page = normalize("NFKC", page)
    page = re.sub("\xad\\s*", "", page)
    return re.sub(r"(?<=[^\W\d_])[-\u2010]\n(?=[a-zß-ÿ\u0430-\u044f])", "", page)
