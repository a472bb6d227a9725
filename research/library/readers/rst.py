"""reStructuredText, and the looser plain text of docstrings and of `pydoc_data.topics`.

Not the whole language: what is needed to tell sentences from code, markup and decoration.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from research.library.blocks import Block, Kind, Reading

ADORNMENT = re.compile(r"^([!-/:-@\[-`{-~])\1{2,}\s*$")
DECORATION = re.compile(r"^[\W_]*$")
TABLE = re.compile(r"^\s*(\+[-=+]{3,}|={2,}\s+=[= ]*)")
BULLET = re.compile(r"^\s*(?:[*+•‣-]|\d{1,3}[.)]|#\.|\([a-z0-9]\))\s+(?=\S)")
SIGNATURE = re.compile(r"^(?:class |async |await )?[\w.]+(?:\(.*\)(?: -> .+)?|\.\w+)$")
CODE_START = re.compile(
    r"\.\.\.|\$ |[%#@]\S|# |import \w|from \S+ import\b|[\w.\[\]'\"]+ = "
    r"|(async |def|class|if|for|while|with|try|return)\b.*[:)]$"
)
SUBSTITUTION = re.compile(r"^\.\. \|([^|\n]+)\| replace:: (.+)$", re.M)
MAX_SUBSTITUTED = 100_000  # characters that substitutions may put into a document
MAX_NOTES = 8  # that stand in one another; what is deeper is read where it stands
DIRECTIVE = re.compile(r"^\.\.\s+(?P<name>[\w:.-]+?)::\s*(?P<argument>.*)$")
FOOTNOTE = re.compile(r"^\s*\.\.\s+\[(?P<label>[#*\w.-]+)\]\s+(?P<text>.*)$")
FIELD = re.compile(r"^\s*:(?P<name>[^:\s](?:[^:]{0,200}[^:\s])?):(?:\s+(?P<text>.*))?$")
OPTION = re.compile(r"^\s*:[\w-]+:(\s|$)")
CODE_DIRECTIVES = {
    *("code", "code-block", "sourcecode", "parsed-literal", "doctest", "testcode", "testoutput"),
    *("math", "csv-table", "productionlist", "ipython", "prompt", "code-cell", "graphviz"),
}
# What speaks to the machine that makes the pages.
_SILENT = """
    toctree contents include literalinclude raw index highlight module currentmodule meta image
    role default-role sectnum section-numbering target-notes class restructuredtext-test-directive
    sectionauthor codeauthor moduleauthor testsetup testcleanup tabularcolumns autosummary
    automodule autoclass autofunction automethod autodata autoexception
"""
SILENT_DIRECTIVES = {*_SILENT.split()}
_OBJECTS = """
    function class method attribute data exception decorator staticmethod classmethod property
    coroutinefunction coroutinemethod cmdoption option envvar describe object type macro member var
    opcode module pdbcommand
"""
OBJECTS = {*_OBJECTS.split()}
PICTURES = {"figure", "plot", "thumbnail"}  # their argument is a file's name


def read(text: str) -> Reading:
    """The title is the first heading."""
    blocks = list(_Reader(_lines(_substituted(text)), []).blocks())
    title = next((block.text for block in blocks if block.kind == Kind.HEADING), "")
    return Reading(title, blocks)


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.expandtabs(4).splitlines()]


def _substituted(text: str) -> str:
    """The text with `|name|` replaced, once: what is put in may not grow by what it names."""
    words = dict(SUBSTITUTION.findall(text))
    room = MAX_SUBSTITUTED

    def replaced(match: re.Match[str]) -> str:
        nonlocal room
        put_in = words.get(match[1])
        if put_in is None or len(put_in) > room:
            return match[0]
        room -= len(put_in)
        return str(put_in)

    return re.sub(r"\|([^|\n]+)\|", replaced, text) if words else text


class _Reader:
    """Goes through the lines once; `at` is the line that is next, `depth` the notes around it."""

    def __init__(self, lines: list[str], styles: list[str], depth: int = 0) -> None:
        self.lines = lines
        self.styles = styles  # of headings, in the order of their first use
        self.depth = depth
        self.at = 0
        self.indent = 0  # of the paragraph before
        self.announced = False  # that paragraph ended with "::"

    def blocks(self) -> Iterator[Block]:
        while self.at < len(self.lines):
            line = self.lines[self.at]
            if not line:
                self.at += 1
            elif heading := self._heading():
                yield heading
            elif ADORNMENT.match(line):
                self.at += 1
            elif re.match(r"^\s*(\.\.(\s|$)|__ )", line):
                yield from self._directive()
            elif TABLE.match(line):
                yield from self._table()
            elif line.lstrip().startswith(">>>"):
                yield _code(self._chunk())
            elif self.announced and _indent(line) > self.indent:
                self.announced = False
                yield _code(self._deeper(self.indent))
            elif FIELD.match(line):
                yield from self._field()
            else:
                yield from self._text()

    def _heading(self) -> Block | None:
        """A line that is underlined, with or without a line above it."""
        above = ADORNMENT.match(self.lines[self.at])
        start = self.at + 1 if above else self.at
        if start + 1 >= len(self.lines):
            return None
        text, below = self.lines[start], ADORNMENT.match(self.lines[start + 1])
        if not text or not below or BULLET.match(text) or ADORNMENT.match(text):
            return None
        if len(self.lines[start + 1]) < min(len(text.strip()), 4) or (text[0] == " " and not above):
            return None
        style = below[1] * (2 if above else 1)
        if style not in self.styles:
            self.styles.append(style)
        self.at = start + 2
        self.indent, self.announced = 0, False
        level = min(self.styles.index(style) + 1, 6)
        return Block(Kind.HEADING, inline(text.strip())[0].replace("`", ""), level)

    def _directive(self) -> Iterator[Block]:
        """The text and code of a directive, whatever it is; comments and links' targets go."""
        line = self.lines[self.at]
        if note := FOOTNOTE.match(line):
            self.at += 1
            yield from self._within([f"[{note['label']}] {note['text']}"], _indent(line))
            return
        match = DIRECTIVE.match(line.strip())
        name = match["name"].lower() if match else ""
        self.at += 1
        if match and self.depth == MAX_NOTES:
            yield from self._paragraph([match["argument"]])
            return
        if not match or (name in SILENT_DIRECTIVES and not _describes(name, match["argument"])):
            self._deeper(_indent(line))
            return
        argument = "" if name in PICTURES else match["argument"]
        if name in CODE_DIRECTIVES:
            yield from self._coded(name, argument, _indent(line))
            return
        yield from self._described(name, argument, _indent(line))

    def _coded(self, name: str, argument: str, indent: int) -> Iterator[Block]:
        """A directive whose content stands as it is; its argument is a title or a language."""
        code = _dedented(self._deeper(indent))
        start = next((at for at, line in enumerate(code) if not OPTION.match(line)), len(code))
        if name == "csv-table" and argument:
            yield from self._paragraph([argument])
        elif name in ("math", "productionlist") and argument:
            yield Block(Kind.CODE, argument)
        if any(code[start:]):
            yield _code(code[start:])

    def _described(self, name: str, argument: str, indent: int) -> Iterator[Block]:
        """What a directive says: its signatures as headings, its title, and its content."""
        body = self._deeper(indent)
        title, options, content = _parted(body)
        if name == "rubric" or _describes(name, argument):
            for signature in [argument, *title]:
                words = inline(signature.strip(" \\"))[0].replace("`", "")
                if words:
                    yield Block(Kind.HEADING, words, 4)
        elif name.startswith(("version", "deprecated")):
            yield from self._paragraph([f"{name} {argument}", *title])
        else:
            yield from self._nested([argument, *_dedented(title)])
        yield from self._nested([line for line in options if line.strip().startswith(":alt:")])
        yield from self._nested(content)
        self.indent, self.announced = 0, False

    def _within(self, first: list[str], indent: int) -> Iterator[Block]:
        """First lines with those below them that stand further in."""
        yield from self._nested([*first, *_dedented(self._deeper(indent))])

    def _nested(self, lines: list[str]) -> Iterator[Block]:
        if any(lines):
            if self.depth < MAX_NOTES:
                inner = _Reader(_dedented(lines), self.styles, self.depth + 1)
                yield from inner.blocks()
            else:
                yield from self._paragraph(lines)

    def _field(self) -> Iterator[Block]:
        """A field, such as :param size:, as a list item."""
        line = self.lines[self.at]
        field = FIELD.match(line)
        self.at += 1
        if field is None:
            return
        body = self._deeper(_indent(line))
        end = next((at for at, each in enumerate(body) if not each), len(body))
        text = " ".join([field["text"] or "", *(each.strip() for each in body[:end])]).strip()
        for block in self._paragraph([f"{field['name']}: {text}"]):
            yield replace(block, kind=Kind.ITEM)
        yield from self._nested(body[end:])

    def _table(self) -> Iterator[Block]:
        """The rows of a table, with a bar between cells. Sentences in cells keep their words."""
        start = self.lines[self.at].strip()
        lines = self._rows() if start.startswith("=") else self._chunk()
        if start.startswith("+"):
            rows = [re.split(r"[|]", line.strip().strip("|")) for line in lines]
        else:
            rows = [re.split(r" {2,}", line.strip()) for line in lines]
        texts = [
            " | ".join(inline(cell)[0] for cell in row if cell.strip(" +-=|"))
            for row, line in zip(rows, lines, strict=True)
            if not re.fullmatch(r"[\s=+-]*", line)
        ]
        if any(texts):
            yield Block(Kind.CODE, "\n".join(filter(None, texts)))

    def _rows(self) -> list[str]:
        """The lines of a simple table, which blank lines may part, to its last border."""
        start = self.at
        while self.at < len(self.lines):
            line = self.lines[self.at].strip()
            following = self.lines[self.at + 1].strip() if self.at + 1 < len(self.lines) else ""
            self.at += 1
            if self.at - start > 2 and TABLE.match(line) and not following:
                break
        self.announced = False
        return self.lines[start : self.at]

    def _chunk(self) -> list[str]:
        """The lines up to the next blank one."""
        start = self.at
        while self.at < len(self.lines) and self.lines[self.at]:
            self.at += 1
        self.announced = False
        return self.lines[start : self.at]

    def _deeper(self, indent: int) -> list[str]:
        """The lines, blank ones too, that stand further in than `indent`."""
        start = self.at
        while self.at < len(self.lines):
            line = self.lines[self.at]
            if line and _indent(line) <= indent:
                break
            self.at += 1
        return self.lines[start : self.at]

    def _text(self) -> Iterator[Block]:
        """A paragraph, a list, a definition's signature, or code that nothing announced."""
        start = self.at
        indent = _indent(self.lines[start])
        chunk = self._chunk()
        if BULLET.match(chunk[0]):
            yield from self._items(chunk)
        elif indent <= self.indent and self._defines(chunk):
            yield Block(Kind.HEADING, chunk[0].strip(), 4)
        elif _has_term(chunk):
            yield from self._paragraph(chunk[:1])
            if looks_like_code(chunk[1:]):
                yield _code(chunk[1:])
            else:
                yield from self._paragraph(chunk[1:])
        elif indent > self.indent and looks_like_code(chunk):
            self.at = start
            yield _code(self._deeper(self.indent))
            return
        else:
            yield from self._paragraph(chunk)
        self.indent = indent

    def _defines(self, chunk: list[str]) -> bool:
        """Whether the lines are signatures with their description further in below."""
        following = self.lines[self.at + 1] if self.at + 1 < len(self.lines) else ""
        deeper = _indent(following) > _indent(chunk[0])
        return deeper and all(SIGNATURE.match(line.strip()) for line in chunk)

    def _paragraph(self, lines: list[str]) -> Iterator[Block]:
        text = "\n".join(line.strip() for line in lines if not DECORATION.match(line))
        text = re.sub(r"(?<=[a-z]-)\n(?=[a-z])", "", text).replace("\n", " ")
        if text.endswith("::"):
            self.announced = True
            text = text[:-2].rstrip() if text.endswith(" ::") or text == "::" else text[:-1]
        words, linked = inline(text)
        if words:
            yield Block(Kind.PROSE, words, linked=linked)

    def _items(self, chunk: list[str]) -> Iterator[Block]:
        items: list[list[str]] = []
        for line in chunk:
            if BULLET.match(line):
                items.append([BULLET.sub("", line)])
            else:
                items[-1].append(line.strip())
        for item in items:
            for block in self._paragraph(item):
                yield Block(Kind.ITEM, block.text, linked=block.linked)


def _describes(name: str, argument: str) -> bool:
    """Whether a directive describes a function, class, option or the like by its signature."""
    kind = name.rpartition(":")[2]
    if name == "class":  # docutils' own takes names of styles
        return bool(re.match(r"\w*[A-Z(.]", argument))
    return ":" in name or kind in OBJECTS


def _parted(body: list[str]) -> tuple[list[str], list[str], list[str]]:
    """What stands right below a directive, its options, and its content."""
    end = next((at for at, line in enumerate(body) if not line), len(body))
    start = next((at for at, line in enumerate(body[:end]) if OPTION.match(line)), end)
    return body[:start], body[start:end], body[end:]


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _has_term(chunk: list[str]) -> bool:
    """Whether all lines after the first stand further in, as below a definition list's term."""
    return len(chunk) > 1 and all(_indent(line) > _indent(chunk[0]) for line in chunk[1:])


def _dedented(lines: list[str]) -> list[str]:
    margin = min((_indent(line) for line in lines if line), default=0)
    return [line[margin:] for line in lines]


def _code(lines: list[str]) -> Block:
    return Block(Kind.CODE, "\n".join(_dedented(lines)).strip("\n"))


def looks_like_code(lines: list[str]) -> bool:
    """Whether lines that stand further in are code or a table rather than sentences."""
    text = " ".join(line.strip() for line in lines)
    if ">>> " in text or CODE_START.match(lines[0].strip()):
        return True
    if "::=" in text or re.search(r"\w {3,}\S", lines[0].strip()):
        return True
    words = re.findall(r"(?<!\S)[\"'(*]*+[A-Za-z][a-z'\u2019-]*+[\"').,:;*]*+(?!\S)", text)
    return len(words) < 4 or len(words) < 0.5 * len(text.split())


_SPANS = re.compile(r"(``.+?``|(?<![`\w])`[^`]+`(?![`_\w]))")
_INLINE = [
    (re.compile(r"\|[\w .+-]+\|_{0,2}"), ""),
    (re.compile(r" ?\[(?:\d+|#\w*|\*|[\w-]+)\]_"), ""),
    (re.compile(r"(?<!\w)\*\*([^\s*](?:[^*]{0,300}[^\s*])?)\*\*(?!\w)"), r"\1"),
    (re.compile(r"(?<![\w*\\])\*([^\s*](?:[^*]*[^\s*])?)\*(?![\w*])"), r"\1"),
    # A word is looked at from its beginning only, which is what the first bracket is for.
    (re.compile(r"(?<![\w`.-])([A-Za-z][A-Za-z0-9.-]*(?:_[A-Za-z0-9]+)*)_{1,2}(?![\w`(])"), r"\1"),
    (re.compile(r"\\(?=[^\w\s])"), ""),
]
# A role's text and target, `text <target>`, are told apart by code: as a pattern they take a time
# that grows with the square of their length.
_CODE_ROLE = re.compile(
    r":(?:\w+:)?(?:class|func|meth|mod|attr|data|exc|obj|const|file|code|program|option|envvar):"
    r"`([^`]+)`"
)
_ROLE = re.compile(r"(?<![\w+:-]):[\w+:-]+:`([^`]+)`")
_LINK = re.compile(r"`([^`]+)`_{1,2}")


def inline(text: str) -> tuple[str, float]:
    """A paragraph without inline markup but backticks around code; and the share that is links."""
    linked = 0

    def code(match: re.Match[str]) -> str:
        words, target = _told_apart(match[1])
        return f"``{target or words.lstrip('~!')}``"

    def role(match: re.Match[str]) -> str:
        words, target = _told_apart(match[1])
        return words or target

    def link(match: re.Match[str]) -> str:
        nonlocal linked
        words, target = _told_apart(match[1])
        linked += len(words or target)
        return words or target

    text = " ".join(text.split())
    text = _CODE_ROLE.sub(code, text)
    text = _ROLE.sub(role, text)
    text = _LINK.sub(link, text)
    parts = []
    for part in _SPANS.split(text):
        if part.startswith("``") and part.endswith("``") and len(part) > 4:
            parts.append(f"`{part.strip('`').strip()}`")
        elif part.startswith("`") and part.endswith("`"):
            parts.append(part.strip("`"))
        else:
            for pattern, replacement in _INLINE:
                part = pattern.sub(replacement, part)
            parts.append(part)
    words = re.sub(r"\s+", " ", "".join(parts)).strip()
    return words, min(1.0, linked / len(words)) if words else 0.0


def _told_apart(words: str) -> tuple[str, str]:
    """`text` and `target` of `text <target>`; the target may be empty."""
    if not words.endswith(">") or "<" not in words:
        return words, ""
    text, _, target = words[:-1].partition("<")
    return text.rstrip(), target
