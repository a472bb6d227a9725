"""From the letters that a PDF sets to those that somebody types."""

import re
from unicodedata import category, normalize

MAX_UNKNOWN = 0.3  # of a page's signs; a page with more was set in a font without a map
FEW = 16  # codes are too few to tell
FEW_VOWELS, MANY_VOWELS = 0.25, 0.6  # of the letters of words in any language of Latin script

# Ligatures, shapes of Arabic letters, radicals of Han, and letters of formulas. The others that
# look alike, such as raised digits, say something: 10⁵ is not 105.
_SET = re.compile(
    "[\u2e80-\u2fdf\uf900-\ufaff\ufb00-\ufdff\ufe70-\ufefc\U0001d400-\U0001d7ff]+", re.U
)
_HYPHEN = re.compile(r"([^\W\d_]+)(?:\ufffe\n?|[-\u2010]\n)([^\W\d_]*)")
_LEFT_HYPHEN = re.compile("\ufffe\n?")


def typed(text: str) -> str:
    """Letters as they are typed, not as they are set."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return normalize("NFC", _SET.sub(lambda match: normalize("NFKC", match[0]), text))


def joined(page: str, document: str) -> str:
    """A page with those words whole that a line's end divided.

    Pdfium marks a hyphen at a line's end by U+FFFE, and leaves the line's end out or not. A
    hyphen is kept before a capital, and in what the document writes with it elsewhere only.
    """

    def whole(match: re.Match[str]) -> str:
        start, end = match[1], match[2]
        one, two = start + end, f"{start}-{end}"
        if end[:1].islower() and not (two in document and one not in document):
            return one
        return two if end else match[0]

    page = re.sub("\xad\\s*", "", _HYPHEN.sub(whole, page))
    return _LEFT_HYPHEN.sub("-", page)


def is_unknown(text: str) -> bool:
    """Whether it is what a font without a map leaves: signs that stand for no letter."""
    signs = [sign for sign in text if not sign.isspace()]
    unknown = sum(sign == "\ufffd" or category(sign) in ("Co", "Cn", "Cc") for sign in signs)
    return unknown > MAX_UNKNOWN * len(signs)


def reads_as_words(text: str) -> bool:
    """Whether codes that a font has no map for are letters after all, as TeX's bitmap fonts are."""
    if len(text) < FEW:
        return text.isascii() and text.isprintable()
    letters = [sign for sign in text if sign.isalpha()]
    small = [sign for sign in letters if sign.islower()]
    vowels = sum(sign in "aeiouy" for sign in small)
    return (
        2 * len(letters) > len("".join(text.split()))
        and 2 * len(small) > len(letters)
        and FEW_VOWELS * len(small) <= vowels <= MANY_VOWELS * len(small)
    )
