"""MDX: Markdown with components; their words are kept, and what is a program's is not."""

import re
from collections.abc import Iterator

from research.library.blocks import Reading
from research.library.readers import markdown

_FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})")
_MODULE = re.compile(r"(?:import|export)\s+(?=[\w{*\"'])")
_TAG = re.compile(r"</?(?:[A-Z][\w.]*|>)")
_COMMENT = re.compile(r"\{\s*/\*.*?\*/\s*\}")
_SAID = re.compile(
    r"\b(?:title|label|header|heading|summary|description|caption|alt)=[\"']([^\"']+)[\"']"
)


def read(text: str) -> Reading:
    return markdown.read("\n".join(_lines(text)))


def _lines(text: str) -> Iterator[str]:
    """Lines of Markdown; a component's tags leave a blank line, so that what it holds is read."""
    fence, in_module = "", False
    for line in text.split("\n"):
        found = _FENCE.match(line)
        if found and (not fence or line.strip() == fence):
            fence = "" if fence else found[1]
            yield line
        elif fence:
            yield line
        elif in_module or _MODULE.match(line):  # goes on to the next blank line
            in_module = bool(line.strip())
        elif _TAG.match(line.strip()):
            yield from ("", *_said(line), "")
        else:
            yield _COMMENT.sub("", line)


def _said(line: str) -> Iterator[str]:
    """What a line that begins with a component's tag says to who reads the page."""
    yield from _SAID.findall(line)
    yield re.sub(
        r"</?(?:[A-Z][\w.]*(?:[^<>\"'{]|\"[^\"]*\"|'[^']*'|\{[^}]*\})*)?>", "", line.strip()
    )
