"""What the repository brings for servers: it starts, and it says nothing that is not so."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import unavailable
from tests.support.servers import Redis
from tests.support.site import PROJECT, Site

SOURCES = [*PROJECT.glob("researchsite/*.py"), *PROJECT.glob("research/**/*.py")]
READ = {name for path in SOURCES for name in re.findall(r'"([A-Z][A-Z_]+)"', path.read_text())}
"""Every word in capitals that stands as a string in the code: its variables are among them."""

DOCKERFILE = (PROJECT / "Dockerfile").read_text()
UNITS = sorted(PROJECT.glob("deploy/systemd/*.service"))


def services() -> dict[str, dict[str, Any]]:
    compose = yaml.safe_load((PROJECT / "compose.yaml").read_text())
    return dict(compose["services"])


# Without containers ---------------------------------------------------------------------------


@pytest.mark.alone
def test_the_procfile_runs_topics_to_their_end_and_stops_cleanly(
    tmp_path: Path, empty_database: str, redis: Redis
) -> None:
    site = Site(tmp_path, DATABASE_URL=empty_database, REDIS_URL=redis.url)
    env = site.env | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    site.manage("migrate").check_returncode()
    with site.log_file.open("wb") as log:
        honcho = subprocess.Popen(
            [sys.executable, "-m", "honcho", "start", "--no-colour", "--env", os.devnull],
            cwd=PROJECT,
            env=env,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_until_ready(site, honcho)
        run = site.submit("asyncio event loop", "decorators", "exceptions", model="offline")
        assert site.result(run["id"], timeout=90)["status"] == "succeeded", site.log
        begin = time.monotonic()
        honcho.terminate()
        assert honcho.wait(10) == 128 + signal.SIGTERM  # as honcho passes it on
        assert time.monotonic() - begin < 10
    finally:
        honcho.kill()
        honcho.wait()
    assert re.findall(r"(web|worker)\.1 stopped \(rc=(-?\d+)\)", site.log) in (
        [("web", "0"), ("worker", "0")],
        [("worker", "0"), ("web", "0")],
    ), site.log
    assert "Traceback" not in site.log and "SIGKILL" not in site.log


def wait_until_ready(site: Site, process: "subprocess.Popen[bytes]", timeout: float = 120) -> None:
    """Returns once the site serves and a worker is at work."""
    deadline = time.monotonic() + timeout
    while not site.answers("/readyz"):
        assert process.poll() is None and time.monotonic() < deadline, site.log[-4000:]
        time.sleep(0.2)


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_understands_the_units(tmp_path: Path, unit: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        unavailable("systemd-analyze", "apt-get install systemd")
    text = unit.read_text().replace("/opt/research/.venv/bin/python", sys.executable)
    copy = tmp_path / unit.name.replace("@", "@8000")
    copy.write_text(text.replace("/opt/research", str(PROJECT)))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", copy], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0 and str(copy.name) not in done.stderr, done.stderr


def test_the_units_start_what_is_there_and_give_it_time_to_stop() -> None:
    assert len(UNITS) == 2
    for unit in UNITS:
        lines = unit.read_text().splitlines()
        assert {"User=research", "Restart=always", "TimeoutStopSec=15"} <= set(lines)
        command = re.search(r"manage\.py (\w+)$", unit.read_text(), re.M)
        assert command is not None
        assert (PROJECT / f"research/web/management/commands/{command[1]}.py").is_file()


# Containers -----------------------------------------------------------------------------------


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
    assert subprocess.run(health_check(), env=env, timeout=30).returncode == 0
    silent = subprocess.run(health_check(), env={"PORT": "1"}, capture_output=True, timeout=30)
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
        RESEARCH_TRUSTED_NETWORK=default_of(environment["RESEARCH_TRUSTED_NETWORK"]),
    )
    shutil.copy(first_database, site.database)
    try:
        site.start()
        assert subprocess.run(health_check(), env=site.env, timeout=30).returncode == 0
        assert site.get("/static/research/favicon.svg").status_code == 200
        assert site.get("/", headers={"host": "evil.example"}).status_code == 403
        assert site.stop() == 0
    finally:
        site.kill()


def default_of(text: str) -> str:
    """What Compose makes of `${NAME:-default}` when NAME is unset."""
    match = re.fullmatch(r"\$\{\w+:-(.*)\}", text)
    assert match is not None
    return match[1]


def test_the_image_is_built_from_the_lock_and_runs_without_rights() -> None:
    makefile = (PROJECT / "Makefile").read_text()
    version = re.search(r"^UV_VERSION = (.+)$", makefile, re.M)
    assert version is not None and f"UV_VERSION={version[1]}\n" in DOCKERFILE
    assert "--require-hashes -r requirements.txt" in DOCKERFILE
    assert re.findall(r"^USER (.+)$", DOCKERFILE, re.M) == ["10001:10001"]
    assert all(re.search(r":\d+\.\d+", image) for image in re.findall(r"^FROM (\S+)", DOCKERFILE))


def test_no_service_of_compose_is_root_or_open_to_other_machines() -> None:
    assert set(services()) == {"web", "worker", "database", "redis"}
    for service in services().values():
        if "build" not in service:  # the image's own user is checked above
            assert service["user"] not in ("root", "0")
            assert re.search(r":\d+-", service["image"])
        assert "ALL" in service["cap_drop"] and service["restart"] == "unless-stopped"
        for port in service.get("ports", []):
            assert port.startswith("127.0.0.1:")


@pytest.mark.parametrize("name", ["web", "worker"])
def test_compose_sets_variables_that_are_read(name: str) -> None:
    assert set(services()[name]["environment"]) <= READ


def test_compose_and_the_site_agree_on_the_network() -> None:
    compose = yaml.safe_load((PROJECT / "compose.yaml").read_text())
    subnet = compose["networks"]["default"]["ipam"]["config"][0]["subnet"]
    assert compose["services"]["web"]["environment"]["RESEARCH_TRUSTED_NETWORK"] == subnet


def test_the_documentation_explains_every_variable_that_compose_needs() -> None:
    text = (PROJECT / "docs/deployment.md").read_text()
    asked = set(re.findall(r"\$\{(\w+)", (PROJECT / "compose.yaml").read_text()))
    for name in asked | set(services()["web"]["environment"]):
        assert f"`{name}`" in text
