"""The backup itself: a ZIP archive with the database, what it is of, and the site's key."""

import hashlib
import json
import os
import shutil
import tempfile
import zipfile
import zlib
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.template.defaultfilters import filesizeformat
from django.utils import timezone

from research.ops.backup.databases import Database, database
from research.ops.backup.exceptions import (
    AlreadyThere,
    CannotWrite,
    LaterVersion,
    NoBackup,
    NoRoom,
    NotEmpty,
    NothingToKeep,
    OtherDatabase,
)

ABOUT, KEY = "about.json", "secret_key"
FORMAT = 1
FAST = 1  # zlib's level: what is behind the site's back leaves it its processor


@dataclass(frozen=True)
class About:
    """What a backup is of."""

    format: int
    made_at: str
    """In ISO 8601."""
    database: str
    """`SQLite` or `PostgreSQL`."""
    migrations: list[str]
    """Those that the database has, as `app.name`."""
    key: str
    """A digest of SECRET_KEY, which tells whether a site has the same one."""

    @property
    def day(self) -> str:
        return f"{datetime.fromisoformat(self.made_at):%Y-%m-%d %H:%M} UTC"


@dataclass(frozen=True)
class Made:
    """A backup that was made."""

    path: Path
    size: int
    """In bytes."""
    free: int
    """Bytes that are free beside it."""
    has_key: bool


@dataclass(frozen=True)
class Restored:
    """A backup that was put back."""

    about: About
    is_older: bool
    """Whether the database lacks migrations of this code, which the site's start brings."""
    has_key: bool
    """Whether what was encrypted can be read: the site's key is the backup's."""


def make(path: Path, with_key: bool = True) -> Made:
    """Makes a backup of the site, which may be at work. A folder gets one named by the time.

    The file is its owner's only, and is there whole or not at all. Raises BackupError.
    """
    if path.is_dir():
        path = path / f"research-{timezone.now():%Y%m%d-%H%M%S}.zip"
    if path.exists():
        raise AlreadyThere(path=path)
    source, about = database(), _about()
    key = _own_key() if with_key else None
    try:
        _need_room(path.parent, 2 * source.size())  # a copy, and the archive at worst
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".research-backup-") as folder:
            copy, archive = Path(folder, source.file), Path(folder, "archive")
            source.copy(copy)
            with zipfile.ZipFile(archive, "x", zipfile.ZIP_DEFLATED, compresslevel=FAST) as out:
                out.writestr(ABOUT, json.dumps(asdict(about), indent=1))
                if key:
                    out.writestr(KEY, key)
                out.write(copy, source.file)
            archive.chmod(0o600)
            _keep(archive, path)
    except OSError as error:
        raise CannotWrite(path=path, reason=error.strerror or error) from None
    return Made(path, path.stat().st_size, shutil.disk_usage(path.parent).free, bool(key))


def restore(path: Path, replace: bool = False) -> Restored:
    """Puts a backup in the place of the site's database, and its key in that of the site's.

    Raises BackupError: while the database is in use, and unless it is empty or may be replaced.
    """
    target = database()
    try:
        with zipfile.ZipFile(path) as archive:
            about = _read(archive, path)
            _check(about, target)
            target.refuse_unless_idle()
            if not replace and not target.is_empty():
                raise NotEmpty
            _need_room(target.folder or Path(tempfile.gettempdir()), _unpacked(archive))
            with tempfile.TemporaryDirectory(dir=target.folder, prefix=".research-") as folder:
                target.replace(Path(archive.extract(target.file, folder)))
            key = archive.read(KEY).decode() if KEY in archive.namelist() else None
    except (zipfile.BadZipFile, zlib.error, EOFError, UnicodeError) as error:
        raise NoBackup(path=path, reason=str(error) or "it is cut off") from None
    except OSError as error:
        place, reason = error.filename or path, error.strerror or error
        if str(place) == str(path):  # which is read only
            raise NoBackup(path=path, reason=reason) from None
        raise CannotWrite(path=place, reason=reason) from None
    return Restored(about, bool(_lacking(about)), _bring_back(key, about))


def _about() -> About:
    applied = MigrationRecorder(connection).applied_migrations()
    if not applied:
        raise NothingToKeep
    return About(
        format=FORMAT,
        made_at=timezone.now().isoformat(timespec="seconds"),
        database=database().kind,
        migrations=sorted(f"{app}.{name}" for app, name in applied),
        key=_digest(settings.SECRET_KEY),
    )


def _read(archive: zipfile.ZipFile, path: Path) -> About:
    try:
        fields: dict[str, Any] = json.loads(archive.read(ABOUT))
        about = About(**fields)
    except (KeyError, ValueError, TypeError):
        raise NoBackup(path=path, reason=f"it holds no {ABOUT}") from None
    if about.format != FORMAT:
        raise LaterVersion(names=f"format {about.format} of backups")
    return about


def _check(about: About, target: Database) -> None:
    if about.database != target.kind:
        raise OtherDatabase(made=about.database, here=target.kind)
    known = _known()
    own = {name.partition(".")[0] for name in known}
    unknown = [
        name for name in about.migrations if name not in known and name.partition(".")[0] in own
    ]
    if unknown:
        raise LaterVersion(names=", ".join(unknown))


def _lacking(about: About) -> set[str]:
    return _known() - set(about.migrations)


def _known() -> set[str]:
    """The migrations of this code."""
    return {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}


def _unpacked(archive: zipfile.ZipFile) -> int:
    return sum(each.file_size for each in archive.infolist())


def _need_room(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise NoRoom(folder=folder, free=filesizeformat(free), needed=filesizeformat(needed))


def _keep(archive: Path, path: Path) -> None:
    """Gives the archive its name, which nothing else may have by now."""
    with archive.open("rb") as written:
        os.fsync(written.fileno())
    try:
        os.link(archive, path)
    except FileExistsError:
        raise AlreadyThere(path=path) from None
    except OSError:  # a file system without links
        archive.rename(path)


# The site's key --------------------------------------------------------------------------------


def _key_file() -> Path:
    return Path(settings.VAR_DIR, KEY)


def _own_key() -> str | None:
    """SECRET_KEY where the site keeps it itself; None where the environment sets it."""
    with suppress(OSError):
        if _key_file().read_text().strip() == settings.SECRET_KEY:
            return str(settings.SECRET_KEY)
    return None


def _bring_back(key: str | None, about: About) -> bool:
    """Keeps a backup's key where the site keeps its own; whether the site has the right one then.

    Raises CannotWrite.
    """
    if _digest(settings.SECRET_KEY) == about.key:
        return True
    if key is None or _own_key() is None:  # none came, or the environment's wins
        return False
    file = _key_file()
    new = file.with_name(f"{KEY}.new")
    try:
        new.unlink(missing_ok=True)
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
            stream.write(key)
        new.replace(file)
    except OSError as error:
        raise CannotWrite(path=file, reason=error.strerror or error) from None
    return True


def _digest(key: str) -> str:
    """Tells keys apart; they are long and random, so it gives none away."""
    return hashlib.sha256(f"research.backup:{key}".encode()).hexdigest()[:16]
