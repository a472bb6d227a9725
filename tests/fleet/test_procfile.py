"""`honcho start` runs the Procfile: a web process and a worker, which stop cleanly."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.support.patience import patient
from tests.support.servers import Redis
from tests.support.site import PROJECT, Site


def test_the_procfile_runs_topics_to_their_end_and_stops_cleanly(
    tmp_path: Path, ready_database: str, redis: Redis
) -> None:
    site = Site(tmp_path, DATABASE_URL=ready_database, REDIS_URL=redis.url)
    env = site.env | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
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
        assert honcho.wait(patient(10)) == 128 + signal.SIGTERM  # as honcho passes it on
        assert time.monotonic() - begin < patient(10)
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
    deadline = time.monotonic() + patient(timeout)
    while not site.answers("/readyz"):
        assert process.poll() is None and time.monotonic() < deadline, site.log[-4000:]
        time.sleep(0.2)
