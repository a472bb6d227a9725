"""The two databases: a copy of one that is at work, and how one is put in the place of another."""

import os
import shutil
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol

import psycopg
from django.db import connection
from django.db.backends.postgresql.client import DatabaseClient

from research.ops.backup.exceptions import (
    Damaged,
    NoBackup,
    ProgramFailed,
    ProgramMissing,
    StillInUse,
)

SIGNED_IN = ("django_session", "usersessions_usersession")
"""Tables whose rows stay behind: whoever reads a session's key is its person."""
LINGER_SECONDS = 2.0  # for which a connection that has been closed may still be counted
PAUSE = 0.1  # seconds between looks


class Database(Protocol):
    """What a backup needs of a database. All methods raise BackupError."""

    kind: str
    """Its name, for people."""
    file: str
    """Its copy's name in the backup."""
    folder: Path | None
    """Where a copy is put to become the database; None: no file becomes one."""

    def size(self) -> int:
        """Bytes that a copy takes at most."""

    def copy(self, to: Path) -> None:
        """Writes the database, as it is at one moment, to a new file."""

    def is_empty(self) -> bool:
        """Whether it has no table."""

    def refuse_unless_idle(self) -> None:
        """Raises StillInUse."""

    def replace(self, copy: Path) -> None:
        """Puts a copy, which may be used up, in the database's place: all of it or nothing."""


def database() -> Database:
    """The one that DATABASE_URL names."""
    return Sqlite() if connection.vendor == "sqlite" else Postgres()


class Sqlite:
    """A file, copied by SQLite's own backup."""

    kind, file = "SQLite", "database.sqlite3"

    def __init__(self) -> None:
        self._file = Path(connection.settings_dict["NAME"]).resolve()
        self._log = self._file.with_name(
            f"{self._file.name}-wal"
        )  # of writes, until they are in it
        self.folder: Path | None = self._file.parent

    def size(self) -> int:
        return sum(file.stat().st_size for file in (self._file, self._log) if file.exists())

    def copy(self, to: Path) -> None:
        # All pages in one step, which sees one moment, and which writers need not wait for.
        with closing(_opened(self._file)) as source, closing(_opened(to)) as copy:
            source.backup(copy)
            copy.executescript("PRAGMA journal_mode=DELETE; PRAGMA secure_delete=ON;")
            for table in SIGNED_IN:
                copy.execute(f"DELETE FROM {table}")  # noqa: S608 our own names
            copy.commit()
            if complaint := _complaint(copy):
                raise Damaged(reason=complaint)

    def is_empty(self) -> bool:
        if not self.size():
            return True
        with closing(_opened(self._file)) as source:
            return not source.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()

    def refuse_unless_idle(self) -> None:
        connection.close()  # our own
        if not self.size():
            return
        try:
            with closing(_opened(self._file, timeout=1)) as alone:
                # It takes the file for itself: no other process may so much as have it open.
                alone.execute("PRAGMA journal_mode=DELETE").fetchone()
                alone.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            raise StillInUse(by="another process has it open") from None

    def replace(self, copy: Path) -> None:
        try:
            with closing(_opened(copy)) as restored:
                complaint = _complaint(restored)
        except sqlite3.DatabaseError as error:
            complaint = str(error)
        if complaint:
            raise NoBackup(path=copy.name, reason=complaint)
        copy.replace(self._file)


def _opened(file: Path, timeout: float = 30) -> sqlite3.Connection:
    return sqlite3.connect(file, timeout=timeout)


def _complaint(opened: sqlite3.Connection) -> str | None:
    """What is wrong with a database's pages; None: nothing."""
    found = str(opened.execute("PRAGMA integrity_check(1)").fetchone()[0])
    return None if found == "ok" else found.strip().partition("\n")[0]


class Postgres:
    """A server, asked by its own programs, which see one moment too."""

    kind, file = "PostgreSQL", "database.dump"
    folder: Path | None = None

    def size(self) -> int:
        return int(_asked("SELECT pg_database_size(current_database())"))

    def copy(self, to: Path) -> None:
        options = ["--format=custom", "--no-owner", "--no-privileges", f"--schema={_schema()}"]
        left_out = [f"--exclude-table-data={table}" for table in SIGNED_IN]
        _run("pg_dump", *options, *left_out, f"--file={to}", *_place())

    def is_empty(self) -> bool:
        tables = "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()"
        return not _asked(tables)

    def refuse_unless_idle(self) -> None:
        others = (
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() "
            "AND coalesce(backend_type, 'client backend') = 'client backend'"
        )
        own: Any = connection
        own.close()
        own.close_pool()  # of which several may be ours
        with psycopg.connect(**connection.get_connection_params(), autocommit=True) as alone:
            ends = time.monotonic() + LINGER_SECONDS
            while number := _first(alone.execute(others)):
                if time.monotonic() > ends:
                    many = "connections are" if number > 1 else "connection is"
                    raise StillInUse(by=f"{number} {many} open")
                time.sleep(PAUSE)

    def replace(self, copy: Path) -> None:
        schema = _schema()
        only = ["--no-owner", "--no-privileges", f"--schema={schema}"]
        script = copy.with_suffix(".sql")  # whole before a line of it counts
        _run("pg_restore", *only, f"--file={script}", str(copy))
        name = connection.ops.quote_name(schema)
        before = [] if self.is_empty() else [f"DROP SCHEMA {name} CASCADE", f"CREATE SCHEMA {name}"]
        commands = [f"--command={each}" for each in ["SET client_min_messages = warning", *before]]
        one = ["--quiet", "--no-psqlrc", "--single-transaction", "--set=ON_ERROR_STOP=1"]
        _run("psql", *one, *commands, f"--file={script}", *_place())


def _asked(statement: str) -> Any:
    """The one value that a statement finds."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return _first(cursor)


def _first(cursor: Any) -> Any:
    return cursor.fetchone()[0]


def _schema() -> str:
    return str(_asked("SELECT current_schema()"))


def _place() -> list[str]:
    """The options that name the database, as all of PostgreSQL's programs take them."""
    arguments, _ = DatabaseClient.settings_to_cmd_args_env(connection.settings_dict, [])
    _, *options, name = arguments
    return [*options, f"--dbname={name}"]


def _environment() -> dict[str, str]:
    """With the password: the options can be seen by every user of the machine."""
    _, env = DatabaseClient.settings_to_cmd_args_env(connection.settings_dict, [])
    return {**os.environ, **(env or {})}


def _run(program: str, *options: str) -> None:
    path = shutil.which(program)
    if path is None:
        raise ProgramMissing(program=program)
    done = subprocess.run(  # noqa: S603 our own command
        [path, *options],
        env=_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    )
    if done.returncode:
        raise ProgramFailed(program=program, reason=_first_line(done.stderr))


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0] or "it did not say why."
