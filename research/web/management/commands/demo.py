"""`manage.py demo`: fills the site with a run of long made-up reports, to look at its pages."""

from typing import Any

from django.core.management.base import BaseCommand

from research.ops.database import check_reachable, migrate
from research.web.demo.run import build


class Command(BaseCommand):
    help = "Adds a run of sixty long made-up reports, once, and says where it is."
    requires_migrations_checks = False

    def handle(self, *args: Any, **options: Any) -> None:
        check_reachable()
        migrate()
        run = build()
        self.stderr.write("A run of sixty made-up reports is there. `make run` shows it at:")
        self.stdout.write(run.get_absolute_url())
