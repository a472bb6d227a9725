"""A column as a prompt asks for it, in a line that can be read back."""

import re
from collections.abc import Iterator

from research.tables.columns import Column, ColumnType

_FORMS: dict[ColumnType, str] = {
    ColumnType.TEXT: "a few words",
    ColumnType.NUMBER: "a number",
    ColumnType.DATE: "a date such as 2024-05-01, 2024-05 or 2024",
    ColumnType.BOOLEAN: "true or false",
    ColumnType.LINK: "a whole web address",
    ColumnType.LIST: "a list of short texts",
}
_TYPES = {form: type_ for type_, form in _FORMS.items()}
_ONE_OF = "one of: "
_LINE = re.compile(
    r"^- “(?P<name>[^\n]+?)” \((?:"
    rf"(?P<form>{'|'.join(map(re.escape, _TYPES))})(?: in (?P<unit>[^\n]+?))?"
    rf"|{_ONE_OF}(?P<choices>“[^\n]+?”)"
    r")\)(?:: (?P<ask>[^\n]*))?$",
    re.MULTILINE,
)


def described(column: Column) -> str:
    """`- “size” (a number in MB): how much memory it needs`."""
    form = _FORMS.get(column.type) or _ONE_OF + ", ".join(f"“{c}”" for c in column.choices)
    unit = f" in {column.unit}" if column.unit and column.type is ColumnType.NUMBER else ""
    ask = f": {' '.join(column.ask.split())}" if column.ask else ""
    return f"- “{column.name}” ({form}{unit}){ask}"


def asked_in(text: str) -> Iterator[Column]:
    """The columns that a prompt asks for, each once."""
    seen: set[str] = set()
    for line in _LINE.finditer(text):
        if line["name"] in seen:
            continue
        seen.add(line["name"])
        yield Column(
            name=line["name"],
            type=_TYPES.get(line["form"] or "", ColumnType.CHOICE),
            unit=line["unit"] or "",
            choices=tuple((line["choices"] or "").strip("“”").split("”, “"))
            if line["choices"]
            else (),
            ask=line["ask"] or "",
        )
