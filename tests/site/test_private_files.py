"""Other users of the machine read nothing of what the site stores, whatever it was before."""

import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from research.ops.private_files import keep_private
from tests.support.site import PROJECT, Site


def mode(path: Path) -> str:
    return oct(stat.S_IMODE(path.stat().st_mode))


def test_what_was_open_is_closed_and_what_links_lead_to_is_left(
    settings: Any, tmp_path: Path
) -> None:
    var, elsewhere = tmp_path / "var", tmp_path / "elsewhere"
    (var / "backups").mkdir(parents=True)
    for file in (elsewhere, var / "secret_key", var / "backups" / "old.sqlite3"):
        file.write_text("")
        file.chmod(0o664)
    (var / "link").symlink_to(elsewhere)
    for folder in (var, var / "backups"):
        folder.chmod(0o755)
    settings.VAR_DIR = var
    keep_private()
    keep_private()
    assert {mode(var), mode(var / "backups")} == {"0o700"}
    assert {mode(var / "secret_key"), mode(var / "backups" / "old.sqlite3")} == {"0o600"}
    assert mode(elsewhere) == "0o664"


def test_a_site_s_start_closes_its_database_and_says_who_its_administrators_are(
    tmp_path: Path, first_database: Path
) -> None:
    site = Site(tmp_path)
    site.database.write_bytes(first_database.read_bytes())
    site.database.chmod(0o644)
    try:
        site.start()
        assert {mode(file) for file in tmp_path.glob("site.sqlite3*")} == {"0o600"}
        assert mode(PROJECT / "var") == "0o700"
        for pid in site.pids:
            assert "Umask:\t0077" in Path(f"/proc/{pid}/status").read_text()
        assert site.log.count("is its administrator") == 1
    finally:
        site.kill()


@pytest.mark.parametrize("make", [Path.mkdir, lambda path: path.write_text("no database" * 500)])
@pytest.mark.parametrize("command", [["serve"], ["research", "x"]])
def test_a_database_that_is_none_is_one_line(
    make: Callable[[Path], Any], command: list[str], tmp_path: Path
) -> None:
    site = Site(tmp_path)
    make(site.database)
    site.database.chmod(0o755)
    done = site.manage(*command)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith("CommandError: DATABASE_URL: ")
    assert mode(site.database) == "0o755"  # it is not the site's to close


def test_a_port_in_use_is_one_line(site: Site) -> None:
    done = site.manage("serve")
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert "is not free (Address already in use). Set PORT to another port." in line
