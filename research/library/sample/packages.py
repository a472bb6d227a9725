"""The READMEs that chosen packages carry in their metadata."""

import re
from collections.abc import Iterator
from importlib import metadata

from research.library.blocks import Block, Kind, Reading
from research.library.readers import markdown, plain, rst
from research.library.sample.chosen import READMES
from research.library.sample.texts import Text, titled, without_housekeeping, without_noise

MAX_README = 10_000  # characters: what a package is for stands in front


def texts() -> Iterator[Text]:
    """One text for each chosen package that is installed and says enough about itself."""
    chosen = {name.lower() for name in READMES.split()}
    installed = ((package.name.lower(), package) for package in metadata.distributions())
    found = {name: package for name, package in installed if name in chosen}
    for name, package in sorted(found.items()):
        about = package.metadata.json  # all fields, the body as "description", read once
        readme = str(about.get("description", ""))[:MAX_README]
        kind, reading = _read(readme, str(about.get("description_content_type", "")))
        blocks = list(without_noise(without_housekeeping(_below_title(reading, name))))
        title = titled(str(about["name"]), str(about.get("summary", "")))
        origin = f"package {about['name']} {about['version']}"
        text = Text(f"package:{name}", kind, origin, Reading(title, blocks))
        if text.is_worth_having:
            yield text


def _read(readme: str, content_type: str) -> tuple[str, Reading]:
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "text/markdown":
        return "markdown", markdown.read(readme)
    if kind == "text/plain":
        return "text", plain.read(readme)
    return "rst", rst.read(readme)  # also what the metadata's standard says of an unnamed kind


def _below_title(reading: Reading, name: str) -> Iterator[Block]:
    """The blocks without headings that only repeat the package's name."""
    bare = re.sub(r"\W|_", "", name).lower()
    for block in reading.blocks:
        if block.kind == Kind.HEADING and re.sub(r"\W|_", "", block.text).lower() == bare:
            continue
        yield block
