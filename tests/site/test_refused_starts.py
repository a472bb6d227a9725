"""A setting that cannot be used ends any command with one line."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.patience import patient
from tests.support.site import PROJECT


@pytest.mark.parametrize(
    "variables",
    [
        {"RESEARCH_MODEL": "petals/x"},
        {"SNOWFLAKE_PAT": "two words", "RESEARCH_MODEL": "snowflake/claude-sonnet-4-5"},
        {"OPENAI_BASE_URL": "http://127.0.0.1:18211v1"},
        {"all_proxy": "socks5://127.0.0.1:9"},
        {"PORT": "eighty"},
    ],
    ids=lambda variables: "-".join(variables),
)
def test_every_command_says_it_in_one_line_and_ends_with_2(variables: dict[str, str]) -> None:
    def run(command: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "manage.py", *command.split()],
            cwd=PROJECT,
            env={"PATH": os.environ["PATH"], **variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=patient(60),
        )

    commands = ("serve", "worker", "engine", "research x", "migrate")
    with ThreadPoolExecutor(2) as threads:
        for done in threads.map(run, commands):
            assert done.returncode == 2, done
            (line,) = done.stderr.splitlines()
            assert line.startswith(next(iter(variables)))
