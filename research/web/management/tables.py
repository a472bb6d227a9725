"""Rows and columns that a command takes from files."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings

from research.exceptions import BadInput
from research.tables.rows.exceptions import UnfitRows
from research.tables.rows.limits import MAX_BYTES
from research.tables.rows.preview import preview
from research.tables.rows.read import read_file

Tell = Callable[[str], object]
SHOWN = 20  # problems that a message names


def rows_in(
    path: str, tell: Tell, topic_column: str = "", has_header: bool | None = None
) -> list[dict[str, str]]:
    """The rows of a file, as the API takes them; `tell` gets what was decided about it.

    Raises BadInput: with each row that cannot run, by the line where it stands.
    """
    most = settings.RESEARCH_MAX_TOPICS
    table = read_file(_content(path), Path(path).name, most)
    found = preview(table, most, has_header, topic_column)
    if found.problems:
        told = [str(problem) for problem in found.problems[:SHOWN]]
        if more := len(found.problems) - SHOWN:
            told += [f"… and {more:,} more"] if more > 0 else []
        raise UnfitRows(table.name, problems=" ".join(told))
    for note in [found.decided, *found.notes]:
        tell(note)
    return found.as_data()


def columns_in(path: str) -> list[dict[str, Any]]:
    """The columns in a JSON file: a list of them, or an object with it; raises BadInput."""
    try:
        said = json.loads(_content(path))
    except (ValueError, RecursionError) as error:
        raise BadInput(reason=f"{Path(path).name} is not valid JSON: {error}.") from None
    columns = said.get("columns") if isinstance(said, dict) else said
    if not isinstance(columns, list) or not all(isinstance(each, dict) for each in columns):
        hint = 'a list such as [{"name": "License", "type": "text", "ask": "…"}]'
        raise BadInput(reason=f"{Path(path).name} does not hold {hint}.")
    return columns


def _content(path: str) -> bytes:
    """A file's bytes, one more than may be read at most."""
    try:
        with Path(path).open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its name cannot be used"
        raise BadInput(reason=f"{path} cannot be opened: {reason}.") from None
