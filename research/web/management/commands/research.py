"""`manage.py research "topic" …`: a run from the terminal."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from research.exceptions import BadInput
from research.runs.allowance import Allowance
from research.runs.models import Priority
from research.runs.submission import DEFAULT_BLUEPRINT, Submission
from research.web.management.running import RunCommand


class Command(RunCommand):
    help = "Runs topics, one crew each, all at once. Results on stdout, progress on stderr."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("topics", nargs="*", metavar="TOPIC")
        parser.add_argument("--blueprint", default=DEFAULT_BLUEPRINT)
        parser.add_argument("--model", help="as RESEARCH_MODEL: provider/model, or offline")
        parser.add_argument("--max-tokens", metavar="NUMBER", help="stop when this many are spent")
        parser.add_argument("--max-usd", metavar="USD", help="… or when they have cost this much")
        parser.add_argument("--priority", choices=Priority.labels, default=Priority.NORMAL.label)
        parser.add_argument("--json", action="store_true", help="print the run as the API shows it")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exits with 0 when all topics succeeded, 1 when some failed, 2 on bad input."""
        self.prepare()
        try:
            submission = Submission.check(
                options["topics"],
                options["blueprint"],
                options["model"],
                Allowance.parse(options["max_tokens"], options["max_usd"]),
                options["priority"],
            )
        except BadInput as error:
            raise CommandError(str(error), returncode=2) from None
        self.run(submission, as_json=options["json"])
