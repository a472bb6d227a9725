"""An engine that cannot start says so wherever somebody would wait; a model, only to its topics."""

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from research.crews.llms.providers import make_llm
from research.engine.embedded.process import EngineProcess
from research.exceptions import UnusableModel
from research.runs.engines import STARTING
from tests.support.patience import patient
from tests.support.site import Site
from tests.support.waiting import wait

WORDS = "the engine cannot start: CrewAI cannot be imported (ImportError: broken on purpose)"


@pytest.fixture
def broken(tmp_path: Path, first_database: Path) -> Iterator[Site]:
    """A site whose CrewAI cannot be imported."""
    (tmp_path / "crewai.py").write_text('raise ImportError("broken on purpose\\nand more")')
    site = Site(tmp_path, PYTHONPATH=str(tmp_path))
    shutil.copy(first_database, site.database)
    site.start(ready="/healthz")  # it is never ready
    yield site
    site.kill()


def test_an_engine_that_cannot_start_says_so_everywhere(broken: Site) -> None:
    begin = time.monotonic()
    answer = broken.post("/research", {"topics": ["one"], "model": "offline"})
    assert answer.status_code == 503 and time.monotonic() - begin < patient(30)
    assert answer.json()["error"]["code"] == "engine_unavailable"
    assert WORDS in answer.json()["error"]["message"]

    assert broken.get("/readyz").json()["engine"] == WORDS
    assert broken.get("/readyz").status_code == 503
    assert broken.get("/healthz").status_code == 200
    for page in ("/", "/runs/", "/library/", "/admin/", "/nowhere"):
        assert "The engine cannot start: CrewAI cannot be imported" in broken.get(page).text, page
    assert WORDS in broken.log

    done = broken.manage("research", "one", "--model", "offline")
    assert done.returncode == 1
    assert WORDS in done.stderr.splitlines()[-1]


def test_a_model_that_cannot_be_made_is_its_topics_failure_and_no_others(
    make_site: Callable[..., Site],
) -> None:
    site = make_site(
        RESEARCH_MODEL="snowflake/claude-sonnet-4-5",
        SNOWFLAKE_PAT="pat-0123456789",
        SNOWFLAKE_ACCOUNT_URL="https://x.example/api/v2/cortex/inference",
    )
    own, offline = site.submit("one"), site.submit("asyncio", model="offline")
    assert site.result(offline["id"])["status"] == "succeeded"
    (topic,) = site.result(own["id"])["topics"]
    assert topic["error"]["kind"] == "unusable_model"
    assert topic["error"]["message"].startswith(
        "The model 'snowflake/claude-sonnet-4-5' cannot be set up: Snowflake base URL must be"
    )
    assert "ended with status" not in site.log
    assert "The engine cannot start" not in site.get("/").text


def test_what_an_sdk_says_of_a_model_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SNOWFLAKE_ACCOUNT", "x")
    with pytest.raises(
        UnusableModel, match="cannot be set up: Snowflake token is required"
    ) as told:
        make_llm("snowflake/claude-sonnet-4-5")
    assert "\n" not in str(told.value)


# The process ------------------------------------------------------------------------------------


@pytest.fixture
def start(settings: Any, tmp_path: Path) -> Iterator[Callable[[str], EngineProcess]]:
    """Starts an engine's process that runs a script of the test's own."""
    engines = []

    def begin(script: str) -> EngineProcess:
        (tmp_path / "manage.py").write_text(script)
        settings.BASE_DIR = tmp_path
        engines.append(EngineProcess())
        engines[-1].start()
        return engines[-1]

    yield begin
    for engine in engines:
        engine.stop()


@pytest.mark.django_db(transaction=True)
def test_a_process_that_ends_before_it_is_ready_is_told_of(start: Any) -> None:
    engine = start("raise SystemExit(7)")
    wait(lambda: engine.trouble(), seconds=20)
    words = "the engine cannot start: its process ended with status 7 before it was ready"
    assert engine.trouble() == engine.lacks() == engine.state() == words


@pytest.mark.django_db(transaction=True)
def test_a_process_that_cannot_be_had_is_told_of(
    start: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    engine = start("")
    wait(lambda: engine.trouble(), seconds=20)
    assert "its process cannot be started ([Errno 2] No such file" in engine.state()


@pytest.mark.django_db(transaction=True)
def test_until_it_is_ready_topics_wait_for_its_start(start: Any) -> None:
    engine = start(
        "import sys\n"
        "for word in map(str.strip, sys.stdin):\n"
        "    if word == 'wake': print('ready\\t', flush=True)\n"
        "    if word == 'stop': break\n"
    )
    assert engine.lacks() == STARTING and engine.trouble() is None
    wait(lambda: engine._process is not None, seconds=20)
    engine._tell("wake")
    wait(lambda: engine.lacks() is None, seconds=20)
