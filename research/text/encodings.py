"""From a file's bytes to the text that they mean, whatever it is encoded in."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from bs4.dammit import EncodingDetector
from charset_normalizer import from_bytes

# Everything below space but tab, line feed, form feed and carriage return, and Unicode's own; soft
# hyphens, too, which divide a word that is searched for whole.
CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\xad\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
_BEYOND_ASCII_BYTES = re.compile(rb"[^\x00-\x7f]")
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
WIDE = ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")
HOLD_NUL = ("utf_16_le", "utf_16_be", "utf_32_le", "utf_32_be")  # in each blank and line end
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
    if b"\0" not in content:
        yield _as_utf8(content)
        yield _strictly(content, EncodingDetector.find_declared_encoding(content, is_html=True))
        yield _guessed(content)
    else:
        found = _strictly(content, "utf-8")
        yield found if found is None or not _is_binary(found.text) else None
        yield _as_wide(content)


def _is_binary(text: str) -> bool:
    return len(CONTROL.findall(text)) > MAX_CONTROL * len(text)


def _strictly(content: bytes, encoding: str | None) -> Decoded | None:
    if not encoding or encoding.lower() in NOT_OF_FILES:
        return None
    try:
        return Decoded(content.decode(encoding), encoding)
    except (LookupError, ValueError):  # no such encoding, or not written in it
        return None


def _as_utf8(content: bytes) -> Decoded | None:
    """A damaged file keeps what is whole; a replacement sign shows where it is not."""
    text = content.decode("utf-8", "replace")
    stray = text.count("\ufffd")
    whole = len(_BEYOND_ASCII.findall(text)) - stray
    return Decoded(text) if stray <= STRAY * whole else None


def _as_wide(content: bytes) -> Decoded | None:
    """UTF-16 or UTF-32 without a mark: blanks and line ends tell the order of their bytes."""
    for encoding in WIDE:
        found = _strictly(content, encoding)
        if found and "\0" not in found.text and any(sign in found.text for sign in BREAKS):
            return found
    return None


def _guessed(content: bytes) -> Decoded | None:
    """By the letters that stand beside each other."""
    sample = content[:SAMPLE]
    if len(_BEYOND_ASCII_BYTES.findall(sample)) < FEW and (western := _strictly(content, "cp1252")):
        return replace(western, is_guess=True)
    found = from_bytes(sample, preemptive_behaviour=False, cp_exclusion=[*HOLD_NUL]).best()
    encoding = found.encoding if found else "cp1252"
    if encoding in NOT_OF_FILES:
        return None
    return Decoded(content.decode(encoding, "replace"), encoding, is_guess=True)
