"""EPUB: pandoc reads its chapters in their order."""

import re

from research.library.blocks import Reading
from research.library.exceptions import BrokenFile, EncryptedFile
from research.library.readers import pandoc
from research.library.readers.packed.package import Package

ENCRYPTION = "META-INF/encryption.xml"  # of fonts alone in books that can be read
_CHAPTER = re.compile(rb"URI\s*=\s*[\"'][^\"']+\.x?html?[\"']", re.I)


def read(content: bytes, name: str) -> Reading:
    package = Package(content, name)
    if ENCRYPTION in package and _CHAPTER.search(package.read(ENCRYPTION)):
        raise EncryptedFile(name)
    if "META-INF/container.xml" not in package:
        raise BrokenFile(name, reason="it is not an e-book")
    reading = pandoc.read(package.repacked({}), name, "epub")
    package.check_text(any(block.text for block in reading.blocks))
    return reading
