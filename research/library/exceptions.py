"""Why the library refuses a file: the docstring is the message."""

from typing import Any

from research.exceptions import BadInput

MAX_NAME_SHOWN = 120  # characters


class RefusedFile(BadInput):
    """The library cannot take {name}."""

    def __init__(self, name: str, **details: Any) -> None:
        shown = name if len(name) <= MAX_NAME_SHOWN else "…" + name[-MAX_NAME_SHOWN:]
        super().__init__(name=shown, **details)
        self.details = details


class FileMissing(RefusedFile):
    """There is no file {name}."""


class FileUnreadable(RefusedFile):
    """{name} cannot be opened: {reason}."""


class LinkNotFollowed(RefusedFile):
    """{name} is a link out of {folder}. Name the file that it leads to, if you want it."""


class FileTooLarge(RefusedFile):
    """{name} is larger than {limit} MB. Split it and add the parts."""


class UnknownKind(RefusedFile):
    """{name} is of a kind the library does not read. It reads {kinds}."""


class BinaryContent(RefusedFile):
    """{name} holds binary data where text was expected."""


class BadCompression(RefusedFile):
    """{name} is not compressed as {encoding}, as its server says."""


class NoText(RefusedFile):
    """{name} holds no text."""


class BrokenPDF(RefusedFile):
    """{name} is damaged or no PDF: {reason}."""


class EncryptedPDF(RefusedFile):
    """{name} is protected by a password. Save it without one and add it again."""


class ImageOnlyPDF(RefusedFile):
    """{name} holds pictures of pages and no text. Run text recognition (OCR) on it first."""


class UnreadableFonts(RefusedFile):
    """{name} is set in fonts that do not say which letters they show. Run OCR on it first."""


class NoPassage(RefusedFile):
    """{name} holds headings and no text below them."""


class TextTooLong(RefusedFile):
    """{name} holds more than {limit:,} {unit}. Split it and add the parts."""


class TakesTooLong(RefusedFile):
    """{name} takes too long to read. Split it, or save it in a simpler format."""


class NeedsTooMuchMemory(RefusedFile):
    """{name} needs more than {limit} MB of memory to be read. Split it and add the parts."""


class ReaderFailed(RefusedFile):
    """{name} could not be read: its reader failed."""


class ReadersBusy(RefusedFile):
    """{name} was not read, because other documents are still being read. Try again in a minute."""
