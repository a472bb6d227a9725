"""A contender in a process of its own: one JSON line asks for a measurement, one answers.

The process stays alive between measurements, so that what it imports is not measured and neither
its modules nor its threads mix with another contender's.
"""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
INHERITED = ("PATH", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV")

Json = dict[str, Any]


class ContenderFailed(RuntimeError):
    """A contender's process ended instead of answering."""


class ContenderProcess:
    """The asking end. `folder` is the process's HOME; what it says besides goes to a log there.

    `library` is a database with the sample library.
    """

    def __init__(
        self, module: str, python: Path, provider_url: str, library: Path, folder: Path
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._log = folder / "log.txt"
        env = {name: os.environ[name] for name in INHERITED if name in os.environ}
        env |= {
            "HOME": str(folder),
            "OPENAI_API_KEY": "sk-benchmark",
            "OPENAI_BASE_URL": provider_url,
            "RESEARCH_MODEL": "openai/scripted",
            "DATABASE_URL": f"sqlite:///{library}",
            # A stock CrewAI would otherwise send telemetry while it is being timed.
            "CREWAI_DISABLE_TELEMETRY": "true",
            "CREWAI_TRACING_ENABLED": "false",
            "CREWAI_STORAGE_DIR": str(folder),
            "OTEL_SDK_DISABLED": "true",
        }
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [python, "-m", module],
                cwd=PROJECT,
                env=env,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )

    def measure(self, **request: Any) -> Json:
        """What the contender's `measure(**request)` returns; raises ContenderFailed."""
        assert self._process.stdin and self._process.stdout
        try:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            line = ""
        else:
            line = self._process.stdout.readline()
        if not line:
            raise ContenderFailed(self._log.read_text(errors="replace")[-2000:])
        answer: Json = json.loads(line)
        return answer

    def stop(self) -> None:
        """Ends the process: it ends itself when nobody can ask any more."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()


def serve(measure: Callable[..., Coroutine[None, None, Json]]) -> None:
    """The answering end: measures on one event loop for as long as somebody asks."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print is not an answer
    with asyncio.Runner() as runner:  # one loop: LangChain keeps its HTTP client between calls
        for line in sys.stdin:
            answer = runner.run(measure(**json.loads(line)))
            answers.write(json.dumps(answer) + "\n")
            answers.flush()
