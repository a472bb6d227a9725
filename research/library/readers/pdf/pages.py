"""What pdfium finds on the pages of a PDF."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import POINTER, addressof, cast, create_string_buffer
from dataclasses import dataclass
from math import pi
from typing import Any

import pypdfium2 as pdfium
from pypdfium2 import raw

from research.library.exceptions import TextTooLong
from research.library.limits import MAX_CHARACTERS
from research.library.readers.pdf.letters import typed
from research.library.readers.pdf.title import large_line

LOOKS = 100  # characters of a page, evenly spread, that are looked at one by one
FEW = 0.1  # of a page's letters without a map: signs of formulas, and nothing to be done
NOTHING = 2  # bytes of a text: the end of a string of UTF-16
LONGEST = 32_767  # bytes of text that pdfium takes in one piece; in some fonts a letter has two


@dataclass(frozen=True, slots=True)
class Page:
    """A page's text; `large` is its first line when that is set in large type.

    `unmapped` holds the codes for which their font has no letters, and `mapped` is the text with
    U+FFFD in their place. `is_cut`: a part of the text may be longer than pdfium reads.
    """

    text: str = ""
    mapped: str = ""
    unmapped: str = ""
    large: str = ""
    is_cut: bool = False


def pages(document: pdfium.PdfDocument, name: str) -> Iterator[Page]:
    """Each page; raises TextTooLong as soon as there is too much text."""
    length = 0
    for index in range(len(document)):
        try:
            page, notes = _flat(document, index)
        except pdfium.PdfiumError:
            yield Page()  # the others may be whole
            continue
        letters = _upright(page)
        length += letters.count_chars()
        if length > MAX_CHARACTERS:
            raise TextTooLong(name, limit=MAX_CHARACTERS, unit="characters of text")
        yield _read(letters, notes, large_line(letters) if index == 0 else "")
        letters.close()
        page.close()


def _read(letters: pdfium.PdfTextPage, notes: list[str], large: str) -> Page:
    text = typed("\n".join([letters.get_text_range(), *notes]))
    is_cut = letters.count_chars() >= LONGEST // 2 and _is_cut(letters)
    looks = _spread(letters)
    if sum(_is_unmapped(letters, at) for at in looks) <= FEW * len(looks):
        return Page(text, text, "", large, is_cut)
    everything = range(letters.count_chars())
    missing = {at for at in everything if _is_unmapped(letters, at)}
    unmapped = "".join(_sign(letters, at) for at in sorted(missing))
    mapped = "".join("\ufffd" if at in missing else _sign(letters, at) for at in everything)
    return Page(text, typed("\n".join([mapped, *notes])), unmapped, large, is_cut)


def _spread(letters: pdfium.PdfTextPage) -> range:
    """Where to look at some of the page's characters."""
    count = letters.count_chars()
    return range(0, count, count // LOOKS + 1)


def _sign(letters: pdfium.PdfTextPage, at: int) -> str:
    hyphen = raw.FPDFText_IsHyphen(letters, at) == 1
    return "\ufffe" if hyphen else chr(raw.FPDFText_GetUnicode(letters, at))


def _is_unmapped(letters: pdfium.PdfTextPage, at: int) -> bool:
    """Whether a font that the file brings along does not say which letter this is.

    Where the font is not in the file, the code is the letter's own.
    """
    if raw.FPDFText_HasUnicodeMapError(letters, at) != 1:
        return False
    font = raw.FPDFTextObj_GetFont(raw.FPDFText_GetTextObject(letters, at))
    return bool(font) and raw.FPDFFont_GetIsEmbedded(font) == 1


def _is_cut(letters: pdfium.PdfTextPage) -> bool:
    """Whether the page holds a piece of text as long as the longest that pdfium reads."""
    pieces = Counter(_address(letters, at) for at in range(letters.count_chars()))
    return not {LONGEST, LONGEST // 2}.isdisjoint(pieces.values())


def _address(letters: pdfium.PdfTextPage, at: int) -> int:
    piece = raw.FPDFText_GetTextObject(letters, at)
    return addressof(piece.contents) if piece else 0


def _flat(document: pdfium.PdfDocument, index: int) -> tuple[pdfium.PdfPage, list[str]]:
    """A page with what its form holds and its notes show made part of it; and the other notes."""
    page = document[index]
    count = raw.FPDFPage_GetAnnotCount(page)
    kinds = [_kind_of(page, at) for at in range(count)]
    notes = [
        _typed_over(page, at) for at, kind in enumerate(kinds) if kind == raw.FPDF_ANNOT_FREETEXT
    ]
    if any(kind != raw.FPDF_ANNOT_LINK for kind in kinds) and raw.FPDFPage_Flatten(
        page, raw.FLAT_NORMALDISPLAY
    ):
        page.close()
        page = document[index]
    return page, notes


@contextmanager
def _note(page: pdfium.PdfPage, at: int) -> Iterator[Any]:
    note = raw.FPDFPage_GetAnnot(page, at)
    try:
        yield note
    finally:
        raw.FPDFPage_CloseAnnot(note)


def _kind_of(page: pdfium.PdfPage, at: int) -> int:
    with _note(page, at) as note:
        return int(raw.FPDFAnnot_GetSubtype(note))


def _typed_over(page: pdfium.PdfPage, at: int) -> str:
    """What somebody typed over the page, if the file leaves it to the reader how that looks."""
    with _note(page, at) as note:
        if raw.FPDFAnnot_GetAP(note, raw.FPDF_ANNOT_APPEARANCEMODE_NORMAL, None, 0) > NOTHING:
            return ""
        size = raw.FPDFAnnot_GetStringValue(note, b"Contents", None, 0)
        text = create_string_buffer(size)
        raw.FPDFAnnot_GetStringValue(note, b"Contents", cast(text, POINTER(raw.FPDF_WCHAR)), size)
        return text.raw[:-NOTHING].decode("utf-16-le", "replace")


def _upright(page: pdfium.PdfPage) -> pdfium.PdfTextPage:
    """The page's text, turned so that most of it stands upright: else its lines come reversed."""
    letters = page.get_textpage()
    turns = Counter(
        round(raw.FPDFText_GetCharAngle(letters, at) / (pi / 2)) % 4 * 90
        for at in _spread(letters)[::4]
        if raw.FPDFText_IsGenerated(letters, at) == 0
    )
    turn = turns.most_common(1)[0][0] if turns else 0
    if turn == page.get_rotation():
        return letters
    letters.close()
    page.set_rotation(turn)
    return page.get_textpage()
