"""`manage.py again RUN`: an old run's topics in a new run, from the terminal."""

import uuid
from collections.abc import Iterator
from typing import Any

from django.core.management.base import CommandError, CommandParser

from research.exceptions import BadInput, ResearchError
from research.runs.again import again
from research.runs.allowance import Allowance
from research.runs.models import Run
from research.web.management.running import RunCommand


class Command(RunCommand):
    help = (
        "Runs the topics of an old run again, in a new one. What is left out is as it was: the "
        "topics, the model, the budget, and the blueprint as the old run kept it. Results on "
        "stdout, progress on stderr."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("run", metavar="RUN", help="the old run's id")
        parser.add_argument("--topics", metavar="1,3-5", help="their positions; all, if left out")
        parser.add_argument("--blueprint", help="a blueprint as it is today")
        parser.add_argument("--model", help="as RESEARCH_MODEL: provider/model, or offline")
        parser.add_argument("--max-tokens", metavar="NUMBER", help="stop when this many are spent")
        parser.add_argument("--max-usd", metavar="USD", help="… or when they have cost this much")
        parser.add_argument("--json", action="store_true", help="print the run as the API shows it")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exits with 0 when all topics succeeded, 1 when some failed, 2 on bad input."""
        self.prepare()
        limits = options["max_tokens"], options["max_usd"]
        try:
            submission = again(
                _run(options["run"]),
                set(_positions(options["topics"])) if options["topics"] is not None else None,
                options["model"],
                options["blueprint"],
                Allowance.parse(*limits) if any(limits) else None,
            )
        except ResearchError as error:
            raise CommandError(str(error), returncode=2) from None
        self.run(submission, as_json=options["json"])


def _run(name: str) -> Run:
    try:
        return Run.objects.get(pk=uuid.UUID(name))
    except (ValueError, Run.DoesNotExist):
        raise CommandError(f"There is no run {name!r}.", returncode=2) from None


def _positions(text: str) -> Iterator[int]:
    """Of `1,3-5`. Raises BadInput."""
    for part in text.split(","):
        first, _, last = (number.strip() for number in part.partition("-"))
        ends = first, last or first
        if not all(end.isascii() and end.isdigit() and len(end) < 7 for end in ends):
            raise BadInput(reason=f"--topics takes positions such as 1,3-5, not {part[:40]!r}.")
        low, high = map(int, ends)
        yield from range(low, high + 1)
