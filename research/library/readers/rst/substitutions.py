"""What `|name|` stands for in a document."""

import re

MAX_PUT_IN = 100_000  # characters that substitutions may put into a document

_DEFINITION = re.compile(
    r"^ *\.\. \|(?P<name>[^|\n]+)\| (?P<kind>\w+)::[ \t]*(?P<text>.*(?:\n[ \t]+\S.*)*)", re.M
)
_USE = re.compile(r"``[^`\n]+``|\|(?P<name>[^|\s](?:[^|\n]*[^|\s])?)\|_{0,2}")
_ALT = re.compile(r"^\s*:alt:(.*)$", re.M)
_TARGET = re.compile(r"^\s*:target:", re.M)  # what a picture links to
_CODE_POINT = re.compile(r"(?:0x|x|\\x|U\+?|\\u)([0-9a-f]{1,6})|&#x([0-9a-f]{1,6});", re.I)


class Substitutions:
    """A document's definitions, each put in as it stands: it may not grow by what it names."""

    def __init__(self, text: str) -> None:
        self._words = {
            " ".join(found["name"].split()).lower(): _words(found["kind"], found["text"])
            for found in _DEFINITION.finditer(text)
        }
        self._room = MAX_PUT_IN

    def put_into(self, text: str) -> str:
        return _USE.sub(self._replaced, text) if self._words else text

    def _replaced(self, use: re.Match[str]) -> str:
        name = " ".join((use["name"] or "").split()).lower()
        words = self._words.get(name)
        if words is None or len(words) > self._room:
            return use[0]
        self._room -= len(words)
        return words


def _words(kind: str, text: str) -> str:
    """What a definition of a `kind` says: text, letters by their numbers, or a picture's words."""
    if kind == "replace":
        return " ".join(text.split())
    if kind == "unicode":
        return "".join(map(_letters, text.partition(" .. ")[0].split()))
    alt = _ALT.search(text) if kind == "image" else None
    words = alt[1].strip() if alt else ""
    return f"`{words}`_" if words and _TARGET.search(text) else words


def _letters(code: str) -> str:
    found = _CODE_POINT.fullmatch(code)
    number = int(found[1] or found[2], 16) if found else 0
    return chr(number) if 0 < number < 0x110000 else code
