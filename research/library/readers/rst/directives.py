"""What directives are for: which of their parts are text, and of which kind."""

import re
from dataclasses import dataclass, field

from research.library.readers.rst.lines import dedented

START = re.compile(r"^\.\.\s+(?P<name>[\w:.+-]+?)::(?:\s+(?P<argument>.*))?$")
FIELD = re.compile(r"^\s*:(?P<name>[^:\s](?:[^:]{0,200}[^:\s])?):(?:\s+(?P<text>.*))?$")
_OPTION = re.compile(r"^\s*:(?P<name>[\w-]+):(?:\s+(?P<value>.*))?$")

# Their content stands as it is.
CODE = {
    *("code", "code-block", "sourcecode", "parsed-literal", "doctest", "testcode", "testoutput"),
    *("math", "productionlist", "ipython", "prompt", "code-cell", "graphviz"),
}
TABLES = {"csv-table", "list-table"}
FORMULAS = {"math", "productionlist"}  # their argument is of that kind, too
# What speaks to the machine that makes the pages.
_SILENT = """
    contents include literalinclude index highlight currentmodule meta role default-role
    default-domain sectnum section-numbering target-notes restructuredtext-test-directive
    sectionauthor codeauthor moduleauthor testsetup testcleanup tabularcolumns autosummary date
"""
SILENT = {*_SILENT.split()}
# Their argument is a file, a style or a condition.
_UNNAMED = "figure image plot thumbnail class container cssclass only ifconfig raw"
_UNNAMED_ARGUMENT = {*_UNNAMED.split()}
_OBJECTS = """
    function class method attribute data exception decorator staticmethod classmethod property
    coroutinefunction coroutinemethod cmdoption option envvar describe object type macro member var
    opcode module pdbcommand confval setting
"""
_DESCRIBED = {*_OBJECTS.split()}
VERSIONS = {
    "versionadded": "New in version",
    "versionchanged": "Changed in version",
    "versionremoved": "Removed in version",
    "deprecated": "Deprecated since version",
}
# Options that a page shows: as words of their own, or as what they say of the thing described.
_WORDS = {"alt", "caption", "title", "subtitle", "synopsis", "summary"}
_FACTS = {
    *("type", "default", "value", "annotation", "return", "returns", "rtype", "raise", "raises"),
    *("yield", "yields", "param", "required", "example", "canonical"),
}

# Options that stand in front of a signature.
_PREFIXES = ("abstractmethod", "async", "classmethod", "final", "static", "staticmethod")


@dataclass(frozen=True, slots=True)
class Directive:
    """A directive in parts. `title` are the lines right below it that are neither other."""

    name: str
    argument: str
    title: list[str] = field(default_factory=list)
    options: dict[str, str] = field(default_factory=dict)
    content: list[str] = field(default_factory=list)

    @property
    def is_silent(self) -> bool:
        return self.name in SILENT

    @property
    def describes(self) -> bool:
        """Whether it describes a function, class, option or the like by its signature."""
        kind = self.name.rpartition(":")[2].removeprefix("auto")
        if self.name == "class":  # docutils' own takes names of styles
            return bool(re.match(r"\w*[A-Z(.]", self.argument))
        return ":" in self.name or kind in _DESCRIBED

    @property
    def named(self) -> str:
        """The argument, where it is text."""
        if self.describes or self.name not in _UNNAMED_ARGUMENT:
            return self.argument
        return ""

    @property
    def signatures(self) -> list[str]:
        prefixes = [name for name in _PREFIXES if name in self.options]
        return [" ".join([*prefixes, line.strip(" \\")]) for line in [self.argument, *self.title]]

    @property
    def words(self) -> list[str]:
        found = [value for name, value in self.options.items() if name in _WORDS and value]
        return [f"`{value}`_" for value in found] if "target" in self.options else found

    @property
    def facts(self) -> list[str]:
        """Options as fields, such as `type: int`."""
        return [f"{name}: {value}" for name, value in self.options.items() if name in _FACTS]


def field_of(line: str) -> tuple[str, str]:
    """The name and the text of a field."""
    match = FIELD.match(line)
    return (match["name"], match["text"] or "") if match else ("", line.strip())


def parse(line: str, body: list[str]) -> Directive | None:
    """The directive that begins in a line and has that body; None for what is not one."""
    match = START.match(line.strip())
    if match is None:
        return None
    name, argument = match["name"].lower(), match["argument"] or ""
    body = dedented(body)
    start = 0
    if name not in CODE | TABLES:
        ends = (at for at, each in enumerate(body) if not each or FIELD.match(each))
        start = next(ends, len(body))
    options: dict[str, str] = {}
    at, last = start, ""
    while at < len(body) and body[at]:
        option = _OPTION.match(body[at])
        if option:
            last = option["name"].lower()
            options[last] = option["value"] or ""
        elif last and body[at].startswith(" "):
            options[last] = f"{options[last]} {body[at].strip()}".strip()
        else:
            break
        at += 1
    return Directive(name, argument.strip(), body[:start], options, body[at:])
