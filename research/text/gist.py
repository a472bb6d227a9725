"""The gist of a text in Markdown: its first sentence, without marks and citations."""

import re
from collections.abc import Sequence
from itertools import pairwise

from markdown_it.token import Token

from research.text.markdown import CITATION, Dialect, Known

LONGEST = 240  # characters

# Up to a full stop that white space follows, or to one of those that need none.
_SENTENCE = re.compile(r".{12,}?(?:[.!?؟۔…][\"'”»)\]]*(?=\s|$)|[。！？])")  # noqa: RUF001
_ANY_NUMBER = range(1, 1000)  # may be a source's
_PARSER = Dialect()


def first_sentence(text: str) -> str:
    """The first sentence of a text's prose, else of its headings and tables; at worst nothing."""
    readable = text.encode("utf-8", "replace").decode()  # lone surrogates
    tokens = _PARSER.parse(readable, {"known": Known(_ANY_NUMBER, {})})
    paragraphs = [
        token
        for before, token in pairwise(tokens)
        if token.type == "inline" and before.type == "paragraph_open"
    ]
    for token in [*paragraphs, *(token for token in tokens if token.type == "inline")]:
        if plain := " ".join(_plain(token.children or []).split()):
            sentence = _SENTENCE.match(plain)
            return _cut(sentence[0] if sentence else plain)
    return ""


def _plain(tokens: Sequence[Token]) -> str:
    """The text of inline tokens, without citations."""
    text = ""
    for token in tokens:
        if token.type != CITATION:
            text += " " if token.type.endswith("break") else token.content
    return re.sub(r"\s+(?=[.,;:!?])", "", text)  # where a citation stood


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"
