"""ODT: pandoc reads it; the title is among the file's properties."""

from research.library.blocks import Reading
from research.library.exceptions import BrokenFile, EncryptedFile
from research.library.readers import pandoc
from research.library.readers.packed.package import Package

MANIFEST = "META-INF/manifest.xml"


def read(content: bytes, name: str) -> Reading:
    package = Package(content, name)
    if MANIFEST in package and b"encryption-data" in package.read(MANIFEST):
        raise EncryptedFile(name)
    if "content.xml" not in package:
        raise BrokenFile(name, reason="it is not an OpenDocument text")
    reading = pandoc.read(package.repacked({}), name, "odt", package.title("meta.xml"))
    package.check_text(any(block.text for block in reading.blocks))
    return reading
