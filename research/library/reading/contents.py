"""From a file's bytes to what the library keeps of it. Runs in a reader's process only."""

from collections.abc import Callable, Iterable, Iterator

from research.library.blocks import Block, Piece, Reading, as_text, passages
from research.library.characters import decode, printable, shortened
from research.library.exceptions import NoPassage, NoText, TextTooLong
from research.library.limits import MAX_CHARACTERS, MAX_PASSAGES
from research.library.readers import csv, html, json, markdown, mdx, notebook, pdf, plain, rst, rtf
from research.library.readers.packed import docx, epub, odt, pptx, xlsx
from research.library.reading import Content

READERS: dict[str, Callable[[str], Reading]] = {
    "text": plain.read,
    "markdown": markdown.read,
    "html": html.read,
    "rst": rst.read,
    "csv": csv.read,
    "mdx": mdx.read,
}
FILE_READERS: dict[str, Callable[[bytes, str], Reading]] = {
    "pdf": pdf.read,
    "docx": docx.read,
    "pptx": pptx.read,
    "xlsx": xlsx.read,
    "odt": odt.read,
    "epub": epub.read,
    "rtf": rtf.read,
    "json": lambda content, name: json.read(decode(content, name), name),
    "notebook": lambda content, name: notebook.read(decode(content, name), name),
}
"""Of files that may be damaged; the name is for what they refuse."""


def read(kind: str, content: bytes, name: str) -> Content:
    """The content of a file; raises RefusedFile, whose message calls it `name`."""
    if read_file := FILE_READERS.get(kind):
        reading = read_file(content, name)
    else:
        reading = READERS[kind](decode(content, name))
    reading = printable(reading)  # a reference such as &shy; may name any character
    if not any(block.text for block in reading.blocks):
        raise NoText(name)
    _check_length(reading.blocks, name)
    pieces = list(_at_most(MAX_PASSAGES, passages(reading.blocks), name))
    if not pieces:
        raise NoPassage(name)
    return Content(shortened(reading.title), as_text(reading.blocks), pieces)


def _check_length(blocks: Iterable[Block], name: str) -> None:
    if sum(len(block.text) for block in blocks) > MAX_CHARACTERS:
        raise TextTooLong(name, limit=MAX_CHARACTERS, unit="characters of text")


def _at_most(limit: int, pieces: Iterable[Piece], name: str) -> Iterator[Piece]:
    for number, piece in enumerate(pieces, start=1):
        if number > limit:
            raise TextTooLong(name, limit=limit, unit="passages")
        yield piece
