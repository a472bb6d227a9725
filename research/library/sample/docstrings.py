"""Docstrings of the standard library and of chosen packages, read without importing any of them."""

import ast
import contextlib
import importlib
import inspect
import re
import sys
import sysconfig
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from types import ModuleType

from research.library.blocks import Block, Kind, Reading
from research.library.readers import rst
from research.library.sample.chosen import COMPILED, MODULES, PACKAGE_MODULES
from research.library.sample.texts import Text, titled, without_noise

ORIGIN = f"Python {sys.version_info.major}.{sys.version_info.minor} standard library"
# Characters that a docstring must have: what a class is can be said shortly.
MIN_MODULE, MIN_CLASS, MIN_FUNCTION = 20, 30, 60

_SIGNATURES = re.compile(r"(?:[\w.]+\(.*\)(?: *-+>.*)?\n+)+ *(?=\S)")
_FILE_NAME = re.compile(r"(?:module )?[\w.]+\.py\s*(?:-+|\u2013|:)\s*", re.I)


def texts() -> Iterator[Text]:
    """One text for each module: its own docstring, then those of what it offers."""
    library = Path(sysconfig.get_path("stdlib"))
    for name in MODULES.split():
        yield from _text(name, _source(library, name), ORIGIN)
    for package, names in PACKAGE_MODULES.items():
        for name in names.split():
            if source := _source(Path(sysconfig.get_path("purelib")), name):
                yield from _text(name, source, f"package {package} {metadata.version(package)}")


def _text(name: str, source: Path | None, origin: str) -> Iterator[Text]:
    module = ast.parse(source.read_bytes()) if source else ast.Module([], [])
    compiled = _compiled(name)
    about = (_docstring_of(module), _docstring(compiled))
    longest = max(about, key=len)  # that of the compiled half tells more of `csv`
    blocks = [*rst.read(longest).blocks, *_members(module), *_compiled_members(compiled)]
    reading = Reading(_title(name, longest), list(without_noise(blocks)))
    text = Text(f"module:{name}", "rst", origin, reading)
    if len(longest) >= MIN_MODULE or text.is_worth_having:
        yield text


def _source(library: Path, name: str) -> Path | None:
    place = library.joinpath(*name.split("."))
    candidates = [place.with_suffix(".py"), place / "__init__.py"]
    return next((path for path in candidates if path.is_file()), None)


def _title(name: str, docstring: str) -> str:
    """The module's name with its docstring's first line, when that is a summary."""
    summary = docstring.strip().split("\n\n")[0]
    public = ".".join(part for part in name.lstrip("_").split(".") if not part.startswith("_"))
    is_summary = "\n" not in summary and len(summary) <= 90
    return titled(public, summary if is_summary else "")


def _members(module: ast.Module) -> Iterator[Block]:
    """The docstrings of public classes and functions; those of methods answer hardly a topic."""
    for node in module.body:
        if isinstance(node, ast.ClassDef):
            yield from _documented(node, node.name, MIN_CLASS)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _documented(node, f"{node.name}()", MIN_FUNCTION)


def _documented(
    node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef,
    heading: str,
    least: int,
) -> Iterator[Block]:
    docstring = _docstring_of(node)
    if not node.name.startswith("_") and len(docstring) >= least:
        yield from _section(heading, docstring)


def _section(heading: str, docstring: str) -> Iterator[Block]:
    yield Block(Kind.HEADING, heading, 2)
    for block in rst.read(docstring).blocks:
        if block.kind == Kind.HEADING:
            yield Block(Kind.HEADING, block.text, min(block.level + 2, 6))
        else:
            yield block


def _compiled(name: str) -> ModuleType | None:
    """What of a module is written in C: it has no source to read, and costs little to import."""
    for compiled in {name, f"_{name}"} & set(COMPILED.split()):
        with contextlib.suppress(ImportError):  # this Python was built without it
            return importlib.import_module(compiled)
    return None


def _compiled_members(module: ModuleType | None) -> Iterator[Block]:
    for name, member in vars(module).items() if module else ():
        docstring = _docstring(member)
        own_name = getattr(member, "__name__", "") == name  # else another name for the same
        if callable(member) and own_name and not name.startswith("_") and len(docstring) >= 20:
            yield from _section(name if isinstance(member, type) else f"{name}()", docstring)


def _docstring(thing: object) -> str:
    found = getattr(thing, "__doc__", None)
    return _cleaned(inspect.cleandoc(found)) if isinstance(found, str) else ""


def _docstring_of(
    node: ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef,
) -> str:
    return _cleaned(ast.get_docstring(node) or "")


def _cleaned(docstring: str) -> str:
    """Without the signatures or the file's name in front; its summary as a sentence."""
    text = docstring
    for in_front in (_SIGNATURES, _FILE_NAME):
        if match := in_front.match(text):
            text = text[match.end() :]
            text = text[:1].upper() + text[1:]
    summary, gap, rest = text.partition("\n\n")
    if "\n" not in summary and summary[-1:].isalnum():
        summary += "."
    return f"{summary}{gap}{rest}"
