"""Until accounts exist: this machine, this site's own pages, and nobody else."""

import os
import subprocess
import sys

import pytest

from research.access import is_loopback
from tests.site import PROJECT, Site


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "[::1]", "localhost"])
def test_loopback(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1", "example.org", "", "127.0.0.1.evil"])
def test_not_loopback(host: str) -> None:
    assert not is_loopback(host)


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
        ("PORT", "eighty"),
        ("RESEARCH_MAX_CREWS", "many"),
        ("RESEARCH_MAX_TOPICS", "0"),
        ("RESEARCH_TOPIC_TIMEOUT", "-1"),
        ("DEBUG", "maybe"),
        ("DATABASE_URL", "mysql://root:geheim@db/x"),
        ("RESEARCH_MODEL", "no/such"),
    ],
)
def test_a_setting_that_cannot_be_used_stops_the_start_with_one_line(name: str, value: str) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "serve"],
        cwd=PROJECT,
        env={"PATH": os.environ["PATH"], name: value},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 2
    assert name in done.stderr
    assert done.stderr.strip().count("\n") == 0
    assert "geheim" not in done.stderr
