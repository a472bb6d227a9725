"""Looks at the database before anything else does: one line says what is wrong with it."""

from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, Error, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

OWN_APPS = {"research", "library"}
MIGRATING = (
    7_236_114  # the advisory lock of the process that migrates; any number that nothing else uses
)


def check_reachable() -> None:
    """Raises CommandError when the database does not let us in, or is no place to write."""
    if connection.vendor != "postgresql":
        try:
            with transaction.atomic():
                pass  # as the settings have it, that takes SQLite's lock for writing
        except DatabaseError as error:
            raise CommandError(f"DATABASE_URL: {_first_line(error)}", returncode=2) from None
        return
    import psycopg

    try:
        psycopg.connect(**{"connect_timeout": 5, **connection.get_connection_params()}).close()
    except psycopg.Error as error:  # an option that libpq does not know raises another error
        raise CommandError(f"DATABASE_URL: {_first_line(error)}", returncode=2) from None


def check_migrated() -> None:
    """Raises CommandError when the database lacks migrations, or has some that this code lacks."""
    try:
        check_not_newer()
        lacks = lacks_migrations()
    except Error as error:  # the user may come in, and may read nothing
        raise CommandError(f"DATABASE_URL: {_first_line(error)}", returncode=2) from None
    if lacks:
        raise CommandError(
            "The database lacks migrations. Start the site, or run `manage.py migrate`.",
            returncode=2,
        )


def check_not_newer() -> None:
    """Raises CommandError when a later version of this code has migrated the database."""
    loader = MigrationLoader(connection)
    unknown = sorted(
        f"{app}.{name}"
        for app, name in loader.applied_migrations.keys() - loader.disk_migrations.keys()
        if app in OWN_APPS
    )
    if unknown:
        raise CommandError(
            f"The database is of a later version, with {', '.join(unknown)}. Update the code.",
            returncode=2,
        )


def lacks_migrations() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def migrate() -> None:
    """Brings the database up to date; of several processes that start at once, one does it.

    Raises CommandError when the database's user may not, or when the database is a later version's.
    """
    try:
        if connection.vendor != "postgresql":
            check_not_newer()
            call_command("migrate", verbosity=0)
            return
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATING])
            try:
                check_not_newer()
                call_command("migrate", verbosity=0)
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATING])
    except Error as error:
        raise CommandError(
            f"The database could not be brought up to date: {_first_line(error)}", returncode=2
        ) from error


def complaint() -> str | None:
    """What is wrong with the database; None when it answers and is up to date."""
    try:
        if lacks_migrations():
            return "the database lacks migrations: run manage.py migrate"
    except DatabaseError as error:
        return f"the database does not answer: {error}"
    return None


def empty_log() -> bool:
    """Empties SQLite's write-ahead log, which holds what was in the database before a deletion.

    False where somebody still reads from it. PostgreSQL cleans up by itself.
    """
    if connection.vendor != "sqlite":
        return True
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        is_busy, *_ = cursor.fetchone()
    return not is_busy


def _first_line(error: Exception) -> str:
    """What happened; the lines after it guess at why."""
    return str(error).strip().partition("\n")[0]
