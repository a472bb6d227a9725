"""CSV and TSV: a line for each row."""

import csv
import io

from research.library.blocks import Reading
from research.library.readers import rows

DELIMITERS = ",;\t|"
LOOKED_AT = 20_000  # characters
MAX_CELL = 1_000_000  # characters


def read(text: str) -> Reading:
    csv.field_size_limit(MAX_CELL)
    text = text.removeprefix("\ufeff")
    records = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text[:LOOKED_AT]))
    return Reading("", list(rows.blocks(records)))


def _delimiter(text: str) -> str:
    """The one that cuts most lines into the same number of cells, more than one."""
    return max(DELIMITERS, key=lambda delimiter: _agreement(text, delimiter))


def _agreement(text: str, delimiter: str) -> float:
    lengths = [len(row) for row in csv.reader(io.StringIO(text), delimiter=delimiter) if row]
    usual = max(set(lengths), key=lengths.count, default=1)
    return lengths.count(usual) / len(lengths) if usual > 1 else 0.0
