"""Fixtures with real parts: a provider over HTTP, a site in a process, a browser.

A module whose tests take `page` has no async tests: Playwright's own loop is running there.
"""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import pytest
from django.db import connections
from playwright.sync_api import Browser, Page, sync_playwright

from research.text.redaction import secrets
from tests.support.clock import DrivenClock
from tests.support.fleet import Fleet
from tests.support.provider import ScriptedProvider
from tests.support.servers import Postgres, Redis, Unavailable, new_database
from tests.support.site import ENDED, Site

T = TypeVar("T")

PERSONAL = re.compile(r"_(API_KEY|KEY_ID|ACCESS_KEY|TOKEN|BASE_URL|API_BASE|ENDPOINT|PROXY)$", re.I)
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
BROWSER_OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def unavailable(what: str, remedy: str) -> NoReturn:
    """Skips a test for want of something; where CI=true, nothing may be missing."""
    reason = f"{what} is not there: {remedy}"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


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
    """What a test puts into the environment is looked for in that test, and in no other."""
    secrets.cache_clear()
    yield
    secrets.cache_clear()


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


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL database that the tests of a session share; the first of them migrates it."""
    with _database() as url:
        yield url


@pytest.fixture
def empty_database() -> Iterator[str]:
    """A PostgreSQL database of the test's own, without tables."""
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


@contextmanager
def _database(template: str = "template0") -> Iterator[str]:
    with ExitStack() as stack:
        try:
            url = stack.enter_context(new_database(template))
        except Unavailable as error:
            unavailable(*error.args)
        yield url


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
def first_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a site's first start makes, to be copied: filling the sample library takes a while."""
    site = Site(tmp_path_factory.mktemp("first"))
    for command in (["migrate"], ["library", "fill"]):
        site.manage(*command).check_returncode()
    return site.database


def start_site(folder: Path, database: Path, provider: ScriptedProvider, **env: str) -> Site:
    usual = {
        "OPENAI_API_KEY": "sk-test-0123456789abcdef",
        "OPENAI_BASE_URL": provider.url,
        "RESEARCH_MODEL": "openai/scripted",
    }
    folder.mkdir(parents=True, exist_ok=True)
    site = Site(folder, **(usual | env))
    shutil.copy(database, site.database)
    site.start()
    return site


@pytest.fixture(scope="session")
def site_process(
    tmp_path_factory: pytest.TempPathFactory,
    first_database: Path,
    provider_process: ScriptedProvider,
) -> Iterator[Site]:
    site = start_site(tmp_path_factory.mktemp("site"), first_database, provider_process)
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
    for run in site_process.get("/api/runs").json()["runs"]:
        if run["status"] not in ENDED:
            site_process.post(f"/api/runs/{run['id']}/cancel")
            site_process.result(run["id"])


@pytest.fixture
def make_site(
    tmp_path: Path, first_database: Path, provider: ScriptedProvider
) -> Iterator[Callable[..., Site]]:
    """Starts a site of the test's own: `make_site(RESEARCH_MAX_CREWS="2")`."""
    sites: list[Site] = []

    def make(**env: str) -> Site:
        folder = tmp_path / f"site-{len(sites)}"
        sites.append(start_site(folder, first_database, provider, **env))
        return sites[-1]

    yield make
    for site in sites:
        site.kill()


@pytest.fixture
def make_fleet(
    tmp_path: Path, ready_database: str, redis: Redis, provider: ScriptedProvider
) -> Iterator[Callable[..., Fleet]]:
    """Starts web processes and workers: `make_fleet(sites=2, workers=3)`."""
    fleets: list[Fleet] = []

    def make(sites: int = 1, workers: int = 1, **env: str) -> Fleet:
        usual = {
            "DATABASE_URL": ready_database,
            "REDIS_URL": redis.url,
            "OPENAI_API_KEY": "sk-test-0123456789abcdef",
            "OPENAI_BASE_URL": provider.url,
            "RESEARCH_MODEL": "openai/scripted",
        }
        fleets.append(Fleet(tmp_path / f"fleet-{len(fleets)}", **(usual | env)))
        fleets[-1].start(sites, workers)
        return fleets[-1]

    yield make
    for fleet in fleets:
        fleet.kill()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    if executable is None:
        unavailable("Chromium", "apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=BROWSER_OPTIONS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a window with Playwright's context options: `open_page(color_scheme="dark")`.

    At the end of the test no page may have raised an error or met the content security policy.
    """
    contexts = []
    complaints: list[str] = []

    def opened(**options: Any) -> Page:
        contexts.append(browser.new_context(**options))
        page = contexts[-1].new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: refused(message.text))
        return page

    def refused(text: str) -> None:
        if "Content Security Policy" in text:
            complaints.append(text)

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def page(open_page: Callable[..., Page], site: Site) -> Page:
    """A window on the site: `page.goto("/")`."""
    return open_page(base_url=site.url)
