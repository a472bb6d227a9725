"""What the repository brings for servers: it starts, and it says nothing that is not so."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from research.web.server import IDLE_SECONDS, MAX_UPLOAD
from researchsite.environment import Environment
from tests.support.compose import default_of
from tests.support.missing import unavailable
from tests.support.patience import patient
from tests.support.site import PROJECT

DOCKERFILE = (PROJECT / "Dockerfile").read_text()
UNITS = sorted(PROJECT.glob("deploy/systemd/*.*"))


def services() -> dict[str, dict[str, Any]]:
    compose = yaml.safe_load((PROJECT / "compose.yaml").read_text())
    return dict(compose["services"])


# Without containers ---------------------------------------------------------------------------


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_understands_the_units(tmp_path: Path, unit: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        unavailable("systemd-analyze", "apt-get install systemd")
    for each in UNITS:  # a timer needs its service
        text = each.read_text().replace("/opt/research/.venv/bin/python", sys.executable)
        copy = tmp_path / each.name.replace("@", "@8000")
        copy.write_text(text.replace("/opt/research", str(PROJECT)))
    copy = tmp_path / unit.name.replace("@", "@8000")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", copy],
        capture_output=True,
        text=True,
        timeout=patient(60),
    )
    assert done.returncode == 0 and str(copy.name) not in done.stderr, done.stderr


def test_the_units_start_what_is_there_and_give_it_time_to_stop() -> None:
    services = [unit for unit in UNITS if unit.suffix == ".service"]
    assert len(services) == 3
    for unit in services:
        lines = set(unit.read_text().splitlines())
        assert {"User=research", "UMask=0077", "ProtectSystem=strict"} <= lines
        if "Type=oneshot" not in lines:
            assert {"Restart=always", "TimeoutStopSec=15"} <= lines
        command = re.search(r"manage\.py (\w+)", unit.read_text(), re.M)
        assert command is not None
        assert (PROJECT / f"research/web/management/commands/{command[1]}.py").is_file()


# Containers -----------------------------------------------------------------------------------


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
    assert services()[name]["environment"].keys() <= Environment.model_fields.keys()


def test_people_sign_in_to_what_compose_serves() -> None:
    environment = services()["web"]["environment"]
    read = {name: default_of(str(environment[name])) for name in ("RESEARCH_PUBLIC_URL", "HOST")}
    made = Environment.model_validate(
        read | {"RESEARCH_ACCOUNTS": environment["RESEARCH_ACCOUNTS"]}
    )
    assert made.has_accounts and made.public_host == "localhost"
    assert "var:/app/var" in services()["web"]["volumes"]


@pytest.mark.parametrize("name", ["Caddyfile", "nginx.conf"])
def test_proxies_let_through_what_the_site_takes(name: str) -> None:
    text = (PROJECT / "deploy/proxy" / name).read_text()
    size = re.search(r"(?:max_size|client_max_body_size) (\d+)m", text, re.I)
    assert size is not None and int(size[1]) * 10**6 > MAX_UPLOAD
    kept = re.search(r"keepalive (\d+)s", text)
    assert kept is None or int(kept[1]) < IDLE_SECONDS


def test_the_documentation_explains_every_variable_that_compose_needs() -> None:
    text = (PROJECT / "docs/deployment.md").read_text()
    asked = set(re.findall(r"\$\{(\w+)", (PROJECT / "compose.yaml").read_text()))
    for name in asked | set(services()["web"]["environment"]):
        assert f"`{name}`" in text
