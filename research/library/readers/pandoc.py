"""What pandoc reads: it makes HTML of a document, which is read as a page is."""

import subprocess
from html import escape
from pathlib import Path

import pypandoc

from research.confined.exceptions import NeedsTooMuchMemory, TakesTooLong
from research.confined.limits import MEMORY
from research.library.blocks import Reading
from research.library.characters import shortened
from research.library.exceptions import BrokenFile
from research.library.readers import html

PANDOC = Path(pypandoc.__file__).parent / "files" / "pandoc"  # the package's, not the system's
PAGE = Path(__file__).with_name("pandoc.html")
WITHOUT_MEMORY = 251  # its exit status


def read(content: bytes, name: str, format: str, title: str = "") -> Reading:
    """The document in one of pandoc's formats; raises BrokenFile, which calls it `name`.

    `title` is that of its properties, where it shows none. Called in a reader's process only,
    whose limits hold for pandoc, too.
    """
    done = subprocess.run(  # noqa: S603 options are our own, and the document is its input
        [
            *(PANDOC, "--sandbox", f"--from={format}", "--to=html5", f"--template={PAGE}"),
            f"--variable=properties:{escape(shortened(title))}",
            *("--wrap=none", "--syntax-highlighting=none", "--track-changes=accept"),
        ],
        input=content,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"HOME": "/nonexistent", "LANG": "C.UTF-8"},
        check=False,
    )
    if done.returncode == WITHOUT_MEMORY:
        raise NeedsTooMuchMemory(name, limit=MEMORY // 1024**2)
    if done.returncode < 0:  # the system has ended it, at a limit
        raise TakesTooLong(name)
    if done.returncode:
        raise BrokenFile(name, reason="its text cannot be read")
    return html.read(done.stdout.decode("utf-8", "replace"))
