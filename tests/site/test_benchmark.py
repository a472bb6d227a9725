"""`manage.py benchmark` and `python -m benchmarks`: what they print, write and exit with."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.patience import patient
from tests.support.provider import ScriptedProvider
from tests.support.site import PROJECT


def run(*command: str, **env: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, *command],
        cwd=PROJECT,
        env={"PATH": os.environ["PATH"], **env},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=patient(120),
    )


def benchmark(*arguments: str, **env: str) -> "subprocess.CompletedProcess[str]":
    return run("manage.py", "benchmark", *arguments, **env)


def test_the_short_form_compares_together_with_one_after_another() -> None:
    done = benchmark("--topics", "8", "--latency", "0.4", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["model"], told["topics"], told["failed"]) == ("simulated", 8, 0)
    assert told["most_at_once"] == 8
    assert told["sequential_measured"] == 3
    assert told["sequential_seconds"] > 8 * 0.4
    assert told["speed_up"] > 2


def test_the_table_says_what_was_worked_out() -> None:
    done = benchmark("--topics", "4", "--latency", "0.1")
    assert done.returncode == 0, done.stderr
    for words in (
        "parallel time",
        "sequential time",
        "speed-up",
        "most crews at once",
        "simulated",
    ):
        assert words in done.stdout
    assert "worked out from 3 topics" in done.stdout


def test_failed_crews_are_status_1_and_no_speed_up(provider: ScriptedProvider) -> None:
    provider.script(fault="401")
    environment = {"OPENAI_API_KEY": "sk-test-0123456789", "OPENAI_BASE_URL": provider.url}
    done = benchmark("--topics", "2", "--model", "openai/scripted", **environment)
    assert done.returncode == 1
    assert "4 of 4" in done.stdout
    assert "speed-up" not in done.stdout
    assert "refused the key" in done.stderr


@pytest.mark.parametrize(
    "arguments", [["--topics", "0"], ["--latency", "-1"], ["--model", "no/such"]]
)
def test_bad_input_is_status_2(arguments: list[str]) -> None:
    done = benchmark(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.strip()


def test_the_long_form_measures_and_writes_what_it_found(tmp_path: Path) -> None:
    done = run("-m", "benchmarks", "--quick", "--only", "plain", "--out", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "AsyncOpenAI" in done.stdout
    text = (tmp_path / "latest.json").read_text()
    points = json.loads(text)["scaling"]["plain"]["points"]
    assert [point["topics"] for point in points] == [1, 10]
    assert all(point["seconds"] >= 2 and point["wrong"] == 0 for point in points)
    assert points[-1]["cited"] > 0.8
    assert points[-1]["most_at_once"] == 10
    assert str(PROJECT) not in text
