"""The library on PostgreSQL: its tests once more, and what only a server can be asked.

So are those of what PostgreSQL takes another way: characters that no text has, and JSON.
"""

import subprocess
import sys
from pathlib import Path
from threading import Thread

import pytest

from tests.support.patience import patient
from tests.support.site import PROJECT, Site


@pytest.fixture(scope="module")
def on_postgres(tmp_path_factory: pytest.TempPathFactory, postgres_url: str) -> Site:
    """A site that is not started, with its tables in the database of `postgres_url`."""
    site = Site(tmp_path_factory.mktemp("postgres"), DATABASE_URL=postgres_url)
    migrated = site.manage("migrate")
    assert migrated.returncode == 0, migrated.stderr
    return site


OTHERS = ("test_odd_text.py", "test_mcp_admin.py")


def test_the_tests_of_the_library_pass(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", postgres_url)  # whence pytest-django makes one for tests
    files = sorted(Path(PROJECT, "tests/unit").glob("test_library_*.py"))
    assert files
    files += [Path(PROJECT, "tests/unit", name) for name in OTHERS]
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *map(str, files)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=patient(300),
    )
    assert ended.returncode == 0, ended.stdout[-4000:]


@pytest.mark.parametrize("command", [["check"], ["makemigrations", "--check", "--dry-run"]])
def test_models_and_tables_agree(on_postgres: Site, command: list[str]) -> None:
    ended = on_postgres.manage(*command)
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_processes_that_start_at_once_fill_it_once(on_postgres: Site) -> None:
    told: list[str] = []
    fills = [
        Thread(target=lambda: told.append(on_postgres.manage("library", "fill").stdout))
        for _ in range(2)
    ]
    for fill in fills:
        fill.start()
    for fill in fills:
        fill.join()
    assert sorted(line.split()[3] for line in told) == ["holds", "is"], told


def test_the_index_is_made_and_removed(on_postgres: Site) -> None:
    for migration in ("0001", "0002"):
        moved = on_postgres.manage("migrate", "library", migration)
        assert moved.returncode == 0, moved.stderr
    assert on_postgres.manage("migrate", "library").returncode == 0
    found = on_postgres.manage("library", "search", "asyncio", "task", "groups")
    assert "task" in found.stdout, found.stderr
