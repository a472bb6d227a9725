"""A title that the page shows: its first lines, when they are set in larger type than the text."""

from collections import Counter
from ctypes import c_float

import pypdfium2 as pdfium
from pypdfium2 import raw

from research.library.readers.pdf.letters import joined, typed

MAX_TITLE = 200  # characters
LARGE = 1.2  # times the size of most of the page's text; a title is no smaller
LINES = 3  # of its size that belong to a title
LOOKED_AT = 5000  # characters at the page's start


def large_line(page: pdfium.PdfTextPage) -> str:
    """The page's first lines in type that is larger than most of its text's; or nothing."""
    count = min(page.count_chars(), LOOKED_AT)
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
    text = typed(page.get_text_range(start, end - start))
    title = " ".join(" ".join(joined(text, text).split("\n")[:LINES]).split())
    return title if 3 < len(title) <= MAX_TITLE else ""


def _height(page: pdfium.PdfTextPage, index: int) -> int:
    """The size of a character's font on the page, rounded; 0 for what the reader put in."""
    if raw.FPDFText_IsGenerated(page, index):
        return 0
    matrix = raw.FS_MATRIX(c_float(1), c_float(0), c_float(0), c_float(1), c_float(0), c_float(0))
    raw.FPDFText_GetMatrix(page, index, matrix)
    scale: float = (matrix.c**2 + matrix.d**2) ** 0.5
    return int(raw.FPDFText_GetFontSize(page, index) * scale + 0.5)
