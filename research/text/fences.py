"""A code fence around a whole text, which some models put around Markdown."""

import re

_FENCE = re.compile(r" {0,3}(?P<marks>`{3,}|~{3,})[ \t]*(?P<language>[\w+#.-]*)[ \t]*")
_MARKDOWN = {"markdown", "md", "mdown", "gfm", "commonmark"}
_PROSE = re.compile(
    r"^ {0,3}(#{1,6} |[-*+] |\d+[.)] |> |\|)|[.!?:…][\"”\u2019)\]*_]*$|\[\d+\]", re.MULTILINE
)


def without_fence(text: str) -> str:
    """The Markdown inside a fence around all of it; a text that is code stays as it is.

    A fence that names no language is taken for one around Markdown if a line inside reads so.
    """
    first, newline, rest = text.strip().partition("\n")
    opening = _FENCE.fullmatch(first.rstrip())
    if not opening or not newline:
        return text
    language = opening["language"].lower()
    lines = rest.rstrip().split("\n")
    inside = _up_to_the_end(lines, opening["marks"], language in _MARKDOWN)
    if inside is None:
        return text
    body = "\n".join(inside)
    return body if language in _MARKDOWN or (not language and _PROSE.search(body)) else text


def _up_to_the_end(lines: list[str], marks: str, may_be_open: bool) -> list[str] | None:
    """What a fence encloses, if that is all there is; `may_be_open`: it need not be closed."""
    inner = ""  # the marks of a fence inside
    for number, line in enumerate(lines):
        found = _FENCE.fullmatch(line.rstrip())
        if not found:
            continue
        if inner:
            if not found["language"] and found["marks"].startswith(inner):
                inner = ""
        elif found["language"]:
            inner = found["marks"]
        elif found["marks"].startswith(marks):
            return lines[:number] if number == len(lines) - 1 else None
    return lines if may_be_open and not inner else None
