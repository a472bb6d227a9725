"""`manage.py export`: a run as a file, or on standard output."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from research.runs.models import Run
from research.runs.submission import Submission
from tests.support.exports import finished_run

pytestmark = pytest.mark.django_db


@pytest.fixture
def run() -> Run:
    return finished_run("One **is**.", "Two.")


@pytest.mark.parametrize(
    ("ending", "begins"),
    [
        ("pdf", b"%PDF"),
        ("docx", b"PK"),
        ("xlsx", b"PK"),
        ("html", b"<!DOCTYPE html>"),
        ("md", b"# bees"),
        ("csv", b"\xef\xbb\xbf"),
        ("json", b"{"),
        ("bib", b"@misc{"),
        ("csl.json", b"["),
    ],
)
def test_the_files_ending_names_the_format(
    run: Run, tmp_path: Path, ending: str, begins: bytes
) -> None:
    file = tmp_path / f"x.{ending}"
    call_command("export", str(run.pk), output=str(file))
    assert file.read_bytes().startswith(begins)


def test_one_topic_is_written(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "one"
    call_command("export", str(run.pk), format="md", topic=2, output=str(file))
    assert "Two." in file.read_text() and "One" not in file.read_text()


def test_text_goes_to_standard_output(run: Run, capfdbinary: Any) -> None:
    call_command("export", str(run.pk), format="csv")
    assert b"One **is**." in capfdbinary.readouterr().out


@pytest.mark.parametrize(
    ("name", "options", "says"),
    [
        ("x", {"format": "md"}, "There is no run"),
        ("", {"format": "md", "topic": 9}, "There is no topic 9"),
        ("", {"output": "file"}, "Which format?"),
        ("", {"format": "md", "output": "/nowhere/x.md"}, "/nowhere/x.md: No such file"),
    ],
)
def test_what_cannot_be_written_says_why(
    run: Run, name: str, options: dict[str, Any], says: str
) -> None:
    with pytest.raises(CommandError, match=says) as refused:
        call_command("export", name or str(run.pk), **options)
    assert refused.value.returncode == 2


def test_a_run_at_work_is_written_on_request(tmp_path: Path) -> None:
    run = Submission.check(["bees"], model="offline").submit()
    file = tmp_path / "x.md"
    with pytest.raises(CommandError, match="still queued"):
        call_command("export", str(run.pk), output=str(file))
    call_command("export", str(run.pk), output=str(file), partial=True)
    assert "Not finished" in file.read_text()
