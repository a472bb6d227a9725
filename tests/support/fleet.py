"""A site past one machine, for tests and benchmarks: web processes, workers, PostgreSQL, Redis."""

import subprocess
import sys
import time
from pathlib import Path
from typing import IO

from tests.support.patience import patient
from tests.support.site import PROJECT, Site


class Worker:
    """`manage.py worker` as a process of its own."""

    def __init__(self, env: dict[str, str], log_file: Path) -> None:
        self.log_file = log_file
        with log_file.open("ab") as log:
            self._process = _spawn(["worker"], env, log)

    @property
    def log(self) -> str:
        return self.log_file.read_text(errors="replace")

    @property
    def pid(self) -> int:
        return self._process.pid

    def stop(self, timeout: float = 15) -> int:
        self._process.terminate()
        return self._process.wait(patient(timeout))

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


class Fleet:
    """Web processes and workers that share a database and a Redis; `env` holds for all of them."""

    def __init__(self, folder: Path, **env: str) -> None:
        self._folder = folder
        self._env = env
        self.sites: list[Site] = []
        self.workers: list[Worker] = []

    def add_site(self) -> Site:
        """Starts one more web process."""
        folder = self._folder / f"web-{len(self.sites)}"
        folder.mkdir(parents=True)
        site = Site(folder, **self._env)
        self.sites.append(site)
        site.start(ready="/healthz")
        return site

    def add_worker(self, **env: str) -> Worker:
        """Starts one more worker; `env` holds for it alone."""
        log_file = self._folder / f"worker-{len(self.workers)}.log"
        self.workers.append(Worker(self.sites[0].env | env, log_file))
        return self.workers[-1]

    def start(self, sites: int, workers: int) -> None:
        """Starts that many of each; returns once a worker is ready, if there is to be one."""
        for _ in range(sites):
            self.add_site()
        for _ in range(workers):
            self.add_worker()
        if workers:
            self.wait_for_workers(workers)

    def wait_for_workers(self, number: int, timeout: float = 120) -> None:
        """Returns once that many workers take topics."""
        deadline = time.monotonic() + patient(timeout)
        while sum("takes topics" in worker.log for worker in self.workers) < number:
            if time.monotonic() > deadline:
                raise TimeoutError("".join(worker.log for worker in self.workers)[-4000:])
            time.sleep(0.1)

    @property
    def url(self) -> str:
        return self.sites[0].url

    @property
    def pids(self) -> list[int]:
        """Of all its processes."""
        return [process.pid for process in [*self.sites, *self.workers]]

    def kill(self) -> None:
        for process in [*self.workers, *self.sites]:
            process.kill()


def _spawn(command: list[str], env: dict[str, str], log: IO[bytes]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "manage.py", *command],
        cwd=PROJECT,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
    )
