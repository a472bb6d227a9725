"""reStructuredText, and the looser plain text of docstrings and of `pydoc_data.topics`.

Not the whole language: what is needed to tell sentences from code, markup and decoration. What is
not known keeps its words.
"""

from research.library.blocks import Reading
from research.library.readers.rst.headings import Headings
from research.library.readers.rst.lines import looks_like_code, split
from research.library.readers.rst.reader import Reader
from research.library.readers.rst.substitutions import Substitutions

__all__ = ["looks_like_code", "read"]


def read(text: str) -> Reading:
    """The title is the first heading."""
    blocks = list(Reader(split(text), Substitutions(text), Headings()).blocks())
    return Reading(next((block.text for block in blocks if block.level), ""), blocks)
