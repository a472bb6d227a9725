"""Keeps what the site stores from the other users of its machine."""

import contextlib
import logging
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection

FOR_OTHERS = 0o077  # the bits of a file's mode; manage.py's umask keeps them from new files

logger = logging.getLogger(__name__)


def keep_private() -> None:
    """Closes what an earlier version, or somebody's hand, has left open to others."""
    for path in (settings.VAR_DIR, *settings.VAR_DIR.rglob("*"), *_database_files()):
        if path.is_symlink() and path != settings.VAR_DIR:
            continue  # what it leads to is not the site's
        with contextlib.suppress(FileNotFoundError):  # SQLite's own come and go
            _close(path)


def _database_files() -> Iterator[Path]:
    """SQLite's, which may stand anywhere."""
    if connection.vendor == "sqlite":
        name = Path(connection.settings_dict["NAME"]).resolve()
        names = (name.with_name(name.name + end) for end in ("", "-wal", "-shm", "-journal"))
        yield from filter(Path.is_file, names)  # a folder here is a mistake in DATABASE_URL


def _close(path: Path) -> None:
    mode = path.stat().st_mode & 0o777
    if not mode & FOR_OTHERS:
        return
    try:
        path.chmod(mode & ~FOR_OTHERS)
    except PermissionError:
        logger.warning("Other users of this machine may open %s, which is not ours to close", path)
