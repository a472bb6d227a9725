"""Sites beside the one that all tests share: with settings of their own, or to be broken."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.provider import ScriptedProvider
from tests.support.site import Site, asking, start_site


@pytest.fixture
def make_site(
    tmp_path: Path, first_database: Path, provider: ScriptedProvider
) -> Iterator[Callable[..., Site]]:
    """Starts a site of the test's own: `make_site(RESEARCH_MAX_CREWS="2")`."""
    sites: list[Site] = []

    def make(**env: str) -> Site:
        folder = tmp_path / f"site-{len(sites)}"
        sites.append(start_site(folder, first_database, **(asking(provider.url) | env)))
        return sites[-1]

    yield make
    for site in sites:
        site.kill()


@pytest.fixture(scope="session")
def fragile_process(
    tmp_path_factory: pytest.TempPathFactory,
    first_database: Path,
    provider_process: ScriptedProvider,
) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("fragile")
    site = start_site(folder, first_database, **asking(provider_process.url))
    yield site
    site.kill()


@pytest.fixture
def fragile_site(fragile_process: Site, provider: ScriptedProvider) -> Iterator[Site]:
    """A site that a test may stop or kill; the next one that needs it starts it again."""
    if not fragile_process.answers("/readyz"):
        fragile_process.start()
    yield fragile_process
    if fragile_process.answers("/readyz"):
        fragile_process.end_runs()


@pytest.fixture(scope="session")
def narrow_process(
    tmp_path_factory: pytest.TempPathFactory,
    first_database: Path,
    provider_process: ScriptedProvider,
) -> Iterator[Site]:
    env = asking(provider_process.url) | {"RESEARCH_MAX_CREWS": "1", "RESEARCH_LOG_FORMAT": "json"}
    site = start_site(tmp_path_factory.mktemp("narrow"), first_database, **env)
    yield site
    site.stop()


@pytest.fixture
def narrow_site(narrow_process: Site, provider: ScriptedProvider) -> Iterator[Site]:
    """A site with one crew at a time, which logs JSON; the same one for the tests of a session."""
    yield narrow_process
    narrow_process.end_runs()
