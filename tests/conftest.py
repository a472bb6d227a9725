"""Fixtures with real parts that tests of several folders use: a provider over HTTP, a site."""

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connections

from research.keyring import current
from research.text.redaction import secrets
from tests.support.clock import DrivenClock
from tests.support.provider import ScriptedProvider
from tests.support.site import Site, asking, start_site

PERSONAL = re.compile(r"_(API_KEY|KEY_ID|ACCESS_KEY|TOKEN|BASE_URL|API_BASE|ENDPOINT|PROXY)$", re.I)


def pytest_make_parametrize_id(val: object) -> str | None:
    """Bytes are named by their place: an archive tells the time, and the workers compare names."""
    return "bytes" if isinstance(val, bytes) else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that compute come evenly between those that wait; the longest, the fuzz, first."""
    fuzz = {item.path for item in items if item.get_closest_marker("fuzz")}
    files = sorted({item.path for item in items}, key=lambda path: (path not in fuzz, path))
    place: dict[Path, float] = {}
    for computes in (True, False):
        of_kind = [path for path in files if (path.parent.name == "unit") == computes]
        place |= {path: number / len(of_kind) for number, path in enumerate(of_kind)}
    items.sort(key=lambda item: place[item.path])


@pytest.fixture(scope="session", autouse=True)
def nothing_personal() -> Iterator[None]:
    """No test sees the developer's keys, proxies or default model."""
    with pytest.MonkeyPatch.context() as patch:
        for name in filter(PERSONAL.search, list(os.environ)):
            patch.delenv(name)
        patch.setattr("django.conf.settings.RESEARCH_MODEL", "")
        yield


@pytest.fixture(autouse=True)
def own_secrets() -> Iterator[None]:
    """What a test puts into environment and keyring is known in that test, and in no other."""
    secrets.cache_clear()
    yield
    secrets.cache_clear()
    current.keep({})


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A file, as on a real site: SQLite's in-memory database locks whole tables between threads."""
    if connections["default"].vendor != "sqlite":
        return
    name = tmp_path_factory.mktemp("database") / "test.sqlite3"
    connections["default"].settings_dict["TEST"]["NAME"] = str(name)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> DrivenClock:
    """A clock that stands still until the test moves it, for the rate limits' library too."""
    clock = DrivenClock()
    for storage in ("memory", "redis.redispy"):
        monkeypatch.setattr(f"limits.aio.storage.{storage}.time", clock)
    return clock


@pytest.fixture(scope="session")
def provider_process() -> Iterator[ScriptedProvider]:
    with ScriptedProvider() as provider:
        yield provider


@pytest.fixture
def provider(provider_process: ScriptedProvider) -> ScriptedProvider:
    """The scripted provider without a script and with all counts at nothing."""
    provider_process.reset()
    return provider_process


@pytest.fixture(scope="session")
def first_database(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """What a site's first start makes, to be copied: filling the sample library takes a while.

    Tests that run side by side make it once: the first to come here, while the others wait.
    """
    folder = tmp_path_factory.getbasetemp()
    shared = (folder if worker_id == "master" else folder.parent) / "first.sqlite3"
    with shared.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not shared.exists():
            site = Site(tmp_path_factory.mktemp("first"))
            for command in (["migrate"], ["library", "fill"]):
                site.manage(*command).check_returncode()
            shutil.copy(site.database, shared)
    return shared


@pytest.fixture(scope="session")
def site_process(
    tmp_path_factory: pytest.TempPathFactory,
    first_database: Path,
    provider_process: ScriptedProvider,
) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    site = start_site(folder, first_database, **asking(provider_process.url))
    provider_process.reset()  # of what an earlier test has scripted
    site.result(site.submit("warm-up")["id"])  # the engine imports CrewAI before its first topic
    yield site
    site.stop()


@pytest.fixture
def site(site_process: Site, provider: ScriptedProvider) -> Iterator[Site]:
    """A running site that asks the scripted provider; the same one for the tests of a session.

    No test finds an earlier one's runs at work, whose calls would count among its own.
    """
    yield site_process
    site_process.end_runs()
