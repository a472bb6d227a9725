"""Words in one spelling, whatever case, accents and digits they are written with."""

import re
import unicodedata
from functools import lru_cache

from research.claims.numerals import ascii_digits


@lru_cache(maxsize=100_000)
def folded(token: str) -> str:
    """In small letters, without accents, with plain digits and apostrophes."""
    plain = unicodedata.normalize("NFKC", token).lower().replace("\u2019", "'").replace("ß", "ss")
    if plain.isascii():
        return plain
    parts = unicodedata.normalize("NFD", ascii_digits(plain))
    return unicodedata.normalize("NFC", re.sub("[\u0300-\u036f\u064b-\u0652]", "", parts))
