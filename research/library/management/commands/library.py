"""`manage.py library`: the documents that crews read, from a terminal."""

import argparse
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from research.confined.exceptions import RefusedFile
from research.library import sample
from research.library.documents import KINDS, add_path, files_under, passed_over
from research.library.models import Document
from research.library.search import search
from research.library.suggestions import did_you_mean

MAX_NAMED = 50  # files passed over that are named one by one
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
        refused = 0
        for path in paths:
            files = list(files_under(path))
            if not files:
                self.stderr.write(f"{path} holds no file that the library reads.")
                refused += 1
            for file in files:
                try:
                    added = add_path(file, within=path if path.is_dir() else None)
                except RefusedFile as error:
                    self.stderr.write(str(error))
                    refused += 1
                else:
                    self._line(added.document)
            self._tell_passed_over(path)
        if refused:
            number = "1 was" if refused == 1 else f"{refused} were"
            raise CommandError(f"{number} refused.", returncode=BAD_INPUT)

    def _tell_passed_over(self, path: Path) -> None:
        """Names a folder's files of other kinds, and counts them by kind."""
        others = passed_over(path)
        if not others:
            return
        for file in others[:MAX_NAMED]:
            self.stderr.write(f"{file} was passed over: its kind is not read.")
        kinds = Counter(file.suffix.lower() or "without an ending" for file in others)
        counted = ", ".join(f"{number} {kind}" for kind, number in kinds.most_common())
        self.stderr.write(
            f"{path}: {len(others)} passed over ({counted}). The library reads {', '.join(KINDS)}."
        )

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
