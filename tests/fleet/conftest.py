"""PostgreSQL, Redis, and sites past one process."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TypeVar

import pytest

from tests.support.fleet import Fleet
from tests.support.missing import unavailable
from tests.support.provider import ScriptedProvider
from tests.support.servers import Postgres, Redis, Unavailable, new_database
from tests.support.site import Site, asking

T = TypeVar("T")


def _own(kind: Callable[[], T]) -> T:
    """A server that is not started yet; skips the test where its program is missing."""
    try:
        return kind()
    except Unavailable as error:
        unavailable(*error.args)


@pytest.fixture
def redis() -> Iterator[Redis]:
    """A Redis of the test's own."""
    with _own(Redis) as server:
        yield server


@pytest.fixture
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server of the test's own."""
    with _own(Postgres) as server:
        yield server


@contextmanager
def _database(template: str = "template0") -> Iterator[str]:
    with ExitStack() as stack:
        try:
            url = stack.enter_context(new_database(template))
        except Unavailable as error:
            unavailable(*error.args)
        yield url


@pytest.fixture
def empty_database() -> Iterator[str]:
    """A PostgreSQL database of the test's own, without tables."""
    with _database() as url:
        yield url


@pytest.fixture(scope="module")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL database that the tests of a module share; without tables at first."""
    with _database() as url:
        yield url


@pytest.fixture(scope="session")
def first_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of a database as a site's first start makes it, to be copied."""
    with _database() as url:
        site = Site(tmp_path_factory.mktemp("postgres"), DATABASE_URL=url)
        for command in (["migrate"], ["library", "fill"]):
            site.manage(*command).check_returncode()
        yield url.rpartition("/")[2]


@pytest.fixture
def ready_database(first_postgres: str) -> Iterator[str]:
    """A PostgreSQL database of the test's own, ready for a site."""
    with _database(first_postgres) as url:
        yield url


@pytest.fixture(scope="session")
def fleet_process(
    tmp_path_factory: pytest.TempPathFactory,
    first_postgres: str,
    provider_process: ScriptedProvider,
) -> Iterator[Fleet]:
    with _database(first_postgres) as database, _own(Redis) as redis:
        servers = {"DATABASE_URL": database, "REDIS_URL": redis.url}
        fleet = Fleet(tmp_path_factory.mktemp("fleet"), **servers, **asking(provider_process.url))
        fleet.start(sites=1, workers=2)
        yield fleet
        fleet.kill()


@pytest.fixture
def fleet(fleet_process: Fleet, provider: ScriptedProvider) -> Iterator[Fleet]:
    """A web process and two workers, which no test stops; the same for the tests of a session."""
    yield fleet_process
    fleet_process.sites[0].end_runs()


@pytest.fixture
def make_fleet(
    tmp_path: Path, ready_database: str, redis: Redis, provider: ScriptedProvider
) -> Iterator[Callable[..., Fleet]]:
    """Starts web processes and workers: `make_fleet(sites=2, workers=3)`."""
    fleets: list[Fleet] = []

    def make(sites: int = 1, workers: int = 1, **env: str) -> Fleet:
        usual = {"DATABASE_URL": ready_database, "REDIS_URL": redis.url, **asking(provider.url)}
        fleets.append(Fleet(tmp_path / f"fleet-{len(fleets)}", **(usual | env)))
        fleets[-1].start(sites, workers)
        return fleets[-1]

    yield make
    for fleet in fleets:
        fleet.kill()
