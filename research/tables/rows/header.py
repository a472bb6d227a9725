"""Whether the first row of a table names its columns: a guess, which is told and may be changed."""

import re
from collections.abc import Sequence

from research.tables.columns import key_of
from research.tables.rows.names import TOPIC

LONGEST_NAME = 60  # characters; a longer first cell is data
# What a column of topics is called, where there is nothing but that column.
NAMES = {
    TOPIC,
    *("topics", "name", "names", "title", "titles", "question", "questions", "query", "subject"),
    *("company", "companies", "package", "product", "paper", "library", "law", "person", "keyword"),
    *("thema", "themen", "frage", "fragen", "firma", "sujet", "nom", "titre", "tema", "nombre"),
    *("título", "argomento", "тема", "название", "主题", "名称", "題目", "トピック", "名前"),
}
_DATA = re.compile(
    r"""[-+]?[\d.,\s]+%?            # a number
    | [-+]?[$€£¥]\s?[\d.,]+ | [\d.,]+\s?[$€£¥]
    | \d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}.*  # a date
    | \S+@\S+\.\S+                  # an address
    | (?:https?://|www\.)\S+
    | true | false""",
    re.IGNORECASE | re.VERBOSE,
)


def is_header(first: Sequence[str], others: Sequence[Sequence[str]]) -> bool:
    """Whether the first of a table's rows is its header rather than data like the `others`."""
    names = [cell for cell in first if cell]
    if not names or not others or not first[0]:
        return False
    if len(first) == 1:
        return key_of(first[0]) in NAMES
    if any(len(name) > LONGEST_NAME or _DATA.fullmatch(name) for name in names):
        return False
    if len({key_of(name) for name in names}) < len(names):
        return key_of(first[0]) in NAMES
    # A word that comes again below it is one of its column's values.
    repeated = (
        cell and any(at < len(row) and row[at] == cell for row in others)
        for at, cell in enumerate(first)
    )
    return not any(repeated)
