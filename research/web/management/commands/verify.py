"""Checks a stored run anew: every sentence against the sources as its crews saw them."""

import json
import uuid
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from research.runs.models import Run
from research.runs.verification import Report, keep, verify


class Command(BaseCommand):
    help = (
        "Checks a stored run anew, from its results and sources, and says what changed since. "
        "Results that were never checked get their verdicts. Exit status: 0 as before, 1 verdicts "
        "or source texts changed, 2 no such run."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("run", help="the run's id")
        parser.add_argument("--json", action="store_true", help="print JSON")
        parser.add_argument(
            "--dry-run", action="store_true", help="store nothing, not even first verdicts"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        run = _run(options["run"])
        reports, is_changed = [], False
        for report in verify(run):
            is_changed |= not report.is_as_before
            if report.was_unchecked and not report.note and not options["dry_run"]:
                keep(run, report)
            if options["json"]:
                reports.append(report.as_json())
            else:
                self.stdout.write("\n".join(_lines(report)))
        if options["json"]:
            whole = {"run": str(run.pk), "changed": is_changed, "topics": reports}
            self.stdout.write(json.dumps(whole, ensure_ascii=False, indent=2))
        if is_changed:
            raise SystemExit(1)


def _run(name: str) -> Run:
    try:
        return Run.objects.get(pk=uuid.UUID(name))
    except (ValueError, Run.DoesNotExist):
        raise CommandError(f"There is no run {name!r}.", returncode=2) from None


def _lines(report: Report) -> list[str]:
    head = f"{report.position}. {report.topic}"
    if report.note:
        return [head, f"   {report.note}"]
    counts = dict(report.checked or {})
    total = counts.pop("claims", 0)
    told = ", ".join(f"{number} {verdict}" for verdict, number in counts.items() if number)
    lines = [head, f"   {total} claim{'' if total == 1 else 's'}" + (f": {told}" if told else "")]
    if report.was_unchecked:
        lines.append("   Checked for the first time.")
    elif report.is_as_before:
        lines.append("   As before.")
    for change in report.changes:
        verdicts = f"{change.before or 'no claim'} → {change.after or 'no claim'}"
        lines.append(f"   {verdicts}: {change.text}")
        if change.reason:
            lines.append(f"      {change.reason}")
    for number in report.altered:
        lines.append(f"   Source [{number}]: the stored text is not the one that the crew saw.")
    if report.unproven:
        numbers = ", ".join(map(str, report.unproven))
        lines.append(f"   No hash was kept of these sources: {numbers}.")
    return lines
