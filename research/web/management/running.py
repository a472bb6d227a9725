"""What commands share that run topics in the terminal."""

import asyncio
import json
import sys
from typing import TYPE_CHECKING

from django.core.management.base import BaseCommand, CommandError

from research.exceptions import EngineUnavailable, NoPrice, QuotaSpent
from research.ops.database import check_migrated, check_reachable
from research.ops.private_files import keep_private
from research.runs import findings, marks
from research.runs.models import Run, Status
from research.runs.submission import Submission

if TYPE_CHECKING:
    from research.engine.embedded.loop import LocalEngine


class RunCommand(BaseCommand):
    """Submits a run and works on it: results on stdout, progress on stderr."""

    def prepare(self) -> None:
        check_reachable()
        keep_private()
        check_migrated()

    def run(self, submission: Submission, as_json: bool) -> None:
        """Exits with 0 when all topics succeeded, 1 when some did not, 2 when none may be run."""
        try:
            run = submission.submit()
        except (NoPrice, QuotaSpent) as error:
            raise CommandError(str(error), returncode=2) from None
        self._work(run, len(submission.topics))
        run.refresh_from_db()
        self._print(run, as_json)
        sys.exit(0 if run.status == Status.SUCCEEDED else 1)

    def _work(self, run: Run, topics: int) -> None:
        from research.engine.embedded.loop import LocalEngine

        engine = LocalEngine(only=run.pk)
        engine.start()
        engine.wake()
        try:
            asyncio.run(_show_progress(run, topics, engine))
        except EngineUnavailable as error:
            raise CommandError(f"{error} The run {run.pk} is kept.") from None
        except KeyboardInterrupt:
            raise CommandError(
                f"Stopped. The run {run.pk} is kept, and goes on when the site runs.",
                returncode=130,
            ) from None
        finally:
            engine.stop()

    def _print(self, run: Run, as_json: bool) -> None:
        if as_json:
            from research.web.api.schemas import RunOut

            shape = RunOut.of(run).model_dump(mode="json")
            self.stdout.write(json.dumps(shape, indent=2, ensure_ascii=False))
            return
        for topic in run.topics.all():
            self.stdout.write(f"# {topic.text}\n")
            if topic.inputs:
                given = (f"{name}: {value}" for name, value in topic.inputs.items() if value)
                self.stdout.write("\n".join([*given, ""]))
            self.stdout.write(f"{topic.result or topic.error_message}\n")
            for source in topic.sources.all():
                self.stdout.write(f"[{source.number}] {source.title} {source.url}")
            if label := findings.label(topic):
                self.stdout.write(f"({label}: {findings.advice(topic)})")
            for remark in marks.remarks(topic):
                self.stdout.write(f"({remark})")
            self.stdout.write("")


async def _show_progress(run: Run, topics: int, engine: "LocalEngine") -> None:
    """Shows the run's way to its end. Raises EngineUnavailable when it will not come."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from research.kinds import ENDINGS
    from research.live.follow import follow

    with Progress(
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("topics"),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
        console=Console(stderr=True),
    ) as progress:
        bar = progress.add_task("starting", total=topics)
        async for line in follow(run.pk):
            if engine.trouble:
                raise EngineUnavailable(trouble=engine.trouble)
            if line.kind in ENDINGS:
                progress.advance(bar)
            elif note := json.loads(line.text).get("data", {}).get("note"):
                progress.update(bar, description=note)
        progress.update(bar, description="")
