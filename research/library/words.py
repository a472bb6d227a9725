"""Cutting text into the words that the library is searched by, and finding their stems.

Both indexes hold what `words_of` gives, so that all databases find the same. Scripts without spaces
between words (Chinese, Thai, …) are cut into characters; a query's run of them is looked for as a
phrase, so that what stands there literally is found.
"""

import re
import sqlite3
import unicodedata
from collections.abc import Iterable
from itertools import chain
from threading import Lock

MAX_KNOWN = 50_000  # stems kept in memory

# Accents, and the vowel points of Hebrew and Arabic: the same word is written with and without.
_POINTS = (
    r"\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670"
)
_INVISIBLE = r"\u00ad\u0640\u200b-\u200f\u2060\ufeff"  # soft hyphen, tatweel, joiners
# Thai, Lao, Tibetan, Burmese, Hangul, Khmer, kana, bopomofo, Han, Yi.
_UNSPACED = (
    r"\u0e01-\u0eff\u0f00-\u0fff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005-\u3007\u3040-\u30ff"
    r"\u3105-\u318f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua48f\ua960-\ua97f"
    r"\uaa60-\uaa7f\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff"
)
_WITH_MARKS = chain(range(0x300, 0x1B00), range(0xA800, 0xAC00))  # where living scripts have them
# The combining marks that are part of a word, as in Hindi; as it stands in a pattern's brackets.
MARKS = "".join(rf"\u{at:04x}" for at in _WITH_MARKS if unicodedata.category(chr(at))[0] == "M")

# The patterns are PostgreSQL's as well as Python's.
DROPPED = f"[{_POINTS}{_INVISIBLE}]+"
PLUS_PLUS, SHARP = r"([a-z])\+\+", r"(^|[^a-z0-9_])([a-z])#(?![a-z0-9_])"
UNIT = f"[{_UNSPACED}][{MARKS}]*"
_dropped, _plus_plus, _sharp = re.compile(DROPPED), re.compile(PLUS_PLUS), re.compile(SHARP)
_unit, _word = re.compile(UNIT), re.compile(rf"(?:[^\W_]|[{MARKS}])+")


def normalised(text: str) -> str:
    """The text in small letters, in one form of the many that Unicode has; `C++` as a word."""
    if not text.isascii():
        bare = _dropped.sub("", unicodedata.normalize("NFKD", text))
        text = unicodedata.normalize("NFKC", bare)
    text = text.lower()
    text = _plus_plus.sub(r"\1plusplus ", text)
    return _sharp.sub(r"\1\2sharp ", text)


def words_of(text: str) -> str:
    """The text's words as the index holds them, each followed by a space but the last."""
    text = normalised(text)
    if not text.isascii():
        text = _unit.sub(r" \g<0> ", text)
    return " ".join(_word.findall(text))


class _Stemmer:
    """FTS5's own Porter stemmer, on a database in memory; what it gave is remembered."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}
        self._lock = Lock()
        self._database: sqlite3.Connection | None = None

    def stems(self, words: Iterable[str]) -> dict[str, str]:
        wanted = set(words)
        known = self._known
        missing = [word for word in wanted if word not in known]
        if missing:
            found = self._ask(missing)
            if len(known) + len(found) > MAX_KNOWN:
                self._known = known = {word: known[word] for word in wanted if word in known}
            known.update(found)
        return {word: known.get(word, word) for word in wanted}

    def _ask(self, words: list[str]) -> dict[str, str]:
        with self._lock:
            database = self._database = self._database or _in_memory()
            database.executemany(
                "INSERT INTO words (rowid, word) VALUES (?, ?)", enumerate(words, 1)
            )
            stems = database.execute("SELECT doc, term FROM stems").fetchall()
            database.execute("DELETE FROM words")
            database.commit()
        return dict(zip(words, words, strict=True)) | {words[at - 1]: stem for at, stem in stems}


def _in_memory() -> sqlite3.Connection:
    database = sqlite3.connect(":memory:", check_same_thread=False)
    database.execute(f"CREATE VIRTUAL TABLE words USING fts5(word, tokenize = {TOKENIZE!r})")
    database.execute("CREATE VIRTUAL TABLE stems USING fts5vocab(words, instance)")
    return database


TOKENIZE = "porter unicode61 remove_diacritics 0 categories ''L* N* M* Co''"
stems = _Stemmer().stems
