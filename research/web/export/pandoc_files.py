"""A run as one HTML file without a script or an outside reference, and as DOCX: pandoc's work."""

import json
import subprocess
from pathlib import Path

import pypandoc

from research.web.export.ast import Node

PANDOC = Path(pypandoc.__file__).parent / "files" / "pandoc"  # the package's, not the system's
STYLES = Path(__file__).with_name("styles")
_COMMON = ("--sandbox", "--from=json", "--standalone", "--syntax-highlighting=none")
"""`--sandbox`: it opens no file but those named here, and no address."""


def as_html(document: Node) -> bytes:
    template = f"--template={STYLES / 'report.html'}"
    return _pandoc(document, "--to=html5", template, "--shift-heading-level-by=1", "--wrap=none")


def as_docx(document: Node) -> bytes:
    return _pandoc(document, "--to=docx", "--output=-")


def _pandoc(document: Node, *options: str) -> bytes:
    """What it writes; it works in this process's folder, which is empty."""
    done = subprocess.run(  # noqa: S603 options are our own, and the document is its input
        [PANDOC, *_COMMON, *options],
        input=json.dumps(document).encode("utf-8", "replace"),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"HOME": str(Path.cwd())},
        check=True,
    )
    return done.stdout
