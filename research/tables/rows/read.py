"""From a file's bytes, or a text that was pasted, to a table. Workbooks are read in a process of
their own: a few bytes of theirs may take minutes or gigabytes."""

import contextlib
import io
import re
import zipfile

from research.confined.exceptions import BinaryContent, FileTooLarge, RefusedFile
from research.confined.limits import MEMORY
from research.confined.processes import Readers
from research.tables.rows.delimited import (
    dialect_of,
    is_markdown,
    markdown_records,
    records,
    written,
)
from research.tables.rows.exceptions import (
    BrokenWorkbook,
    NoRows,
    NotATable,
    OldWorkbook,
    TooManyLines,
    WorkbookBomb,
)
from research.tables.rows.limits import (
    MAX_BYTES,
    MAX_LINES,
    MAX_UNPACKED,
    SECONDS,
    WALL_SECONDS,
)
from research.tables.rows.table import Record, Table, bounded
from research.text.encodings import decoded

AT_ONCE = 2  # workbooks that are read; others wait in turn
TURN_SECONDS = 30.0  # how long they wait
PASTED = "The table"  # what a pasted text is called

ZIP = b"PK\x03\x04"
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OTHERS = [
    (b"%PDF-", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"PAR1", "a Parquet file"),
    (b"SQLite format 3\0", "a database"),
    (b"\x1f\x8b", "a compressed file"),
    (b"7z\xbc\xaf", "a compressed file"),
]
PACKED = {  # a name in a ZIP, and what holds it
    "word/document.xml": "a Word document",
    "ppt/presentation.xml": "a presentation",
    "xl/workbook.bin": "an XLSB workbook",
    "mimetype": "an OpenDocument file or an e-book",
}
_WEB_PAGE = re.compile(r"\s*<(?:!doctype|html|\?xml|table)\b", re.IGNORECASE)
_JSON = re.compile(r"\s*(?:\{\s*[\"}]|\[\s*[\[{\"\]])")

_readers = Readers("research.tables.rows", AT_ONCE)


def read_file(content: bytes, name: str, most: int) -> Table:
    """The table in a file, of which at most that many rows may run; raises RefusedFile."""
    if len(content) > MAX_BYTES:
        raise FileTooLarge(name, limit=MAX_BYTES // 1024**2)
    if content.startswith(ZIP):
        return _workbook(content, name, most)
    if content.startswith(OLD_OFFICE):
        raise OldWorkbook(name)
    for mark, kind in OTHERS:
        if content.startswith(mark):
            raise NotATable(name, kind=kind)
    found = decoded(content)
    if found is None:
        raise BinaryContent(name)
    table = read_text(found.text, name, most)
    if found.is_guess:
        note = f"Its letters were read as {found.encoding}, which is a guess. If some are wrong, "
        table.notes.append(note + "save it as UTF-8.")
    return table


def read_text(text: str, name: str = PASTED, most: int = 200) -> Table:
    """The table in a text; raises RefusedFile."""
    text = text.removeprefix("\ufeff")
    lines = max(text.count("\n"), text.count("\r"))
    if lines > MAX_LINES:
        raise TooManyLines(name, count=lines, limit=MAX_LINES)
    if _WEB_PAGE.match(text):
        raise NotATable(name, kind="a web page or XML")
    if _JSON.match(text):
        raise NotATable(name, kind="JSON")
    if is_markdown(text):
        kept, blank = bounded(name, "line", markdown_records(text), most)
        return _table(Table(name, "a Markdown table", kept, text, blank=blank, has_header=True))
    dialect = dialect_of(text, name)
    kept, blank = bounded(name, "line", records(text, dialect, name), most)
    return _table(Table(name, dialect.words, kept, text, blank=blank))


def _workbook(content: bytes, name: str, most: int) -> Table:
    _check_parts(content, name)
    task = {
        "name": name,
        "most": most,
        "seconds": SECONDS,
        "wall_seconds": WALL_SECONDS,
        "memory": MEMORY,
    }
    (_, sheet, sheets, has_macros, blank), *lines = _readers.read(name, task, content, TURN_SECONDS)
    kept = [Record(line, cells, trouble) for _, line, cells, trouble in lines]
    notes = []
    if others := len(sheets) - 1:
        were = "one was" if others == 1 else f"{others} were"
        notes.append(f"The sheet “{sheet}” was read; the other {were} not.")
    if has_macros:
        notes.append("The workbook holds macros. None was run: only the values were read.")
    return _table(Table(name, "XLSX", kept, _as_text(kept, most), "row", blank, notes))


def _as_text(kept: list[Record], most: int) -> str:
    """Records as a text that is read as the same records; it says how, where that is in doubt."""
    text = written(kept)
    with contextlib.suppress(RefusedFile):
        if [record.cells for record in read_text(text, most=most).records] == [
            record.cells for record in kept
        ]:
            return text
    return f"sep=\t\n{text}"


def _check_parts(content: bytes, name: str) -> None:
    """Refuses what is no workbook or unpacks to too much; nothing is unpacked for it."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = {part.filename: part.file_size for part in packed.infolist()}
            unpacked = sum(part.file_size for part in packed.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise BrokenWorkbook(name, reason=str(error)) from None
    for part, kind in PACKED.items():
        if part in parts:
            raise NotATable(name, kind=kind)
    if "xl/workbook.xml" not in parts and "[Content_Types].xml" not in parts:
        raise NotATable(name, kind="a ZIP file")
    if unpacked > MAX_UNPACKED:  # no more is read of a part than its size says
        raise WorkbookBomb(name, limit=MAX_UNPACKED // 1024**2)


def _table(table: Table) -> Table:
    if not table.records:
        raise NoRows(table.name)
    return table
