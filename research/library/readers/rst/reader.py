"""Lines of reStructuredText as blocks."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import takewhile

from research.library.blocks import Block, Kind
from research.library.readers import html
from research.library.readers.rst import directives, tables
from research.library.readers.rst.cursor import Cursor
from research.library.readers.rst.directives import FIELD, Directive
from research.library.readers.rst.headings import ADORNMENT, Headings
from research.library.readers.rst.inline import without_markup
from research.library.readers.rst.lines import (
    BULLET,
    as_code,
    dedented,
    goes_on,
    indent_of,
    is_code,
    looks_like_code,
)
from research.library.readers.rst.substitutions import Substitutions

DECORATION = re.compile(r"^[\W_]*$")
BULLETS = re.compile(rf"(?:{BULLET.pattern})+".replace("^", ""))
EXPLICIT = re.compile(r"^\s*(\.\.(\s|$)|__ )")
FOOTNOTE = re.compile(r"^\s*\.\.\s+\[(?P<label>[#*\w.-]+)\]\s+(?P<text>.*)$")
VERSE = re.compile(r"^\s*\|(?:\s|$)")
OPTION = re.compile(
    r"^(?P<option>(?:--?|/)\w[^\s,]*(?:(?:, | )\S+){0,3}?)(?: {2,}(?P<text>\S.*))?$"
)
SIGNATURE = re.compile(r"^(?:class |async |await )?[\w.]+(?:\(.*\)(?: -> .+)?|\.\w+)$")
MAX_DEPTH = 8  # of notes that stand in one another; what is deeper is read where it stands


class Reader:
    """Makes blocks of lines; `depth` is how many notes are around them."""

    def __init__(
        self, lines: list[str], substitutions: Substitutions, headings: Headings, depth: int = 0
    ) -> None:
        self.cursor = Cursor(lines)
        self.substitutions = substitutions
        self.headings = headings
        self.depth = depth
        self.indent = 0  # of the text before; of an item, that of its words
        self.announced = False  # that text ended with "::"

    def blocks(self) -> Iterator[Block]:
        cursor = self.cursor
        while not cursor.is_at_end:
            line = cursor.line
            if not line:
                cursor.take_line()
            elif heading := self.headings.take(cursor):
                self._stand_at(0)
                yield Block(Kind.HEADING, self._plain(heading[0]), heading[1])
            elif ADORNMENT.match(line):
                cursor.take_line()
            elif EXPLICIT.match(line):
                yield from self._explicit()
            elif tables.START.match(line):
                yield from self._tabled(tables.rows(self._passed(cursor.take_table())))
            elif line.lstrip().startswith(">>>"):
                yield as_code(self._passed(cursor.take_paragraph()))
            elif self.announced and (code := self._announced()):
                yield as_code(code)
            elif FIELD.match(line):
                yield from self._field()
            elif VERSE.match(line):
                yield from self._verse()
            else:
                yield from self._text()

    def _explicit(self) -> Iterator[Block]:
        """A footnote, or a directive, whatever it is; comments and links' targets go."""
        line = self.cursor.take_line()
        indent = indent_of(line)
        directive = directives.START.match(line.strip())
        if note := FOOTNOTE.match(line):
            first = f"[{note['label']}] {note['text']}"
            yield from self._nested([first, *dedented(self.cursor.take_deeper(indent))])
        elif directive and self.depth == MAX_DEPTH:
            yield from self._paragraph([directive["argument"] or ""])
        elif line.strip() != ".." or self.cursor.line:
            body = self.cursor.take_deeper(indent)
            if found := directives.parse(line, body):
                yield from self._directed(found)
        self._stand_at(indent)

    def _directed(self, directive: Directive) -> Iterator[Block]:
        if directive.name in directives.CODE:
            yield from self._coded(directive)
        elif directive.name == "csv-table":
            yield from self._paragraph([directive.argument])
            lines = [directive.options.get("header", ""), *directive.content]
            yield from self._tabled(tables.of_values(lines, directive.options.get("delim", ",")))
        elif directive.name == "raw":
            if directive.argument == "html":
                yield from html.read("\n".join(directive.content)).blocks
        elif not directive.is_silent:
            yield from self._described(directive)

    def _coded(self, directive: Directive) -> Iterator[Block]:
        for words in directive.words:
            yield from self._paragraph([words])
        if directive.name in directives.FORMULAS and directive.argument:
            yield Block(Kind.CODE, directive.argument)
        if any(directive.content):
            yield as_code(directive.content)

    def _described(self, directive: Directive) -> Iterator[Block]:
        """What a directive says: its signatures as headings, its title, and its content."""
        if directive.name == "rubric" or directive.describes:
            for signature in directive.signatures:
                if words := self._plain(signature):
                    yield Block(Kind.HEADING, words, 4)
        elif said := directives.VERSIONS.get(directive.name):
            version, _, words = directive.argument.partition(" ")
            rest = " ".join([words, *(line.strip() for line in directive.title)]).strip()
            yield from self._paragraph(
                [f"{said} {version}: {rest}" if rest else f"{said} {version}."]
            )
        else:
            yield from self._nested([directive.named, *directive.title])
        for words in directive.words:
            yield from self._paragraph([words])
        for fact in directive.facts:
            yield from self._item([fact])
        if directive.name != "toctree":  # which lists files
            yield from self._nested(directive.content)

    def _nested(self, lines: list[str]) -> Iterator[Block]:
        if any(lines):
            if self.depth < MAX_DEPTH:
                lines = dedented(lines)
                inner = Reader(lines, self.substitutions, self.headings, self.depth + 1)
                yield from inner.blocks()
            else:
                yield from self._paragraph(lines)

    def _announced(self) -> list[str]:
        """The code that a text announced: what stands further in, or is quoted line by line."""
        self.announced = False
        if indent_of(self.cursor.line) > self.indent:
            return self.cursor.take_deeper(self.indent)
        return self.cursor.take_quoted()

    def _field(self) -> Iterator[Block]:
        """A field, such as :param size:, as a list item."""
        line = self.cursor.take_line()
        name, text = directives.field_of(line)
        body = self.cursor.take_deeper(indent_of(line))
        first = list(takewhile(bool, body))
        yield from self._item([f"{name}: {text}", *first])
        yield from self._nested(body[len(first) :])

    def _verse(self) -> Iterator[Block]:
        """Lines with a bar in front, which stay lines; one without goes on from above."""
        lines: list[str] = []
        for line in self._passed(self.cursor.take_paragraph()):
            if VERSE.match(line) or not lines:
                lines.append(line.strip().removeprefix("|"))
            else:
                lines[-1] += f" {line.strip()}"
        told = [self._inline(line)[0] for line in lines]
        if any(told):
            yield Block(Kind.PROSE, "\n".join(filter(None, told)))

    def _tabled(self, rows: Iterable[list[str]]) -> Iterator[Block]:
        """A table's rows, with a bar between cells. Sentences in cells keep their words."""
        told = [" | ".join(self._inline(cell)[0] for cell in row) for row in rows]
        if any(told):
            yield Block(Kind.CODE, "\n".join(filter(None, told)))

    def _text(self) -> Iterator[Block]:
        """A paragraph, a list's item, a definition, or code that nothing announced."""
        self.announced = False
        cursor = self.cursor
        line, indent = cursor.line, indent_of(cursor.line)
        if bullet := BULLETS.match(line):
            cursor.take_line()
            others = cursor.take_while(lambda line: not BULLET.match(line))
            self.indent = bullet.end()
            yield from self._item([line[bullet.end() :], *others])
            return
        if indent <= self.indent and (option := OPTION.match(line.strip())):
            cursor.take_line()
            below = cursor.take_deeper(indent)
            self.indent = indent
            yield from self._item([f"{option['option']}: {option['text'] or ''}", *below])
            return
        ahead = cursor.look()
        if indent <= self.indent and self._defines(ahead):
            self.indent = indent
            yield Block(Kind.HEADING, line.strip(), 4)
            cursor.at += len(ahead)
        elif indent > self.indent and is_code(ahead):
            yield as_code(cursor.take_deeper(self.indent))
        elif len(ahead) > 1 and indent_of(ahead[1]) > indent:
            yield from self._definition()
        else:
            # A definition in a list ends where the next term stands.
            self.indent = indent
            yield from self._paragraph(cursor.take_while(lambda line: indent_of(line) >= indent))

    def _definition(self) -> Iterator[Block]:
        """A term with what stands below it, further in; or a sentence with a hanging indent."""
        cursor = self.cursor
        term = cursor.take_line()
        self.indent = indent_of(term)
        if goes_on(term, cursor.line):
            below = cursor.take_while(lambda line: indent_of(line) > self.indent)
            yield from self._paragraph([term, *below])
            return
        yield from self._paragraph([term])
        if self.announced:
            return
        if looks_like_code([line for line in cursor.look() if indent_of(line) > self.indent]):
            yield as_code(cursor.take_while(lambda line: indent_of(line) > self.indent))
        else:
            self.indent = indent_of(cursor.line)

    def _defines(self, ahead: list[str]) -> bool:
        """Whether the lines are signatures with their description further in below."""
        cursor = self.cursor
        below = cursor.peek(len(ahead) + 1) if not cursor.peek(len(ahead)) else ""
        deeper = indent_of(below) > indent_of(ahead[0])
        return deeper and all(SIGNATURE.match(line.strip()) for line in ahead)

    def _paragraph(self, lines: list[str]) -> Iterator[Block]:
        text = "\n".join(line.strip() for line in lines if not DECORATION.match(line))
        text = re.sub(r"(?<=[a-z]-)\n(?=[a-z])", "", text).replace("\n", " ")
        if text.endswith("::"):
            self.announced = True
            text = text[:-2].rstrip() if text.endswith(" ::") or text == "::" else text[:-1]
        words, linked = self._inline(text)
        if words:
            yield Block(Kind.PROSE, words, linked=linked)

    def _item(self, lines: list[str]) -> Iterator[Block]:
        for block in self._paragraph(lines):
            yield replace(block, kind=Kind.ITEM)

    def _inline(self, text: str) -> tuple[str, float]:
        return without_markup(self.substitutions.put_into(text.strip()))

    def _plain(self, text: str) -> str:
        """The words of a heading."""
        return self._inline(text)[0].replace("`", "")

    def _passed(self, lines: list[str]) -> list[str]:
        """The lines, of which nothing is code that the text before announced."""
        self.announced = False
        return lines

    def _stand_at(self, indent: int) -> None:
        self.indent, self.announced = indent, False
