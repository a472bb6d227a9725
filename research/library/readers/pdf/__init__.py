"""PDF: the text of each page under a heading that names the page."""

from collections.abc import Iterator

import pypdfium2 as pdfium
from pypdfium2 import raw

from research.library.blocks import Block, Kind, Reading
from research.library.exceptions import (
    BrokenPDF,
    EncryptedFile,
    ImageOnly,
    TextTooLong,
    UnreadableFonts,
)
from research.library.limits import MAX_PAGES
from research.library.readers import plain
from research.library.readers.pdf.letters import is_unknown, joined, reads_as_words, typed
from research.library.readers.pdf.pages import Page, pages

REASONS = {
    raw.FPDF_ERR_FORMAT: "it does not hold what a PDF has to",
    raw.FPDF_ERR_SECURITY: "it is protected in a way that is not known",
    raw.FPDF_ERR_PAGE: "its pages are missing",
}
UNREADABLE = "This page is set in a font that does not say its letters."
CUT = "A part of this page's text is missing: it is longer than its reader takes in one piece."


def read(content: bytes, name: str) -> Reading:
    """Raises BrokenPDF, EncryptedFile, ImageOnly, UnreadableFonts or TextTooLong.

    `name` is for their messages.
    """
    try:
        document = pdfium.PdfDocument(content)
        if len(document) > MAX_PAGES:
            raise TextTooLong(name, limit=MAX_PAGES, unit="pages")
        document.init_forms()  # what a form holds is shown, too
        title = document.get_metadata_value("Title")
        found = list(pages(document, name))
    except pdfium.PdfiumError as error:
        code = getattr(error, "err_code", None)
        if code == raw.FPDF_ERR_PASSWORD:
            raise EncryptedFile(name) from error
        raise BrokenPDF(name, reason=REASONS.get(code, "its pages cannot be read")) from error
    texts = _texts(found)
    if not any(text.strip() for text in texts):
        raise ImageOnly(name)
    if all(is_unknown(text) for text in texts if text.strip()):
        raise UnreadableFonts(name)
    title = " ".join(typed(title).split())
    return Reading(title or _first(found), list(_blocks(found, texts)))


def _texts(found: list[Page]) -> list[str]:
    """The pages' texts; the letters that a font has no map for are kept if they read as words."""
    are_kept = reads_as_words("".join(page.unmapped for page in found))
    texts = [page.text if are_kept else page.mapped for page in found]
    whole = "\n".join(texts)
    return [joined(text, whole) for text in texts]


def _first(found: list[Page]) -> str:
    large = found[0].large if found else ""
    return "" if is_unknown(large) or (found and found[0].unmapped) else large


def _blocks(found: list[Page], texts: list[str]) -> Iterator[Block]:
    for number, (page, text) in enumerate(zip(found, texts, strict=True), start=1):
        if not text.strip():
            continue
        yield Block(Kind.HEADING, f"Page {number}", 2)
        if is_unknown(text):
            yield Block(Kind.PROSE, UNREADABLE)
            continue
        yield from plain.read(text).blocks
        if page.is_cut:
            yield Block(Kind.PROSE, CUT)
