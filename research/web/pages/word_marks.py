"""Two wordings of a sentence, with the words marked that only one of them has."""

import re
from difflib import SequenceMatcher

from research.claims.verbatim import uncited

MOST = 400  # words and gaps of a sentence that are compared
MAX_LENGTH = 600  # characters of a sentence that are shown

Piece = tuple[str, bool]
"""Some text, and whether the other wording does not have it."""

_TOKEN = re.compile(r"\w+(?:[.,:'\u2019-]\w+)*|\s+|.", re.DOTALL)


def plain(text: str) -> str:
    """A sentence as it is shown: without citations and the marks of Markdown."""
    bare = " ".join(uncited(text).replace("**", "").replace("`", "").split())
    bare = re.sub(r"\s+(?=[.,;:!?])", "", bare)  # where a citation stood
    return bare if len(bare) <= MAX_LENGTH else f"{bare[: MAX_LENGTH - 1]}…"


def marked(before: str, after: str) -> tuple[list[Piece], list[Piece]]:
    """Both in pieces."""
    old, new = (_TOKEN.findall(text)[:MOST] for text in (before, after))
    left: list[Piece] = []
    right: list[Piece] = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        is_other = kind != "equal"
        for side, tokens in ((left, old[a:b]), (right, new[c:d])):
            if tokens:
                side.append(("".join(tokens), is_other))
    return left, right
