"""`manage.py restore PATH`: puts a backup back, while the site does not run."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from research.ops.backup import archive
from research.ops.backup.exceptions import BackupError
from research.ops.database import check_reachable

OTHER_KEY = (
    "The SECRET_KEY here is another than the backup's: providers' keys that were typed in have to "
    "be typed in again, and links that were given out lead nowhere. With the backup's SECRET_KEY "
    "all is as it was."
)


class Command(BaseCommand):
    help = (
        "Puts a backup in the place of the database, which has to be empty. Stop the site first. "
        "Everybody signs in again."
    )
    requires_migrations_checks = False
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", help="the backup")
        parser.add_argument(
            "--replace", action="store_true", help="in the place of a database that is not empty"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        check_reachable()
        try:
            restored = archive.restore(Path(options["path"]), options["replace"])
        except BackupError as error:
            raise CommandError(str(error), returncode=2) from None
        self.stdout.write(f"Restored the backup of {restored.about.day}.")
        if restored.is_older:
            self.stdout.write("It is of an earlier version; the site's start brings it up to date.")
        if not restored.has_key:
            self.stderr.write(OTHER_KEY)
