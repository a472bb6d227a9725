"""A run as PDF, which Typst sets: the document is data to its one template, never its code."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import typst

from research.web.export import ast, fonts
from research.web.export.ast import Node
from research.web.export.snapshot import Run

TEMPLATE = Path(__file__).with_name("styles") / "report.typ"
MOST_TOLD = 20  # characters that no font has
_LONG = re.compile(r"[!-~]{40}(?=[!-~])")
_BREAK = "\u200b"


def as_pdf(document: Node, run: Run) -> tuple[bytes, str]:
    """The file, and what a reader is told that it lacks; empty: nothing."""
    missing = missing_in_words(fonts.missing_from("".join(_texts(document))))
    blocks = document["blocks"]
    front = len(blocks) - len(run.topics)
    if missing:
        blocks.insert(front, ast.para(ast.bold(missing)))
        front += 1
    _let_break(document)
    inputs = {
        "document": json.dumps(document),
        "front": str(front),
        "depth": str(_depth(run)),
        "fonts": json.dumps(fonts.families()),
        "code_fonts": json.dumps(fonts.families(first=fonts.CODE)),
        **{f"fonts_{name}": json.dumps(fonts.families(name)) for name in ("ja", "ko", "zh")},
    }
    empty = Path.cwd()  # this process's folder: a template could read what stands there
    compiler = typst.Compiler(
        TEMPLATE.read_bytes(),
        root=empty,
        font_paths=fonts.found(),
        sys_inputs=inputs,
        package_path=empty,
        package_cache_path=empty,
    )
    return cast("bytes", compiler.compile(format="pdf")), missing


def missing_in_words(missing: list[str]) -> str:
    if not missing:
        return ""
    shown = ", ".join(f"U+{ord(character):04X}" for character in missing[:MOST_TOLD])
    more = f" and {len(missing) - MOST_TOLD} more" if len(missing) > MOST_TOLD else ""
    return (
        f"No font here has these characters, which stand as boxes: {shown}{more}. "
        "Install a font for them where the site runs, or take the run as HTML or DOCX."
    )


def _depth(run: Run) -> int:
    """Of the contents: the topics of a run, or the parts of one long report."""
    if len(run.topics) > 1:
        return 1
    headings = sum(len(re.findall(r"^#{1,6} ", t.result, re.MULTILINE)) for t in run.topics)
    return 3 if headings > 3 else 0


def _texts(node: Any) -> Iterator[str]:
    """All strings of the tree."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        yield from _texts(list(node.values()))
    elif isinstance(node, list):
        for each in node:
            yield from _texts(each)


def _let_break(node: Any) -> None:
    """Lets words break that are longer than a line, as addresses and digests are."""
    if isinstance(node, list):
        for each in node:
            _let_break(each)
    elif isinstance(node, dict):
        match node.get("t"), node.get("c"):
            case "Str", str(text):
                node["c"] = _LONG.sub(rf"\g<0>{_BREAK}", text)
            case "Code" | "CodeBlock", [attributes, str(text)]:
                node["c"] = [attributes, _LONG.sub(rf"\g<0>{_BREAK}", text)]
            case _:
                _let_break(list(node.values()))
