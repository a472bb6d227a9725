"""The layout: imports run down through the rooms, in no circle, and never out of `research/`."""

import subprocess
import sys
from pathlib import Path

from tests.support.patience import patient

PROJECT = Path(__file__).resolve().parents[2]
LINTER = "from importlinter.cli import lint_imports_command; lint_imports_command()"


def test_imports_run_down_and_in_no_circle() -> None:
    """The rooms stand in pyproject.toml, under `[tool.importlinter]`."""
    command = [sys.executable, "-c", LINTER, "--no-cache"]
    linted = subprocess.run(
        command, cwd=PROJECT, capture_output=True, text=True, timeout=patient(120)
    )
    assert linted.returncode == 0, linted.stdout


def test_every_room_says_what_it_is_for() -> None:
    rooms = [file.parent for file in (PROJECT / "research").rglob("__init__.py")]
    silent = ("migrations", "management", "commands", "templatetags")
    speechless = [
        str(room.relative_to(PROJECT))
        for room in rooms
        if room.name not in silent and not (room / "__init__.py").read_text().startswith('"""')
    ]
    assert speechless == []


def test_tests_share_through_support_only() -> None:
    """No test imports another test, and what the site runs imports no test."""
    wrong = []
    for file in PROJECT.glob("tests/**/*.py"):
        for line in file.read_text().splitlines():
            if line.startswith(("from tests.", "import tests.")) and ".support" not in line:
                wrong.append(f"{file.relative_to(PROJECT)}: {line}")
    for file in PROJECT.glob("research/**/*.py"):
        if "from tests" in file.read_text():
            wrong.append(str(file.relative_to(PROJECT)))
    assert wrong == []
