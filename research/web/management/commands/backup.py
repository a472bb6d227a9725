"""`manage.py backup [PATH]`: one file with all that the site keeps, while it runs."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.template.defaultfilters import filesizeformat

from research.ops.backup import archive
from research.ops.backup.exceptions import BackupError
from research.ops.database import check_reachable

WITH_KEY = (
    "The site's key (var/secret_key) is in it, under which providers' keys are encrypted: keep the "
    "file as safe as them. --without-key leaves it out."
)
WITHOUT_KEY = (
    "SECRET_KEY is not in it. Keep it elsewhere: without it, what is encrypted cannot be read."
)


class Command(BaseCommand):
    help = "Writes a backup: the database and the site's key. The site may run meanwhile."
    requires_migrations_checks = False
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "path", nargs="?", default=".", help="a new file, or a folder; default: this folder"
        )
        parser.add_argument(
            "--without-key", action="store_true", help="leave the site's key out of it"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        check_reachable()
        try:
            made = archive.make(Path(options["path"]), not options["without_key"])
        except BackupError as error:
            raise CommandError(str(error), returncode=2) from None
        self.stdout.write(str(made.path))
        free = filesizeformat(made.free)
        self.stderr.write(f"Wrote {filesizeformat(made.size)}; {free} are free beside it.")
        self.stderr.write(WITH_KEY if made.has_key else WITHOUT_KEY)
