"""Markdown of which a viewer runs and fetches nothing, with its code as it was.

Raw HTML, images and links that do not lead to the web are escaped. Where code stands is decided as
CommonMark does, from left to right, so that no half of a pair of backticks hides what follows it.
"""

import re

from markdown_it import MarkdownIt

_LINE_ENDS = re.compile(r"(\r\n|\r|\n)")
_AUTOLINK = r"<(?:https?://|mailto:)[^<>\s]*>"
_TAG = r"<(?=[A-Za-z/!?])"
_IMAGE = r"!(?=\[)"
_OTHER_SCHEME = r"(?<=\])[(:](?=\s*<?\s*(?!(?:https?|mailto):)[A-Za-z][A-Za-z0-9+.\s-]*(?::|&))"
_CODE = r"(?P<ticks>`+)(?:.*?[^`](?P=ticks)(?!`))?"
_ACTS = f"(?P<active>{_TAG}|{_IMAGE}|{_OTHER_SCHEME})"
_IN_CELLS = re.compile(rf"\\.|{_AUTOLINK}|{_ACTS}", re.IGNORECASE | re.DOTALL)
_IN_PROSE = re.compile(rf"\\.|{_AUTOLINK}|{_CODE}|{_ACTS}", re.IGNORECASE | re.DOTALL)

_BLOCKS = MarkdownIt("commonmark", {"maxNesting": 20}).enable("table")
_BLOCKS.disable(["html_block", "reference"])
_BLOCKS.core.ruler.enableOnly(["normalize", "block"])


def inert(text: str) -> str:
    """The text with a backslash before everything that acts."""
    parts = _LINE_ENDS.split(text)
    lines = ["".join(parts[i : i + 2]) for i in range(0, len(parts), 2)]
    before, done = "", 0
    for token in _BLOCKS.parse(text):
        if token.type == "inline" and token.map and token.map[0] >= done:
            first, done = token.map
            # A cell's backticks end with it, which not every viewer knows: nothing there is code.
            signs = _IN_CELLS if before in ("td_open", "th_open") else _IN_PROSE
            found = signs.sub(_escaped, "".join(lines[first:done]))
            lines[first:done] = [found] + [""] * (done - first - 1)
        before = token.type
    return "".join(lines)


def _escaped(found: re.Match[str]) -> str:
    return f"\\{found[0]}" if found["active"] else found[0]
