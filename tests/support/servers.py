"""Servers that tests and benchmarks need beside the site: a PostgreSQL database, a Redis."""

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from os import get_exec_path
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from tests.support.patience import patient
from tests.support.site import free_port


class Unavailable(Exception):
    """What is not there, and how to get it."""


@contextmanager
def new_database(template: str = "template0") -> Iterator[str]:
    """The URL of a new database on the server TEST_POSTGRES_URL; dropped at the end.

    Empty, or a copy of the database `template`.
    """
    server = os.environ.get("TEST_POSTGRES_URL", "postgres://postgres@127.0.0.1:5432/postgres")
    name = f"research_test_{secrets.token_hex(6)}"

    def run(statement: str, *names: str) -> None:
        with psycopg.connect(
            server, autocommit=True, connect_timeout=round(patient(5))
        ) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    try:
        run("CREATE DATABASE {} TEMPLATE {} ENCODING 'UTF8'", name, template)
    except psycopg.OperationalError as error:
        remedy = "apt-get install postgresql, and TEST_POSTGRES_URL=postgres://… of a superuser"
        raise Unavailable(f"PostgreSQL ({str(error).splitlines()[0]})", remedy) from None
    try:
        yield urlsplit(server)._replace(path=f"/{name}").geturl()
    finally:
        run("DROP DATABASE {} WITH (FORCE)", name)


class Postgres:
    """A PostgreSQL server of one's own on a free port, which can fall and come back."""

    def __init__(self) -> None:
        folders = [*Path("/usr/lib/postgresql").glob("*/bin"), *map(Path, get_exec_path())]
        self._bin = next((folder for folder in folders if (folder / "initdb").exists()), None)
        if self._bin is None:
            raise Unavailable("initdb", "apt-get install postgresql")
        self.port = free_port()

    def __enter__(self) -> Self:
        self._folder = tempfile.mkdtemp()
        if os.geteuid() == 0:  # which the server refuses to be
            shutil.chown(self._folder, "postgres")
        self._run("initdb", "--auth=trust", "--username=postgres", "--no-sync")
        self.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self.crash()
        shutil.rmtree(self._folder)

    @property
    def url(self) -> str:
        return f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Returns once it answers, recovered if need be."""
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories="
        self._run("pg_ctl", "start", "--wait", "--log", f"{self._folder}/log", "-o", options)

    def crash(self) -> None:
        """Ends it at once, as a fall does: what was not committed is gone."""
        self._run("pg_ctl", "stop", "--mode=immediate")

    def _run(self, program: str, *options: str) -> None:
        assert self._bin
        command = [str(self._bin / program), "-D", self._folder, *options]
        subprocess.run(
            command,
            check=True,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            user="postgres" if os.geteuid() == 0 else None,
        )


class Redis:
    """A Redis of one's own on a free port, which can be away for a while."""

    def __init__(self) -> None:
        if shutil.which("redis-server") is None:
            raise Unavailable("redis-server", "apt-get install redis-server")
        self.port = free_port()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Returns once it answers."""
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
