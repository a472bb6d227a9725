"""Fixtures with real parts: a provider over HTTP, a site in a process, a browser."""

from collections.abc import Iterator

import pytest

from tests.fakes import ScriptedProvider


@pytest.fixture(scope="session")
def provider_process() -> Iterator[ScriptedProvider]:
    with ScriptedProvider() as provider:
        yield provider


@pytest.fixture
def provider(provider_process: ScriptedProvider) -> ScriptedProvider:
    """The scripted provider without a script and with all counts at nothing."""
    provider_process.reset()
    return provider_process
