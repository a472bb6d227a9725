"""`manage.py export RUN`: a run, or one of its topics, as a file."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from research.exceptions import ResearchError
from research.ops.database import check_reachable
from research.web.export.formats import FORMATS, Format
from research.web.export.taking import find, take
from research.web.export.writing import File, write


class Command(BaseCommand):
    help = (
        "Writes a run, or one of its topics, as a file: a document, a table, JSON, or its sources "
        "as references. Exit status: 0 written, 2 no such run, not finished, or not to be written."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("run", help="the run's id")
        parser.add_argument("--format", choices=list(FORMATS), help="default: the file's ending")
        parser.add_argument("--topic", type=int, metavar="N", help="its position: one topic alone")
        parser.add_argument(
            "--partial", action="store_true", help="of a run at work, what there is by now"
        )
        parser.add_argument("-o", "--output", metavar="FILE", help="default: standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        check_reachable()
        output = Path(options["output"]) if options["output"] else None
        format = _format(options["format"], output)
        if output is None and format.is_built and sys.stdout.isatty():
            raise CommandError(
                f"{format.label} is no text for a terminal. Name a file with -o.", returncode=2
            )
        try:
            file = self._file(format, options)
        except ResearchError as error:
            raise CommandError(str(error), returncode=2) from None
        if file.warning:
            self.stderr.write(file.warning)
        if output is None:
            sys.stdout.buffer.write(file.content)
            return
        try:
            output.write_bytes(file.content)
        except OSError as error:
            raise CommandError(f"{output}: {error.strerror}.", returncode=2) from None

    def _file(self, format: Format, options: dict[str, Any]) -> File:
        run = find(options["run"], options["topic"], options["partial"])
        if not format.is_built:
            return File("".join(format.text_of(run)).encode("utf-8", "replace"))
        bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        with bar:
            shown = bar.add_task(f"{format.label}: topics", total=None)
            return write(
                take(run),
                format.name,
                lambda done, total: bar.update(shown, completed=done, total=total),
            )


def _format(name: str | None, output: Path | None) -> Format:
    if name:
        return FORMATS[name]
    endings = {f".{format.ending or format.name}": format for format in FORMATS.values()}
    for ending in sorted(endings, key=len, reverse=True) if output else ():
        if str(output).lower().endswith(ending):
            return endings[ending]
    known = ", ".join(FORMATS)
    raise CommandError(f"Which format? Name one with --format: {known}.", returncode=2)
