"""What `make chaos` shows, in short: nothing is lost, and what went wrong is said.

Each experiment is the one of `python -m chaos`, with smaller numbers.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from chaos import cancels, disconnects, documents, faults, kills, storage
from chaos.__main__ import conduct
from chaos.arena import KEY
from chaos.report import Result
from tests.support.patience import patient
from tests.support.provider import ScriptedProvider
from tests.support.site import Site, asking, start_site


@pytest.fixture(scope="module")
def site(
    tmp_path_factory: pytest.TempPathFactory,
    first_database: Path,
    provider_process: ScriptedProvider,
) -> Iterator[Site]:
    """One site for all experiments but the faults: what it learns of a rate limit stays with it."""
    env = asking(provider_process.url) | {"RESEARCH_MAX_CREWS": str(cancels.AT_ONCE)}
    site = start_site(tmp_path_factory.mktemp("chaos"), first_database, **env)
    yield site
    site.kill()


def promises(result: Result) -> list[str]:
    """What was not kept."""
    return [f"{row.what}: {row.figure}" for row in result.rows() if not row.kept]


def test_watchers_that_are_cut_off_see_everything_once(
    site: Site, provider: ScriptedProvider
) -> None:
    found = disconnects.measure(site, provider, cuts=60, watchers=6, topics=5)
    assert promises(found) == []
    assert found.cuts == 60 and found.events > 6 * 5 * 10


def test_every_fault_ends_with_a_sentence(
    make_site: Callable[..., Site], provider: ScriptedProvider
) -> None:
    site = make_site(OPENAI_API_KEY=KEY, RESEARCH_TOPIC_TIMEOUT="8")
    site.result(site.submit("to get everything ready")["id"])
    found = faults.measure(site, provider)
    assert promises(found) == []
    ends = {(each.fault, each.times): each for each in found.outcomes}
    assert ends["500", 1].status == "succeeded"
    assert ends["401", None].requests == 1
    assert ends["timeout", None].status == "failed"


def test_cancels_close_the_calls(
    site: Site, provider: ScriptedProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cancels, "CLOSED_WITHIN", patient(cancels.CLOSED_WITHIN))
    found = cancels.measure(site, provider, cancels=20)
    assert promises(found) == []
    assert found.to_closed and found.queued


@pytest.mark.parametrize("outage", ["io", "full"])
def test_a_database_that_takes_nothing_loses_nothing(
    site: Site, provider: ScriptedProvider, outage: str
) -> None:
    found = storage.measure(site, provider, outage=outage, seconds=2, topics=5)
    if found.skipped:
        pytest.skip(found.skipped)  # a right to mount is nothing that a machine must have
    assert promises(found) == []
    assert found.submitted == "503 database_unavailable"
    assert found.ready.startswith("503 unavailable: the database takes no changes")


def test_a_kill_loses_nothing(site: Site, provider: ScriptedProvider) -> None:
    found = kills.measure(site, provider, kills=1, topics=5)
    assert promises(found) == []
    assert found.resumed > 0 and found.tokens > 0


def test_hostile_documents_stop_nothing(site: Site, provider: ScriptedProvider) -> None:
    """Each is added or refused with a reason, and the site answers all the while."""
    found = documents.measure(site, provider, every=5)
    assert promises(found) == []
    assert len(found.uploads) == 13


def test_figures_are_printed_and_written(
    site: Site, provider: ScriptedProvider, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With a short lock: SQLite itself waits for those, and nothing is refused."""
    assert conduct(["locked"], True, lambda **_: site, provider, tmp_path)
    assert "topics lost" in capsys.readouterr().out
    figures = json.loads((tmp_path / "latest.json").read_text())["figures"]["locked"]
    assert figures["lost"] == 0 and figures["submitted"] == "202"
    assert "| topics lost | 0 | 0 |" in (tmp_path / "latest.md").read_text()
