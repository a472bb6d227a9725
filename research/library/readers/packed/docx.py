"""DOCX: pandoc reads it, with the text boxes, headers and footers that it would leave out."""

from collections.abc import Iterator

from lxml import etree

from research.library.blocks import Reading
from research.library.exceptions import BrokenFile
from research.library.readers import pandoc
from research.library.readers.packed.package import Package

MAIN = "word/document.xml"
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
BLOCKS = {f"{WORD}p", f"{WORD}tbl"}


def read(content: bytes, name: str) -> Reading:
    """The title is the paragraph in the style Title, or the one among the file's properties."""
    package = Package(content, name)
    document = package.tree(MAIN)
    body = None if document is None else document.find(f"{WORD}body")
    if document is None or body is None:
        raise BrokenFile(name, reason="it is not a document of Word")
    _take_out_boxes(body)
    _add_margins(package, body)
    changed = package.repacked({MAIN: etree.tostring(document)})
    reading = pandoc.read(changed, name, "docx", package.title("docProps/core.xml"))
    package.check_text(any(block.text for block in reading.blocks))
    return reading


def _take_out_boxes(body: etree._Element) -> None:
    """Puts what stands in a text box behind the block that the box is fastened to."""
    for box in list(body.iter(f"{WORD}txbxContent")):
        if any(around.tag == FALLBACK for around in box.iterancestors()):
            continue  # the same text again, for older programs
        anchor = box
        while anchor.getparent() is not None and anchor.getparent() is not body:
            anchor = anchor.getparent()
        for block in reversed([each for each in box if each.tag in BLOCKS]):
            anchor.addnext(block)


def _add_margins(package: Package, body: etree._Element) -> None:
    """Headers in front of the text and footers behind it, each once."""
    said: set[str] = set()
    for kind, is_header in (("word/header", True), ("word/footer", False)):
        for part in sorted(part for part in package.parts if part.startswith(kind)):
            for block in _new(package.tree(part), said):
                if is_header:
                    body.insert(0, block)
                else:
                    body.append(block)


def _new(margin: etree._Element | None, said: set[str]) -> Iterator[etree._Element]:
    """The blocks with a text that no other margin has."""
    for block in [] if margin is None else [each for each in margin if each.tag in BLOCKS]:
        text = " ".join("".join(block.itertext(f"{WORD}t")).split())
        if text and text not in said:
            said.add(text)
            yield block
