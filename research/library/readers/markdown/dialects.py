"""What dialects add to CommonMark, as paragraphs of CommonMark: footnotes, tabs, notes, titles."""

import re
from collections.abc import Iterator
from itertools import takewhile

INDENT = "    "
MAX_MARGIN = 8 * len(INDENT)
MAX_COLUMNS = 100

_REFERENCE = re.compile(r"\[\^[\w.-]+\](?!:)")  # to a footnote
# A line whose text stands below it, further in: a footnote, a tab, a note that may fold.
_OPENING = re.compile(
    r"\[\^(?P<footnote>[\w.-]+)\]:[ \t]*(?P<text>.*)"
    r"|===[!+]*[ \t]+\"(?P<tab>[^\"]*)\""
    r"|(?:!!!|\?\?\?\+?)[ \t]+(?P<kind>\w[\w -]*)(?:\"(?P<note>[^\"]*)\")?"
)
_DEFINITION = re.compile(r":[ \t]+(?=\S)")
_FENCE = re.compile(r"(?P<fence>`{3,}|~{3,})(?P<info>.*)")
_FENCED_NOTE = re.compile(r"\{(?P<kind>[\w:-]+)\}[ \t]*(?P<title>.*)")
_CODE = {"code", "code-block", "code-cell", "math", "mermaid", "eval-rst", "raw", "literalinclude"}
_FENCE_TITLE = re.compile(r"\btitle=\"([^\"]*)\"")
_COLONS = re.compile(r":{3,}[ \t]*(?:\{?(?P<kind>[\w:-]+)\}?(?:[ \t]+(?P<title>.*))?)?")
_RULE_OF_TABLE = re.compile(r"\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?")
_BAR = re.compile(r"(?<!\\)\|")


def plain(text: str) -> str:
    return "\n".join(_Plain(text.split("\n")).lines())


class _Plain:
    """Goes through the lines; `margin` is how far in the text stands, `fence` that of its code."""

    def __init__(self, lines: list[str]) -> None:
        self._source = lines
        self._margin = ""
        self._fence = ""
        self._notes: list[str] = []  # the fences of those that are open
        self._end_of_table = 0  # the line behind the last table's rows
        self._more = 0  # columns that a table has beyond those of its head

    def lines(self) -> Iterator[str]:
        for number, line in enumerate(self._source):
            while line.strip() and not line.startswith(self._margin):
                self._margin = self._margin.removesuffix(INDENT)
            line = line.removeprefix(self._margin)
            if found := _FENCE.match(line.lstrip()):
                yield from self._fenced(line, found["fence"], found["info"].strip())
            elif self._fence:
                yield line
            else:
                line = _REFERENCE.sub("", line)
                line = line if line.startswith(INDENT) else _without_attributes(line)
                yield from self._opened(line) or [self._widened(line, number)]

    def _fenced(self, line: str, fence: str, info: str) -> Iterator[str]:
        """Code keeps its title; a note that is written like code becomes text."""
        if self._fence:
            if not info and fence.startswith(self._fence):
                self._fence = ""
            yield line
            return
        if self._notes and not info and fence == self._notes[-1]:
            self._notes.pop()
            yield ""
            return
        indent = line[: len(line) - len(line.lstrip())]
        note = _FENCED_NOTE.fullmatch(info)
        if note and note["kind"] not in _CODE:
            self._notes.append(fence)
            yield from ("", indent + note["title"], "")
            return
        self._fence = fence
        if title := _FENCE_TITLE.search(info):
            yield from ("", indent + title[1], "")
        yield line

    def _opened(self, line: str) -> list[str]:
        """The lines in place of one that begins a footnote, a tab, a note or a definition."""
        if opening := _OPENING.fullmatch(line.rstrip()):
            self._further_in()
            return ["", _title_of(opening), *([] if opening["footnote"] else [""])]
        if _DEFINITION.match(line):
            self._further_in()
            return ["", _DEFINITION.sub("", line)]
        if colons := _COLONS.fullmatch(line.strip()):
            return ["", colons["title"] or "", ""]
        return []

    def _further_in(self) -> None:
        if len(self._margin) < MAX_MARGIN:
            self._margin += INDENT

    def _widened(self, line: str, number: int) -> str:
        """A table's head and rule with as many columns as its rows have: others would be lost."""
        if self._more:
            more, self._more = self._more, 0
            return f"{line.rstrip().removesuffix('|')}{'|---' * more}|"
        if "|" not in line or number < self._end_of_table or not self._is_head(line, number):
            return line
        following = (self._source[at] for at in range(number + 2, len(self._source)))
        rows = list(takewhile(lambda row: "|" in row, following))
        self._end_of_table = number + 2 + len(rows)
        columns = min(MAX_COLUMNS, max(map(_columns, rows), default=0))
        self._more = max(0, columns - _columns(line))
        return f"{line.rstrip().removesuffix('|')}{'| ' * self._more}|" if self._more else line

    def _is_head(self, line: str, number: int) -> bool:
        """Whether a table's rule stands below a line, with as many columns."""
        if number + 1 == len(self._source):
            return False
        rule = self._source[number + 1].removeprefix(self._margin).strip()
        return bool(_RULE_OF_TABLE.fullmatch(rule)) and _columns(rule) == _columns(line)


def _without_attributes(line: str) -> str:
    """A heading or a paragraph without `{#name .class}` at its end."""
    text, _, attributes = line.rstrip().rpartition("{")
    is_meant = attributes.endswith("}") and attributes.lstrip(": ").startswith(("#", "."))
    return text.rstrip() if is_meant else line


def _columns(row: str) -> int:
    return len(_BAR.findall(row.strip().removeprefix("|").removesuffix("|"))) + 1


def _title_of(opening: re.Match[str]) -> str:
    if opening["footnote"]:
        return opening["text"]
    return opening["tab"] or opening["note"] or (opening["kind"] or "").strip().capitalize()
