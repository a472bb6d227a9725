"""What is no backup, does not fit here or may not be overwritten is refused in one sentence."""

import json
import re
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from research.ops.backup import archive
from research.ops.backup.exceptions import BackupError
from tests.support.site import Site


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory, first_database: Path) -> Site:
    """A site that does not run, with a backup of itself in its folder."""
    folder = tmp_path_factory.mktemp("old")
    site = Site(folder)
    site.database.write_bytes(first_database.read_bytes())
    made = site.manage("backup", str(folder / "backup.zip"))
    assert made.returncode == 0, made.stderr
    assert "SECRET_KEY is not in it" in made.stderr  # the test's environment sets it
    assert "free beside it" in made.stderr
    return site


def backup_of(site: Site) -> Path:
    return site.database.parent / "backup.zip"


def test_a_backup_is_its_owners_and_leaves_nothing_else(old: Site) -> None:
    assert stat.S_IMODE(backup_of(old).stat().st_mode) == 0o600
    assert not list(backup_of(old).parent.glob(".research*"))


def test_a_backup_overwrites_nothing(old: Site) -> None:
    before = backup_of(old).read_bytes()
    refused = old.manage("backup", str(backup_of(old)))
    assert refused.returncode == 2 and "is already there" in refused.stderr
    assert backup_of(old).read_bytes() == before


def altered(archive: Path, **about: Any) -> bytes:
    """The backup with other words about itself."""
    with zipfile.ZipFile(archive) as old:
        told = json.loads(old.read("about.json")) | about
        copy = archive.with_name("altered.zip")
        with zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as new:
            new.writestr("about.json", json.dumps(told))
            new.writestr("database.sqlite3", old.read("database.sqlite3"))
    return copy.read_bytes()


def foreign(archive: Path) -> bytes:
    copy = archive.with_name("foreign.zip")
    with zipfile.ZipFile(copy, "w") as new:
        new.writestr("holiday.jpg", b"beach")
    return copy.read_bytes()


def flipped(archive: Path) -> bytes:
    """The backup with one byte in the middle of the database turned over."""
    content = bytearray(archive.read_bytes())
    content[len(content) // 2] ^= 0xFF
    return bytes(content)


NOT_A_BACKUP = "is not a backup of this site, or a part of one is missing"


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda backup: backup.read_bytes()[:-4000], NOT_A_BACKUP),
        (lambda backup: b"", NOT_A_BACKUP),
        (foreign, "it holds no about.json"),
        (lambda backup: altered(backup, database="PostgreSQL"), "The backup is of PostgreSQL"),
        (
            lambda backup: altered(backup, migrations=["research.9999_from_tomorrow"]),
            "later version, with research.9999_from_tomorrow",
        ),
    ],
    ids=["cut off", "empty", "foreign", "other database", "later version"],
)
def test_what_is_no_backup_of_this_site_is_refused(
    old: Site, tmp_path: Path, spoil: Callable[[Path], bytes], sentence: str
) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("a backup of SQLite's: the tests run on another database")
    spoilt = tmp_path / "spoilt.zip"
    spoilt.write_bytes(spoil(backup_of(old)))
    with pytest.raises(BackupError, match=re.escape(sentence)):
        archive.restore(spoilt)


def test_a_damaged_backup_changes_nothing(old: Site, tmp_path: Path) -> None:
    spoilt = tmp_path / "spoilt.zip"
    spoilt.write_bytes(flipped(backup_of(old)))
    fresh = Site(tmp_path)
    refused = fresh.manage("restore", str(spoilt))
    assert refused.returncode == 2 and NOT_A_BACKUP in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1
    assert fresh.manage("backup", str(tmp_path)).stderr.startswith("CommandError: The database is")
    assert not list(tmp_path.glob(".research*"))


def test_a_database_with_tables_is_replaced_only_if_told_to(old: Site, tmp_path: Path) -> None:
    missing = old.manage("restore", str(tmp_path / "nowhere.zip"))
    assert missing.returncode == 2 and "No such file" in missing.stderr
    refused = old.manage("restore", str(backup_of(old)))
    assert refused.returncode == 2 and "--replace" in refused.stderr
    assert old.manage("restore", str(backup_of(old)), "--replace").returncode == 0


@pytest.mark.django_db
def test_the_key_that_the_site_keeps_goes_with_it(settings: Any, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path
    kept = tmp_path / "secret_key"
    kept.write_text(settings.SECRET_KEY)
    with_key = archive.make(tmp_path / "with.zip")
    without = archive.make(tmp_path / "without.zip", with_key=False)
    assert (with_key.has_key, without.has_key) == (True, False)
    with zipfile.ZipFile(with_key.path) as backup:
        assert backup.read("secret_key").decode() == settings.SECRET_KEY
    assert settings.SECRET_KEY not in without.path.read_bytes().decode("latin-1")


def test_a_backup_s_key_takes_the_place_of_the_one_that_is_kept(
    settings: Any, tmp_path: Path
) -> None:
    settings.VAR_DIR = tmp_path
    kept = tmp_path / "secret_key"
    about = archive.About(1, "2026-11-25T08:00+00:00", "SQLite", [], archive._digest("the old"))
    kept.write_text(settings.SECRET_KEY)
    assert not archive._bring_back(None, about)
    assert archive._bring_back("the old", about)
    assert kept.read_text() == "the old" and stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert not archive._bring_back("the old", about)  # the environment's key is another


def test_a_backup_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match=f"{NOT_A_BACKUP}: No such file"):
        archive.restore(tmp_path / "nowhere.zip")


def test_ctrl_c_before_a_command_listens_is_no_traceback(old: Site) -> None:
    ended = old.manage("shell", "-v", "0", "-c", "raise KeyboardInterrupt")
    assert (ended.returncode, ended.stderr) == (130, "")
