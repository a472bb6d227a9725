"""Why the library refuses a file: the docstring is the message."""

from pathlib import PurePath
from typing import Any

from research.confined.exceptions import RefusedFile


class FileMissing(RefusedFile):
    """There is no file {name}."""

    why = "missing"


class FileUnreadable(RefusedFile):
    """{name} cannot be opened: {reason}."""

    why = "unreadable"


class LinkNotFollowed(RefusedFile):
    """{name} is a link out of {folder}. Name the file that it leads to, if you want it."""

    why = "links out of the folder"


class UnknownKind(RefusedFile):
    """{name} is of a kind the library does not read. It reads {kinds}."""

    def __init__(self, name: str, **details: Any) -> None:
        super().__init__(name, **details)
        ending = PurePath(name).suffix.lower()
        self.why = f"of kind {ending}" if ending else "without an ending"


class BadCompression(RefusedFile):
    """{name} is not compressed as {encoding}, as its server says."""

    why = "badly compressed"


class NoText(RefusedFile):
    """{name} holds no text."""

    why = "empty"


class BrokenPDF(RefusedFile):
    """{name} is damaged or no PDF: {reason}."""

    why = "damaged"


class BrokenFile(RefusedFile):
    """{name} is damaged or not of the kind its ending says: {reason}."""

    why = "damaged"


class UnpacksTooLarge(RefusedFile):
    """{name} unpacks to more than {limit} MB or {members:,} files. Unpack it and add some."""

    why = "too large unpacked"


class PathClimbsOut(RefusedFile):
    """{name} leads out of its archive."""

    why = "leading out of its archive"


class LinkInArchive(RefusedFile):
    """{name} is a link, which an archive's files are not read by."""

    why = "a link"


class ArchiveInArchive(RefusedFile):
    """{name} is an archive in an archive. Unpack it and add its files."""

    why = "an archive in an archive"


class EncryptedFile(RefusedFile):
    """{name} is protected by a password. Save it without one and add it again."""

    why = "with a password"


class ImageOnly(RefusedFile):
    """{name} holds pictures and no text. Run text recognition (OCR) on it first."""

    why = "of pictures only"


class UnreadableFonts(RefusedFile):
    """{name} is set in fonts that do not say which letters they show. Run OCR on it first."""

    why = "in unreadable fonts"


class NoPassage(RefusedFile):
    """{name} holds headings and no text below them."""

    why = "of headings only"


class TextTooLong(RefusedFile):
    """{name} holds more than {limit:,} {unit}. Split it and add the parts."""

    why = "too long"
