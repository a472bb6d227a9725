"""The kinds of files that a run is taken away as, and how each is written."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from django.core.serializers.json import DjangoJSONEncoder

from research.runs.models import Run
from research.web.export.csv_file import as_csv
from research.web.export.markdown_file import as_markdown
from research.web.export.references import as_bibtex, as_csl
from research.web.export.snapshot import Run as Snapshot
from research.web.export.taking import take
from research.web.export.whole import as_json

Name = Literal["md", "html", "docx", "pdf", "csv", "xlsx", "json", "bib", "csljson"]
_OFFICE = "application/vnd.openxmlformats-officedocument"


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file; one that is not written at once is built in a process of its own."""

    name: Name
    label: str
    content_type: str
    pieces: Callable[[Run], Iterator[str]] | None = None
    ending: str = ""
    """Of its files; empty: the name."""
    group: str = "Document"
    """What a menu lists it under."""

    @property
    def is_built(self) -> bool:
        return self.pieces is None

    def text_of(self, run: Run) -> Iterator[str]:
        """The file in pieces, of a format that is not built."""
        return self.pieces(run) if self.pieces else iter(())

    def file_name(self, run: str, position: int | None) -> str:
        part = f"-{position}" if position is not None else ""
        return f"research-{run}{part}.{self.ending or self.name}"


def _of_snapshot(write: Callable[[Snapshot], Iterator[str]]) -> Callable[[Run], Iterator[str]]:
    return lambda run: write(take(run))


def _json(run: Run) -> Iterator[str]:
    yield json.dumps(as_json(run), cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)


_UTF8 = "; charset=utf-8"
_ALL = (
    Format("pdf", "PDF", "application/pdf"),
    Format("docx", "Word (DOCX)", f"{_OFFICE}.wordprocessingml.document"),
    Format("html", "Web page (HTML)", f"text/html{_UTF8}"),
    Format("md", "Markdown", f"text/markdown{_UTF8}", _of_snapshot(as_markdown)),
    Format("xlsx", "Excel (XLSX)", f"{_OFFICE}.spreadsheetml.sheet", group="Table"),
    Format("csv", "CSV", f"text/csv{_UTF8}", _of_snapshot(as_csv), group="Table"),
    Format("json", "JSON", f"application/json{_UTF8}", _json, group="Data"),
    Format(
        "bib", "BibTeX", f"application/x-bibtex{_UTF8}", _of_snapshot(as_bibtex), group="Sources"
    ),
    Format(
        "csljson",
        "CSL JSON",
        f"application/vnd.citationstyles.csl+json{_UTF8}",
        _of_snapshot(as_csl),
        ending="csl.json",
        group="Sources",
    ),
)
FORMATS: dict[str, Format] = {format.name: format for format in _ALL}
