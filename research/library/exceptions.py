"""Why the library refuses a file: the docstring is the message."""

from research.confined.exceptions import RefusedFile


class FileMissing(RefusedFile):
    """There is no file {name}."""


class FileUnreadable(RefusedFile):
    """{name} cannot be opened: {reason}."""


class LinkNotFollowed(RefusedFile):
    """{name} is a link out of {folder}. Name the file that it leads to, if you want it."""


class UnknownKind(RefusedFile):
    """{name} is of a kind the library does not read. It reads {kinds}."""


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
