"""Until accounts exist: this machine, this site's own pages, and nobody else."""

import os
import subprocess
import sys

import pytest

from tests.support.patience import patient
from tests.support.site import PROJECT, Site


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example"},
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://localhost:1"},
    ],
)
@pytest.mark.parametrize("path", ["/", "/api/runs", "/admin/", "/healthz"])
def test_foreign_requests_are_refused(site: Site, path: str, headers: dict[str, str]) -> None:
    assert site.get(path, headers=headers).status_code == 403
    assert site.post(path, {"topics": ["x"]}, headers=headers).status_code == 403


def test_the_person_at_the_keyboard_is_signed_in_as_administrator(site: Site) -> None:
    assert site.get("/admin/").status_code == 200


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HOST", "0.0.0.0"),
        ("HOST", "192.168.1.5"),
        ("HOST", "no such host"),
    ],
)
def test_an_address_that_is_not_this_machine_s_stops_the_start_with_one_line(
    name: str, value: str
) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "serve"],
        cwd=PROJECT,
        env={"PATH": os.environ["PATH"], "RESEARCH_ACCOUNTS": "off", name: value},
        capture_output=True,
        text=True,
        timeout=patient(60),
    )
    assert done.returncode == 2
    assert name in done.stderr
    assert done.stderr.strip().count("\n") == 0
