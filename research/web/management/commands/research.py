"""`manage.py research "topic" …`: a run from the terminal."""

from argparse import BooleanOptionalAction
from typing import Any

from django.core.management.base import CommandError, CommandParser

from research.exceptions import BadInput, RowsAndTopics
from research.people.exceptions import UnknownTeam
from research.people.models import Team
from research.runs.allowance import Allowance
from research.runs.models import Priority
from research.runs.submission import DEFAULT_BLUEPRINT, Submission
from research.sources.where import PLACES, Where
from research.web.management.running import RunCommand
from research.web.management.tables import columns_in, rows_in


class Command(RunCommand):
    help = "Runs topics, one crew each, all at once. Results on stdout, progress on stderr."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("topics", nargs="*", metavar="TOPIC")
        parser.add_argument(
            "--rows", metavar="FILE", help="a topic a row: CSV, TSV, XLSX or a Markdown table"
        )
        parser.add_argument(
            "--topic-column",
            metavar="NAME",
            default="",
            help="or its number; the first, if not said",
        )
        parser.add_argument(
            "--header",
            action=BooleanOptionalAction,
            help="whether the first row names the columns; guessed, if not said",
        )
        parser.add_argument(
            "--columns", metavar="FILE", help="what is asked of each row: JSON, as the API takes it"
        )
        parser.add_argument("--blueprint", default=DEFAULT_BLUEPRINT)
        parser.add_argument("--model", help="as RESEARCH_MODEL: provider/model, or offline")
        parser.add_argument("--where", choices=PLACES, default=PLACES[0], help="where to look")
        parser.add_argument(
            "--site", metavar="SITE", action="append", default=[], help="look at no other site"
        )
        parser.add_argument(
            "--not-site", metavar="SITE", action="append", default=[], help="never look at this one"
        )
        parser.add_argument("--since", metavar="DAY", help="nothing older, as in 2025-01-31")
        parser.add_argument("--language", metavar="CODE", help="of what is found, as in de")
        parser.add_argument("--max-tokens", metavar="NUMBER", help="stop when this many are spent")
        parser.add_argument("--max-usd", metavar="USD", help="… or when they have cost this much")
        parser.add_argument("--priority", choices=Priority.labels, default=Priority.NORMAL.label)
        parser.add_argument("--team", metavar="SLUG", help="whose run it is; nobody's, if not said")
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
                where=Where.parse(
                    options["where"],
                    options["site"],
                    options["not_site"],
                    options["since"],
                    options["language"],
                ),
                rows=self._rows(options),
                columns=columns_in(options["columns"]) if options["columns"] else (),
                team=Team.objects.named(options["team"]) if options["team"] else None,
            )
        except (BadInput, UnknownTeam) as error:
            raise CommandError(str(error), returncode=2) from None
        self.run(submission, as_json=options["json"])

    def _rows(self, options: dict[str, Any]) -> list[dict[str, str]] | None:
        """Those of the file, if one is named; raises BadInput."""
        path, header = options["rows"], options["header"]
        if path is None:
            if options["topic_column"] or header is not None:
                raise BadInput(reason="--topic-column and --header belong to --rows FILE.")
            return None
        if options["topics"]:
            raise RowsAndTopics
        return rows_in(path, self.stderr.write, options["topic_column"], header)
