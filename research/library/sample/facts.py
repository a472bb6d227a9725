"""What each installed package says of itself in a few words: its version, licence, addresses."""

from collections.abc import Iterator
from email.message import Message
from email.parser import HeaderParser
from importlib import metadata

from research.library.blocks import Block, Kind, Reading
from research.library.sample.texts import Text

_LONGEST = 300  # characters of a field; a whole licence in one is left out
_LICENSE = "License :: "


def texts() -> Iterator[Text]:
    """A text of a few lines for each package, of which a table can be made."""
    for package in sorted(metadata.distributions(), key=lambda found: found.name.lower()):
        head = HeaderParser().parsestr(_head(package))
        name, version = head.get("Name", ""), head.get("Version", "")
        lines = [f"{label}: {value}" for label, value in _fields(head) if _is_line(value)]
        blocks = [Block(Kind.ITEM, line) for line in lines]
        if name and version:
            reading = Reading(f"{name}: Facts of the package", blocks)
            origin = f"package {name} {version}"
            yield Text(f"facts:{name.lower()}", "text", origin, reading)


def _head(package: metadata.Distribution) -> str:
    """The fields alone: a README behind them takes long to read."""
    whole = package.read_text("METADATA") or package.read_text("PKG-INFO") or ""
    return whole.partition("\n\n")[0]


def _fields(head: Message) -> Iterator[tuple[str, str]]:
    yield "Version", head.get("Version", "")
    yield "Summary", head.get("Summary", "").rstrip(".")
    yield "License", _license(head)
    yield "Author", _person(head, "Author")
    yield "Maintainer", _person(head, "Maintainer")
    yield "Requires Python", head.get("Requires-Python", "")
    yield "Home page", head.get("Home-page", "")
    for address in head.get_all("Project-URL", []):
        label, _, url = address.partition(",")
        yield label.strip(), url.strip()


def _license(head: Message) -> str:
    """The expression, where there is one; else the words, else what it is classified as."""
    said = head.get("License-Expression") or head.get("License") or ""
    if _is_line(said):
        return said
    kinds = [kind for kind in head.get_all("Classifier", []) if kind.startswith(_LICENSE)]
    return ", ".join(kind.rpartition(" :: ")[2] for kind in kinds)


def _person(head: Message, field: str) -> str:
    """The name without the address."""
    with_address = head.get(f"{field}-email", "")
    return head.get(field, "") or with_address.partition("<")[0].strip(' "')


def _is_line(value: str) -> bool:
    return bool(value) and "\n" not in value and len(value) <= _LONGEST and value != "UNKNOWN"
