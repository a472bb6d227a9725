"""What goes into the image is a site, and its health check tells whether that serves."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.compose import default_of
from tests.support.patience import patient
from tests.support.site import PROJECT, Site

DOCKERFILE = (PROJECT / "Dockerfile").read_text()


def services() -> dict[str, dict[str, Any]]:
    compose = yaml.safe_load((PROJECT / "compose.yaml").read_text())
    return dict(compose["services"])


def health_check() -> list[str]:
    """The command of the image's health check."""
    match = re.search(r"^HEALTHCHECK .*\\\n +CMD (\[.*\])$", DOCKERFILE, re.M)
    assert match is not None
    program, *arguments = json.loads(match[1])
    assert program == "python"
    return [sys.executable, *arguments]


def test_the_health_check_tells_a_site_that_serves_from_one_that_does_not(site: Site) -> None:
    # A proxy that nobody runs: the check must not ask it.
    env = {"PORT": site.env["PORT"], "HTTP_PROXY": "http://127.0.0.1:1"}
    assert subprocess.run(health_check(), env=env, timeout=patient(30)).returncode == 0
    silent = subprocess.run(
        health_check(), env={"PORT": "1"}, capture_output=True, timeout=patient(30)
    )
    assert silent.returncode == 1


def test_what_goes_into_the_image_is_a_site(
    tmp_path: Path, first_database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = (PROJECT / ".dockerignore").read_text().splitlines()
    image = tmp_path / "image"
    image.mkdir()
    for name in (line[1:] for line in lines if line.startswith("!")):
        source = PROJECT / name
        if source.is_dir():
            shutil.copytree(source, image / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, image)
    monkeypatch.setattr("tests.support.site.PROJECT", image)
    environment = services()["web"]["environment"]
    site = Site(
        tmp_path,
        HOST=environment["HOST"],
        RESEARCH_ACCOUNTS=environment["RESEARCH_ACCOUNTS"],
        RESEARCH_PUBLIC_URL=default_of(environment["RESEARCH_PUBLIC_URL"]),
    )
    shutil.copy(first_database, site.database)
    try:
        site.start()
        assert subprocess.run(health_check(), env=site.env, timeout=patient(30)).returncode == 0
        assert site.get("/static/research/favicon.svg").status_code == 200
        assert site.get("/").status_code == 302  # to the sign-in
        assert site.get("/", headers={"host": "evil.example"}).status_code == 403
        assert site.stop() == 0
    finally:
        site.kill()
