"""Files of many kinds, made by the libraries that write them."""

import io
import subprocess
import zipfile
from collections.abc import Mapping

import docx
from docx.oxml import parse_xml

from research.library.readers.pandoc import PANDOC

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
BOX = (
    f'<w:r xmlns:w="{WORD}" xmlns:v="urn:schemas-microsoft-com:vml"><w:pict><v:shape><v:textbox>'
    "<w:txbxContent><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:txbxContent>"
    "</v:textbox></v:shape></w:pict></w:r>"
)


def saved(document: object) -> bytes:
    file = io.BytesIO()
    document.save(file)  # type: ignore[attr-defined]
    return file.getvalue()


def word() -> bytes:
    """A document that says something in each place that Word has for text."""
    document = docx.Document()
    document.core_properties.title = "Of bees"
    section = document.sections[0]
    section.header.paragraphs[0].text = "headerword"
    section.footer.paragraphs[0].text = "footerword"
    document.add_heading("Dances", 1)
    document.add_paragraph("Bees dance, bodyword.")
    document.add_paragraph("itemword", style="List Bullet")
    table = document.add_table(2, 2)
    for number, text in enumerate(["dayword", "flightword", "Monday", "cellword"]):
        table.cell(number // 2, number % 2).text = text
    boxed = document.add_paragraph("Beside a box.")
    boxed._p.append(parse_xml(BOX.format(text="boxword")))
    return saved(document)


def by_pandoc(format: str, markdown: str) -> bytes:
    done = subprocess.run(
        [PANDOC, "--from=markdown", f"--to={format}", "--standalone", "--output=-"],
        input=markdown.encode(),
        stdout=subprocess.PIPE,
        check=True,
    )
    return done.stdout


def zipped(members: Mapping[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression, compresslevel=1) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def changed(package: bytes, members: Mapping[str, bytes]) -> bytes:
    """A package with other parts, or more of them."""
    with zipfile.ZipFile(io.BytesIO(package)) as before:
        return zipped({name: before.read(name) for name in before.namelist()} | dict(members))


def a_part_bomb(package: bytes, part: str) -> bytes:
    """A package with a part that unpacks to 100 MB."""
    return changed(package, {part: b"<a>" + bytes(100 * 1024**2)})
