"""A whole site for tests, benchmarks and chaos: `manage.py serve` as a process of its own."""

import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx

from tests.support.patience import patient

PROJECT = Path(__file__).resolve().parents[2]
KEY = "sk-test-0123456789abcdef"
ENDED = {"succeeded", "partial", "failed", "cancelled"}
INHERITED = ("PATH", "LANG", "LC_ALL", "TMPDIR", "CI", "VIRTUAL_ENV")
"""All that a site sees of this process's environment: no key and no proxy of the developer's."""


class Site:
    """A site with a database of its own in `folder`, on a free port of this machine.

    `start` after `stop` or `kill` brings it back: same address, same database.
    """

    def __init__(self, folder: Path, **env: str) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.ws_url = f"ws://127.0.0.1:{port}"
        self.database = folder / "site.sqlite3"
        self.log_file = folder / "site.log"
        self.client = httpx.Client(base_url=self.url, trust_env=False, timeout=patient(60))
        self.env = {
            **{name: os.environ[name] for name in INHERITED if name in os.environ},
            "HOME": str(folder),
            "HOST": "127.0.0.1",
            "PORT": str(port),
            "DATABASE_URL": f"sqlite:///{self.database}",
            "SECRET_KEY": "wTq0Zr7mXk-for-tests-only-9fLJ2vBn",
            **env,
        }
        self._process: subprocess.Popen[bytes] | None = None

    def manage(self, *command: str, timeout: float = 120) -> "subprocess.CompletedProcess[str]":
        """Runs `manage.py command…` with the site's environment, beside the site or without it."""
        return subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=PROJECT,
            env=self.env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=patient(timeout),
        )

    def start(self, timeout: float = 90, ready: str = "/readyz") -> None:
        """Returns once the site answers on `ready`; a RuntimeError carries the log's end."""
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "manage.py", "serve"],
                cwd=PROJECT,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + patient(timeout)
        while not self.answers(ready):
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"The site did not start:\n{self.log[-4000:]}")
            time.sleep(0.05)

    def answers(self, path: str) -> bool:
        try:
            return self.client.get(path, timeout=patient(5)).status_code == 200
        except httpx.TransportError:
            return False

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def engine_pid(self) -> int | None:
        """Of the process that runs the crews; None while there is none."""
        listed = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(self.pid)], capture_output=True, text=True
        )
        return int(listed.stdout.split()[0]) if listed.stdout.split() else None

    @property
    def pids(self) -> list[int]:
        """Of all its processes."""
        return [self.pid, *([self.engine_pid] if self.engine_pid else [])]

    @property
    def log(self) -> str:
        """What the site has written to its terminal so far."""
        return self.log_file.read_text(errors="replace")

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.client.get(path, **more)

    def post(self, path: str, json: Any = None, **more: Any) -> httpx.Response:
        return self.client.post(path, json=json, **more)

    def submit(self, *topics: str, **more: Any) -> dict[str, Any]:
        """Starts a run through the API; the answer as in the contract."""
        answer = self.post("/api/runs", {"topics": topics, **more}).raise_for_status()
        return dict(answer.json())

    def result(self, run_id: str, timeout: float = 60) -> dict[str, Any]:
        """The run as the API shows it once it has ended; a TimeoutError shows how far it came."""
        deadline = time.monotonic() + patient(timeout)
        while True:
            run: dict[str, Any] = self.get(f"/api/runs/{run_id}").raise_for_status().json()
            if run["status"] in ENDED:
                return run
            if time.monotonic() > deadline:
                raise TimeoutError(f"{run}\n{self.log[-4000:]}")
            time.sleep(0.05)

    def end_runs(self) -> None:
        """Cancels what is still at work, and waits for its end."""
        for run in self.get("/api/runs").json()["runs"]:
            if run["status"] not in ENDED:
                self.post(f"/api/runs/{run['id']}/cancel")
                self.result(run["id"])

    def stop(self, timeout: float = 15) -> int:
        """Asks the site to end, as Ctrl-C does, and returns its exit status."""
        assert self._process is not None
        self._process.terminate()
        try:
            return self._process.wait(patient(timeout))
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def kill(self) -> None:
        """Ends the site as a power cut does."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()


def asking(provider_url: str, key: str = KEY) -> dict[str, str]:
    """The environment of a site that asks the scripted provider, in any of its protocols."""
    address = provider_url.removesuffix("/v1")
    return {
        "OPENAI_API_KEY": key,
        "OPENAI_BASE_URL": provider_url,
        "ANTHROPIC_API_KEY": key,
        "ANTHROPIC_BASE_URL": address,
        "GEMINI_API_KEY": key,
        "GOOGLE_GEMINI_BASE_URL": address,
        "OLLAMA_HOST": f"{address}/ollama",
        "RESEARCH_MODEL": "openai/scripted",
    }


def start_site(folder: Path, database: Path, **env: str) -> Site:
    """A running site with a copy of a database."""
    folder.mkdir(parents=True, exist_ok=True)
    site = Site(folder, **env)
    shutil.copy(database, site.database)
    site.start()
    return site


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
