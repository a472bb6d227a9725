"""A blueprint's definition as YAML, which people read and write."""

from collections.abc import Iterator
from typing import Any

import yaml
from pydantic import ValidationError

from research.crews.definition import Definition
from research.exceptions import BadBlueprint
from research.text.cleaning import UNPRINTABLE

MAX_LENGTH = 100_000  # characters
MOST_TOLD = 5  # errors at once


def as_yaml(definition: dict[str, Any]) -> str:
    """The definition as it is written in the site's own files, without what is as usual."""
    try:
        shown = Definition.model_validate(definition).model_dump(exclude_defaults=True)
    except ValidationError:  # of an earlier version: to be mended as it is
        shown = definition
    return yaml.dump(shown, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=80)


def from_yaml(text: str) -> dict[str, Any]:
    """The definition that a text stands for; JSON is YAML, too. Raises BadBlueprint."""
    if len(text) > MAX_LENGTH:
        raise BadBlueprint(reason=f"It is longer than {MAX_LENGTH:,} characters.")
    try:
        data = yaml.load(text, Loader=_Loader)  # noqa: S506 a safe loader's own subclass
    except yaml.YAMLError as error:
        raise BadBlueprint(reason=_said(error)) from None
    except RecursionError:
        raise BadBlueprint(reason="It is nested too deeply.") from None
    except ValueError as error:  # a number or a day that is none
        raise BadBlueprint(reason=f"{error}.") from None
    if not isinstance(data, dict):
        raise BadBlueprint(reason="Write agents: and tasks:, with names below them.")
    try:
        definition = Definition.model_validate(data).model_dump()
    except ValidationError as error:
        raise BadBlueprint(reason=" ".join(_told(error))) from None
    if any(UNPRINTABLE.search(part) for part in _texts(definition)):
        raise BadBlueprint(reason="It holds a character that cannot be shown.")
    return definition


class _Dumper(yaml.SafeDumper):
    """Longer texts as blocks."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    style = "|" if "\n" in text else ">" if len(text) > 80 else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


class _Loader(yaml.SafeLoader):
    """Refuses aliases, by which a short text stands for an endless one, and names given twice."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            mark = self.get_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.MarkedYAMLError(problem="aliases (*) are not read here", problem_mark=mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        seen = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    problem = f"{key.value!r} stands there twice"
                    raise yaml.MarkedYAMLError(problem=problem, problem_mark=key.start_mark)
                seen.add(key.value)
        return super().construct_mapping(node, deep)


def _said(error: yaml.YAMLError) -> str:
    """`Line 3: could not find expected ':'.`"""
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark:
        return f"Line {error.problem_mark.line + 1}: {error.problem}."
    return " ".join(str(error).split())[:200]


def _told(error: ValidationError) -> Iterator[str]:
    """`tasks.write.agent: Field required.`"""
    for each in error.errors()[:MOST_TOLD]:
        place = ".".join(str(part) for part in each["loc"])
        message = each["msg"].removeprefix("Value error, ").rstrip(".")
        yield f"{place}: {message}." if place else f"{message}."
    if (more := error.error_count() - MOST_TOLD) > 0:
        yield f"And {more} more."


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield str(key)
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
