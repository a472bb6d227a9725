"""`manage.py library`: the documents that crews read, from a terminal."""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from research.confined.exceptions import RefusedFile
from research.library import archives, sample
from research.library.documents import Folder, add_path, is_archive
from research.library.models import Document
from research.library.outcomes import Outcome, headline
from research.library.search import search
from research.library.suggestions import did_you_mean


def _is_many(path: Path) -> bool:
    return path.is_dir() or is_archive(path.name)


BAD_INPUT = 2  # the exit status when something was refused


class Command(BaseCommand):
    help = "Adds, lists, searches and removes the documents that crews read."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
        add = commands.add_parser("add", help="add files, or the files of folders")
        add.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        commands.add_parser("fill", help="fill the sample library")
        commands.add_parser("list", help="list the documents")
        remove = commands.add_parser("remove", help="remove documents")
        remove.add_argument("ids", nargs="+", type=int, metavar="ID")
        find = commands.add_parser("search", help="show the passages on a topic")
        find.add_argument("words", nargs="+", metavar="WORD")

    def handle(self, *args: Any, command: str, **options: Any) -> None:
        getattr(self, f"_{command}")(**options)

    def _add(self, paths: list[Path], **options: Any) -> None:
        outcomes: list[Outcome] = []
        hidden, failed = 0, 0
        for path in paths:
            folder = Folder.of(path) if path.is_dir() else Folder([path], hidden=0)
            found = [each for file in folder.files for each in self._added(file, path)]
            if not any(outcome.change for outcome in found) and path.is_dir():
                self.stderr.write(f"{path} holds no file that the library reads.")
                failed += 1
            # Of a folder's files, one that is of another kind is no mistake.
            failed += sum(
                not each.change and not (each.is_other and _is_many(path)) for each in found
            )
            outcomes += found
            hidden += folder.hidden
        self.stderr.write(f"{headline(outcomes, hidden)}.")
        if failed:
            number = "1 was" if failed == 1 else f"{failed} were"
            raise CommandError(f"{number} refused.", returncode=BAD_INPUT)

    def _added(self, file: Path, named: Path) -> Iterator[Outcome]:
        """Adds a file of what was named, or the files of an archive, and says so."""
        within = named if named.is_dir() else None
        try:
            if is_archive(file.name):
                for outcome in archives.add_path(file, within):
                    self._say(outcome)
                    yield outcome
                return
            added = add_path(file, within)
        except RefusedFile as error:
            self.stderr.write(str(error))
            yield Outcome.refused(str(file), error)
            return
        self._line(added.document)
        yield Outcome.taken(str(file), added)

    def _say(self, outcome: Outcome) -> None:
        if outcome.change:
            self.stdout.write(f"        {outcome.path}: {outcome.told}")
        else:
            self.stderr.write(outcome.told)

    def _fill(self, **options: Any) -> None:
        if sample.fill():
            count = Document.objects.built_in().count()
            self.stdout.write(f"The sample library holds {count} documents.")
        else:
            self.stdout.write("The sample library is up to date.")

    def _list(self, **options: Any) -> None:
        for document in Document.objects.listed():
            self._line(document)

    def _remove(self, ids: list[int], **options: Any) -> None:
        found = Document.objects.in_bulk(ids)
        for document in found.values():
            number = document.pk
            document.delete()
            self.stdout.write(f"{number:>6}  removed  {document.title}")
        missing = [str(number) for number in ids if number not in found]
        if missing:
            raise CommandError(f"There is no document {', '.join(missing)}.", returncode=BAD_INPUT)

    def _search(self, words: list[str], **options: Any) -> None:
        query = " ".join(words)
        hits = search(query)
        if not hits:
            meant = did_you_mean(query)
            self.stderr.write("The library holds nothing on that.")
            if meant:
                self.stderr.write(f"Did you mean: {meant}")
        for hit in hits:
            place = f"{hit.title}: {hit.heading}" if hit.heading else hit.title
            self.stdout.write(self.style.MIGRATE_HEADING(f"{place}  ({hit.url})"))
            self.stdout.write(f"{hit.text}\n\n")

    def _line(self, document: Document) -> None:
        self.stdout.write(
            f"{document.pk:>6}  {document.kind:<8}  {document.origin}: {document.title}"
        )
