"""`manage.py worker`: a worker of the distributed engine, many topics at once in one process."""

import asyncio
import os
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from research.exceptions import EngineUnavailable
from research.ops import metrics
from research.ops.database import check_migrated, check_reachable
from research.ops.private_files import keep_private
from research.ops.runtime import take_short_turns


class Command(BaseCommand):
    help = "Runs queued topics, RESEARCH_MAX_CREWS at once. Needs DATABASE_URL=postgres://…"
    requires_migrations_checks = False

    def handle(self, *args: Any, **options: Any) -> None:
        if connection.vendor != "postgresql":
            raise CommandError(
                "Workers need DATABASE_URL=postgres://…; on SQLite the site runs the crews itself.",
                returncode=2,
            )
        check_reachable()
        keep_private()
        check_migrated()
        take_short_turns()
        metrics.serve(metrics.Shown("worker"))
        from research.engine.fleet.worker import work  # which needs PostgreSQL
        from research.engine.readiness import CannotStart

        try:
            asyncio.run(work(self.stderr.write))
        except CannotStart as error:
            raise CommandError(str(EngineUnavailable(trouble=error))) from None
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)  # without waiting for tool calls in threads
