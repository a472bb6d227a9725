"""RTF, as pandoc reads it."""

from research.library.blocks import Reading
from research.library.exceptions import BrokenFile
from research.library.readers import pandoc

BEGINNING = b"{\\rtf"


def read(content: bytes, name: str) -> Reading:
    if not content.lstrip().startswith(BEGINNING):
        raise BrokenFile(name, reason="it does not begin as RTF does")
    return pandoc.read(content, name, "rtf")
