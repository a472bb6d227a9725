"""What is wrong with the servers is one line at the start, and no password stands in it."""

import re
import secrets
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

from tests.support.site import Site

PASSWORD = "geheim-4711"


def refusal(folder: Path, command: str, **env: str) -> str:
    """The one line with which `manage.py command` refuses to start."""
    done = Site(folder, **env).manage(command, timeout=60)
    assert done.returncode == 2, done.stderr
    assert done.stdout == "" and done.stderr.strip().count("\n") == 0, done.stderr
    assert PASSWORD not in done.stderr
    return done.stderr.strip()


def with_user(url: str, user: str) -> str:
    host = urlsplit(url).netloc.rpartition("@")[2]
    return urlsplit(url)._replace(netloc=f"{user}:{PASSWORD}@{host}").geturl()


def at(database: str, user: str) -> str:
    """The address of a database for the user of another address."""
    return urlsplit(user)._replace(path=urlsplit(database).path).geturl()


@pytest.fixture
def mere_guest(empty_database: str) -> Iterator[str]:
    """The database's address for a user who may come in and may do nothing there."""
    name = f"guest_{secrets.token_hex(4)}"

    def run(*statements: str) -> None:
        with psycopg.connect(empty_database, autocommit=True) as connection:
            for statement in statements:
                connection.execute(
                    sql.SQL(statement).format(name=sql.Identifier(name), password=PASSWORD)
                )

    run(
        "CREATE ROLE {name} LOGIN PASSWORD {password}", "REVOKE CREATE ON SCHEMA public FROM PUBLIC"
    )
    yield with_user(empty_database, name)
    run("DROP OWNED BY {name}", "DROP ROLE {name}")


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_wrong_credentials(tmp_path: Path, empty_database: str, command: str) -> None:
    url = with_user(empty_database, "nobody_here")
    line = refusal(tmp_path, command, DATABASE_URL=url)
    assert re.search(r'DATABASE_URL: .*(role|user) "nobody_here"', line)


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_postgresql_is_not_running(tmp_path: Path, command: str) -> None:
    url = f"postgres://research:{PASSWORD}@127.0.0.1:1/research"
    assert "port 1 failed: Connection refused" in refusal(tmp_path, command, DATABASE_URL=url)


def test_the_site_may_not_make_its_tables(tmp_path: Path, mere_guest: str) -> None:
    line = refusal(tmp_path, "serve", DATABASE_URL=mere_guest)
    assert "could not be brought up to date" in line and "permission denied" in line


def test_a_worker_may_not_read_the_tables(
    tmp_path: Path, ready_database: str, mere_guest: str
) -> None:
    line = refusal(tmp_path, "worker", DATABASE_URL=at(ready_database, mere_guest))
    assert "permission denied for table django_migrations" in line


def test_a_worker_waits_for_no_migrations(tmp_path: Path, empty_database: str) -> None:
    line = refusal(tmp_path, "worker", DATABASE_URL=empty_database)
    assert "The database lacks migrations" in line and "manage.py migrate" in line


def test_code_that_is_older_than_its_database(tmp_path: Path, ready_database: str) -> None:
    with psycopg.connect(ready_database) as connection:
        connection.execute(
            "INSERT INTO django_migrations (app, name, applied)"
            " VALUES ('research', '9999_of_tomorrow', now())"
        )
    for command in ("worker", "serve"):
        line = refusal(tmp_path, command, DATABASE_URL=ready_database)
        assert "research.9999_of_tomorrow" in line and "Update the code" in line


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("127.0.0.1:port/research", "such as postgres://"),
        ("127.0.0.1:99999/research", "such as postgres://"),
        ("127.0.0.1:5432", "such as postgres://"),
        ("127.0.0.1:5432/research?sslmode=perhaps", "sslmode"),
        ("127.0.0.1:5432/research?colour=red", "colour"),
    ],
)
def test_a_database_url_that_cannot_be_read(tmp_path: Path, address: str, told: str) -> None:
    line = refusal(tmp_path, "worker", DATABASE_URL=f"postgres://research:{PASSWORD}@{address}")
    assert "DATABASE_URL" in line and told in line


@pytest.mark.parametrize("command", ["serve", "worker"])
@pytest.mark.parametrize("url", [f"http://:{PASSWORD}@redis:6379", f"redis://:{PASSWORD}@redis:x"])
def test_a_redis_url_that_cannot_be_read(tmp_path: Path, command: str, url: str) -> None:
    assert "REDIS_URL" in refusal(tmp_path, command, REDIS_URL=url)


def test_a_worker_on_sqlite(tmp_path: Path) -> None:
    line = refusal(tmp_path, "worker")
    assert "DATABASE_URL=postgres://" in line and "SQLite" in line
