"""From a file's bytes to the text that they mean, whatever it is encoded in."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import chardet
from bs4.dammit import EncodingDetector

# Everything below space but tab, line feed, form feed and carriage return, and Unicode's own; soft
# hyphens and joiners, too, which divide a word that is searched for whole.
CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u2060\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff]"
)
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
_BEYOND_ASCII_BYTES = re.compile(rb"[^\x00-\x7f]")
# Windows' quotation marks, dashes and the like, which stand in English text, too.
_SIGNS = re.compile(rb"[\x80\x85\x91-\x97\xa0\xa3\xa7\xa9\xab\xae\xb0\xb7\xbb]")
_INVISIBLE = re.compile(r"[\xad\u2060\ufeff]+")
# Encodings of Python's that no file is written in; some take time that grows with its square.
NOT_OF_FILES = {"idna", "punycode", "raw_unicode_escape", "undefined", "unicode_escape", "utf-7"}
MAX_CONTROL = 0.1  # of the characters; a file that holds more is not text


MARKS = [  # that a file may begin with; UTF-32's begins with UTF-16's
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
]
# Encodings that only use ASCII's bytes, with what one of their texts begins to switch by.
SWITCHED = [(b"\x1b$)C", "iso2022_kr"), (b"\x1b$", "iso2022_jp_2"), (b"\x1b(J", "iso2022_jp")]
WIDE = {"utf-32-le": 4, "utf-32-be": 4, "utf-16-le": 2, "utf-16-be": 2}  # bytes of a character
# Bytes that stand in the blanks, line ends and full stops of these, and in no other text.
OF_WIDE = re.compile(rb"[\x00-\x02]")
# What is declared as the first of each is often written in the second, which holds more letters.
LARGER = dict.fromkeys(("ascii", "us-ascii", "latin-1", "latin1", "iso-8859-1"), "cp1252") | {
    **dict.fromkeys(("iso-8859-11", "tis-620"), "cp874"),
    **dict.fromkeys(("shift_jis", "shift-jis", "sjis"), "cp932"),
    **dict.fromkeys(("gb2312", "gbk"), "gb18030"),
    **dict.fromkeys(("euc-kr", "ks_c_5601-1987"), "cp949"),
    "iso-8859-9": "cp1254",
    "big5": "big5hkscs",
}
STRAY = 0.25  # bytes that are not UTF-8's, to each of its letters beyond ASCII, in what is UTF-8
BREAKS = " \n\u3000\u3002,."  # one of them stands in any text
FEW = 3  # bytes beyond ASCII, which say nothing about an encoding: the most common one is taken
SAMPLE = 100_000  # bytes that an encoding is guessed from


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text and its encoding, which may be a guess."""

    text: str
    encoding: str = "utf-8"
    is_guess: bool = False


def decoded(content: bytes) -> Decoded | None:
    """The text of a file; None: it is not text.

    By its mark, as UTF-8 with a few stray bytes, as it declares, or by what its bytes look like.
    """
    found = next((found for found in _readings(content) if found), Decoded(""))
    return None if (content and not found.text) or _is_binary(found.text) else found


def _readings(content: bytes) -> Iterator[Decoded | None]:
    """What the file may say, the surest first; None where it is not so."""
    if not content:
        return
    for mark, encoding in MARKS:
        if content.startswith(mark):
            yield Decoded(content[len(mark) :].decode(encoding, "replace"), encoding)
    for switch, encoding in SWITCHED:
        if switch in content:
            yield _strictly(content, encoding)
    if OF_WIDE.search(content):
        found = _strictly(content, "utf-8")
        yield found if found is None or not _is_binary(found.text) else None
        yield _as_wide(content)
    if b"\0" not in content:
        yield _as_utf8(content)
        yield _as_declared(content)
        yield _guessed(content)


def _is_binary(text: str) -> bool:
    return len(CONTROL.findall(_INVISIBLE.sub("", text))) > MAX_CONTROL * len(text)


def _strictly(content: bytes, encoding: str | None) -> Decoded | None:
    if not encoding or encoding.lower() in NOT_OF_FILES:
        return None
    try:
        return Decoded(content.decode(encoding), encoding)
    except (LookupError, ValueError):  # no such encoding, or not written in it
        return None


def _as_declared(content: bytes) -> Decoded | None:
    name = (EncodingDetector.find_declared_encoding(content, is_html=True) or "").lower()
    if name.startswith(("utf-16", "utf-32", "ucs")):  # which could not be read that far
        return None
    return _strictly(content, LARGER.get(name)) or _strictly(content, name)


def _as_utf8(content: bytes) -> Decoded | None:
    """A damaged file keeps what is whole; a replacement sign shows where it is not."""
    text = content.decode("utf-8", "replace")
    stray = text.count("\ufffd")
    whole = len(_BEYOND_ASCII.findall(text)) - stray
    return Decoded(text) if stray <= STRAY * whole else None


def _as_wide(content: bytes) -> Decoded | None:
    """UTF-16 or UTF-32 without a mark: blanks and line ends tell the order of their bytes."""
    for encoding, width in WIDE.items():
        found = _strictly(content[: len(content) // width * width], encoding)
        if found and "\0" not in found.text and any(sign in found.text for sign in BREAKS):
            return found
    return None


def _guessed(content: bytes) -> Decoded | None:
    """By the letters that stand beside each other."""
    sample = content[:SAMPLE]
    letters = _BEYOND_ASCII_BYTES.findall(_SIGNS.sub(b"", sample))
    if len(letters) < FEW and (western := _strictly(content, "cp1252")):
        return replace(western, is_guess=True)
    encoding = chardet.detect(sample)["encoding"] or "cp1252"
    if encoding.lower() in NOT_OF_FILES:
        return None
    return Decoded(content.decode(encoding, "replace"), encoding, is_guess=True)
