"""`manage.py research`: results on stdout, progress on stderr, and an honest exit status."""

import json
import os
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from tests.support.patience import patient
from tests.support.provider import ScriptedProvider
from tests.support.site import PROJECT, asking


@pytest.fixture
def manage(tmp_path: Path, first_database: Path, provider: ScriptedProvider):
    env = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3",
        **asking(provider.url),
    }
    shutil.copy(first_database, tmp_path / "db.sqlite3")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=PROJECT, env=env, capture_output=True, text=True, timeout=patient(90),
        )  # fmt: skip

    return run


@pytest.fixture
def research(manage):
    return partial(manage, "research")


def test_results_go_to_stdout_and_progress_to_stderr(research) -> None:
    done = research("one", "two")
    assert done.returncode == 0
    assert "# one" in done.stdout
    assert "- two has been studied" in done.stdout
    assert "2/2 topics" in done.stderr


def test_json_is_the_apis_shape(research) -> None:
    done = research("one", "--json", "--blueprint", "quick")
    run = json.loads(done.stdout)
    assert run["status"] == "succeeded"
    assert run["topics"][0]["topic"] == "one"


def test_a_failure_is_status_1(research, provider: ScriptedProvider) -> None:
    provider.script({"match": "doomed", "fault": "401"})
    done = research("fine", "doomed")
    assert done.returncode == 1
    assert "- fine has been studied" in done.stdout
    assert "refused the key" in done.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        [""],
        ["x", "--model", "no/such"],
        ["x", "--blueprint", "y"],
        ["x", "--max-tokens", "0"],
        ["x", "--max-usd", "1"],  # nobody knows the price
    ],
)
def test_bad_input_is_status_2(research, arguments: list[str]) -> None:
    done = research(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.strip()


def test_a_run_again_has_the_topics_that_were_chosen(
    manage, research, provider: ScriptedProvider
) -> None:
    old = json.loads(research("one", "two", "three", "--json").stdout)
    done = manage("again", old["id"], "--topics", "2-3", "--blueprint", "deep", "--json")
    new = json.loads(done.stdout)
    assert done.returncode == 0 and new["again_of"] == old["id"]
    assert [topic["topic"] for topic in new["topics"]] == ["two", "three"]
    assert (new["blueprint"], new["model"]) == ("deep", old["model"])
    for bad in (["--topics", "4"], ["--topics", "x"], ["--topics", "-"], ["--model", "no/such"]):
        refused = manage("again", old["id"], *bad)
        assert refused.returncode == 2 and refused.stderr.strip() and not refused.stdout
    assert manage("again", "nonsense").returncode == 2
