"""python -m research.web.export FORMAT: writes the snapshot that comes on stdin as a file.

What models wrote is hostile: the writers work here, without the site's environment, within limits
of time and memory. Lines of JSON on stdout tell how far they are; the last one is
`{"size": bytes, "warning": text}` with the file behind it, or `{"failed": why}`. A process without
memory aborts, as compiled code does.
"""

import json
import os
import pickle
import sys
from typing import Any

from research.confined.limits import confine
from research.web.export import limits
from research.web.export.document import Progress, document
from research.web.export.snapshot import Run

PANDOC_WITHOUT_MEMORY = 251  # its exit status
LONGEST_REASON = 500  # characters


def main(format: str) -> None:
    confine(limits.SECONDS, limits.WALL_SECONDS, limits.MEMORY, limits.FILE_SIZE)
    run = pickle.loads(sys.stdin.buffer.read())  # noqa: S301 the site's own, which has started this
    try:
        file, warning = _write(format, run, lambda done: _say(done=done, total=len(run.topics)))
    except MemoryError:
        os.abort()
    except Exception as error:  # noqa: BLE001 whatever a library makes of what is hostile
        if getattr(error, "returncode", None) == PANDOC_WITHOUT_MEMORY:
            os.abort()
        _say(failed=f"{type(error).__name__}: {error}"[:LONGEST_REASON])
        sys.exit(1)
    _say(size=len(file), warning=warning)
    sys.stdout.buffer.write(file)
    sys.stdout.buffer.flush()


def _write(format: str, run: Run, progress: Progress) -> tuple[bytes, str]:
    """A file, and a warning that goes with it or nothing. A writer is loaded when it is needed."""
    if format == "xlsx":
        from research.web.export.xlsx_file import as_xlsx

        return as_xlsx(run), ""
    if format == "pdf":
        from research.web.export.pdf_file import as_pdf

        return as_pdf(document(run, False, progress), run)
    from research.web.export.pandoc_files import as_docx, as_html

    tree = document(run, True, progress)
    return (as_html(tree) if format == "html" else as_docx(tree)), ""


def _say(**told: Any) -> None:
    sys.stdout.buffer.write(json.dumps(told).encode() + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(sys.argv[1])
