"""What a PDF shows is kept as it is typed, and what nobody can read is not passed for text."""

import pytest

from research.library.blocks import Reading, as_text
from research.library.exceptions import UnreadableFonts
from research.library.readers import pdf
from tests.support.hostile import pages, stream
from tests.support.hostile import pdf as a_pdf

HELVETICA = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"


def a_page(operators: str, font: bytes = HELVETICA, about: bytes = b"", *more: bytes) -> bytes:
    """A page that these operators draw; the objects of `more` are the sixth and on."""
    return a_pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R"
        b"/Resources<</Font<</F1 5 0 R>>>>%s>>" % about,
        stream(f"BT /F1 12 Tf {operators} ET".encode("latin-1")),
        font,
        *more,
    )


def text_of(content: bytes) -> str:
    return as_text(read(content).blocks).removeprefix("## Page 1\n\n")


def read(content: bytes) -> Reading:
    return pdf.read(content, "a.pdf")


def drawn(codes: range) -> tuple[bytes, bytes, bytes]:
    """A font of pictures that have numbers for names, without a map, and what `a_page` takes."""
    names = [b"/g%d" % code for code in codes]
    font = (
        b"<</Type/Font/Subtype/Type3/FontBBox[0 0 600 700]/FontMatrix[.001 0 0 .001 0 0]"
        b"/FirstChar %d/LastChar %d/Widths[%s]/Encoding<</Differences[%d %s]>>/CharProcs<<%s>>>>"
    ) % (
        *(codes[0], codes[-1], b"600 " * len(codes), codes[0], b" ".join(names)),
        b" ".join(name + b" 6 0 R" for name in names),
    )
    return font, b"", stream(b"600 0 0 0 600 700 d1 0 0 500 700 re f")


def test_a_font_whose_codes_are_no_letters_is_refused() -> None:
    """As they come from many programs: `This is a test` is 29 codes further down."""
    page = a_page("72 700 Td (7KLV LV D WHVW RI D IRQW ZLWKRXW D PDS) Tj", *drawn(range(32, 127)))
    with pytest.raises(UnreadableFonts):
        read(page)


def test_a_font_whose_codes_are_letters_is_read() -> None:
    words = "Words in a bitmap font of TeX, as they are."
    assert text_of(a_page(f"72 700 Td ({words}) Tj", *drawn(range(32, 127)))) == words


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize("matrix", ["1 0 0 1", "0 1 -1 0", "-1 0 0 -1", "0 -1 1 0"])
def test_lines_stay_in_order_however_text_and_page_are_turned(turn: int, matrix: str) -> None:
    page = a_page(
        f"{matrix} 300 400 Tm (First line.) Tj 0 -20 Td (Second.) Tj 0 -20 Td (Third.) Tj",
        HELVETICA,
        b"/Rotate %d" % turn,
    )
    assert text_of(page) == "First line.\nSecond.\nThird."


def test_what_is_typed_over_a_page_is_kept() -> None:
    """The file leaves it to the reader how that looks."""
    notes = b"<</Type/Annot/Subtype/FreeText/Rect[72 100 300 150]/Contents(Typed over.)>>"
    page = a_page("72 700 Td (Below.) Tj", HELVETICA, b"/Annots[6 0 R]", notes)
    assert text_of(page) == "Below.\nTyped over."


def test_text_longer_than_the_reader_takes_says_so() -> None:
    assert "A part of this page's text is missing" in text_of(
        a_page(f"10 700 Td ({'word ' * 7000}) Tj")
    )
    assert "missing" not in text_of(a_page(f"10 700 Td [{'(word )' * 7000}] TJ"))


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (["hyphen-", "ation"], "hyphenation"),
        (["Jean-", "Paul"], "Jean-Paul"),
        (["user-made, and user-", "made"], "user-made, and user-made"),
    ],
)
def test_a_hyphen_at_a_lines_end(lines: list[str], text: str) -> None:
    shown = " 0 -14 Td ".join(f"({line}) Tj" for line in lines)
    assert text_of(pages(stream(f"BT /F1 12 Tf 72 700 Td {shown} ET".encode()))) == text


def test_raised_digits_are_not_digits_of_the_number() -> None:
    assert text_of(a_page("72 700 Td (10\xb2 metres) Tj")) == "10² metres"
