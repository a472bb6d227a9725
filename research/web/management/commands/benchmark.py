"""`manage.py benchmark`: what running topics together saves, with your model or a simulated one."""

import asyncio
import json
import sys
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from research.crews.llms import catalog
from research.exceptions import BadInput
from research.web.benchmark.measuring import compare
from research.web.benchmark.provider import SIMULATED
from research.web.benchmark.table import as_table

MAX_LATENCY = 60.0  # seconds
SAMPLE = 3  # topics that are run one after another, unless --full asks for all of them


class Command(BaseCommand):
    help = "Runs one-call crews one after another and all at once, and compares the times."
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--topics", type=int, default=20)
        parser.add_argument(
            "--model", help="as RESEARCH_MODEL; without it, a simulated model that costs nothing"
        )
        parser.add_argument(
            "--latency", type=float, default=1.0, help="seconds that the simulated model takes"
        )
        parser.add_argument("--full", action="store_true", help="run all topics in sequence too")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exits with 0 when all topics succeeded, 1 when some failed, 2 on bad input."""
        topics, latency = options["topics"], options["latency"]
        if not 1 <= topics <= settings.RESEARCH_MAX_TOPICS:
            limit = settings.RESEARCH_MAX_TOPICS
            raise CommandError(f"--topics must be a number from 1 to {limit}.", returncode=2)
        if not 0 <= latency <= MAX_LATENCY:
            raise CommandError(f"--latency must be from 0 to {MAX_LATENCY:g} s.", returncode=2)
        try:
            model = catalog.resolve(options["model"]) if options["model"] else SIMULATED
        except BadInput as error:
            raise CommandError(str(error), returncode=2) from None
        sample = topics if options["full"] else min(SAMPLE, topics)
        done = asyncio.run(compare(model, topics, sample, latency))
        if options["json"]:
            self.stdout.write(json.dumps(asdict(done) | {"speed_up": done.speed_up}, indent=2))
        else:
            self.stdout.write(as_table(done))
        for message in done.errors:
            self.stderr.write(message)
        sys.exit(1 if done.failed else 0)
