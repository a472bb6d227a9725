"""What stands in front of a Markdown document, in YAML or TOML, about it."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

_FENCED = re.compile(
    r"\A(?:---[ \t]*\n(.*?)\n?(?:---|\.\.\.)|\+\+\+[ \t]*\n(.*?)\n?\+\+\+)[ \t]*(?:\n|\Z)", re.S
)
# Also of what is almost YAML, such as a title with a colon in it.
_LINE = re.compile(r"(?P<name>[\w.-]+)[ \t]*[:=](?:\s+(?P<value>.*))?|[ \t].*|-.*|#.*|")
MAX_PARSED = 20_000  # characters: parsers take time that grows with their square
ABOUT = ("description", "summary", "subtitle", "abstract", "excerpt")


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """A document's title and what it says that it is about; both may be empty."""

    title: str = ""
    about: str = ""


def split(text: str) -> tuple[FrontMatter, str]:
    """The front matter, and the text behind it: all of it, where there is none."""
    found = _FENCED.match(text)
    if found is None:
        return FrontMatter(), text
    matter = found[1] or found[2] or ""
    parse = _by_lines if len(matter) > MAX_PARSED else _as_yaml if found[2] is None else _as_toml
    told = parse(matter)
    if told is None:
        return FrontMatter(), text  # a text between two rules
    about = [_line(told.get(name)) for name in ABOUT]
    return FrontMatter(_line(told.get("title")), "\n\n".join(filter(None, about))), text[
        found.end() :
    ]


def _as_yaml(text: str) -> Mapping[str, Any] | None:
    try:
        told = yaml.load(text, Loader=yaml.BaseLoader) or {}  # noqa: S506  (which only makes texts)
    except (yaml.YAMLError, ValueError, RecursionError):
        return _by_lines(text)
    return told if isinstance(told, dict) else None


def _as_toml(text: str) -> Mapping[str, Any] | None:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, ValueError, RecursionError):
        return _by_lines(text)


def _by_lines(text: str) -> Mapping[str, Any] | None:
    lines = [_LINE.fullmatch(line) for line in text.split("\n")]
    if not all(lines):
        return None
    return {
        line["name"]: line["value"].strip().strip("'\"")
        for line in lines
        if line and line["name"] and line["value"]
    }


def _line(value: Any) -> str:
    return " ".join(value.split()) if isinstance(value, str) else ""
