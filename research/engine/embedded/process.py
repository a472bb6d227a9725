"""The embedded engine in a process of its own, as the site's process sees it.

Crews and pages do not share an interpreter lock, and what brings the crews down (a crash in a tool,
a kernel short of memory) does not take the site with it. The two talk in lines over the child's
stdin and stdout: `wake`, `ping`, `metrics` and `stop` one way, answers (`pong`, `metrics`) and
pushes (`group TAB message`) the other.
"""

import atexit
import json
import logging
import subprocess
import sys
import threading
import time
from itertools import chain, repeat
from typing import Any

from channels.layers import get_channel_layer
from django.conf import settings
from django.db import Error, connections, transaction

from research.live.layers import InProcessChannelLayer
from research.ops.runtime import worker_name
from research.runs.events import record
from research.runs.models import Run, Topic

STOP_SECONDS = 8.0  # the engine gives its crews less
RESTART_SECONDS = (0.0, 1.0, 5.0, 15.0, 30.0)  # the wait before another start, by falls in a row
STEADY_SECONDS = 60.0  # an engine that lived this long has not fallen "in a row"

logger = logging.getLogger(__name__)


class EngineProcess:
    """Starts the engine's process, starts it again when it falls, and passes its pushes on.

    All methods may be called in any thread.
    """

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None
        self._process: subprocess.Popen[str] | None = None
        self._lock = threading.Lock()  # of writing to the process
        self._stopping = threading.Event()
        self._answered = threading.Condition()
        self._answers: dict[str, str] = {}

    def start(self) -> None:
        """Returns when the process is started; it imports CrewAI meanwhile."""
        atexit.register(self.stop)
        process = self._spawn()
        self._thread = threading.Thread(
            target=self._supervise, args=[process], name="engine", daemon=True
        )
        self._thread.start()

    def dispatch(self, run: Run) -> None:
        """Wakes the engine once the transaction is over."""
        transaction.on_commit(lambda: self._tell("wake"))

    def stop(self) -> None:
        """Ends the engine; topics that it does not bring to their end go back to the queue."""
        self._stopping.set()
        self._tell("stop")
        if self._thread:
            self._thread.join(STOP_SECONDS)
        if self._process and self._process.poll() is None:
            self._process.kill()

    def lacks(self) -> str | None:
        return None

    def state(self, timeout: float = 2.0) -> str:
        """`ok`, or what is wrong with the engine."""
        return self._ask("ping", "pong", timeout) or "the engine does not answer"

    def metrics(self, timeout: float = 2.0) -> str:
        """The engine's numbers as text; empty if it does not answer."""
        return str(json.loads(self._ask("metrics", "metrics", timeout) or '""'))

    def _ask(self, word: str, head: str, timeout: float) -> str | None:
        """What the engine answers to a word under a head; None if it does not."""
        with self._answered:
            self._answers.pop(head, None)
            self._tell(word)
            self._answered.wait_for(lambda: head in self._answers, timeout)
            return self._answers.get(head)

    def _tell(self, word: str) -> None:
        with self._lock:
            if self._process and self._process.stdin:
                try:
                    self._process.stdin.write(f"{word}\n")
                    self._process.stdin.flush()
                except (OSError, ValueError):
                    pass  # it has fallen: `_supervise` starts another, which looks for work

    def _supervise(self, process: "subprocess.Popen[str] | None") -> None:
        falls = 0
        while process:
            begin = time.monotonic()
            self._listen(process)
            status = process.wait()
            if self._stopping.is_set():
                return
            falls = 1 if time.monotonic() - begin > STEADY_SECONDS else falls + 1
            logger.error("The engine's process ended with status %s; it is started again", status)
            _take_back(worker_name(process.pid))
            process = self._spawn_again(falls)

    def _spawn_again(self, falls: int) -> "subprocess.Popen[str] | None":
        """After a wait, and another where no process can be had; None when the site stops."""
        waits = chain(RESTART_SECONDS[falls - 1 :], repeat(RESTART_SECONDS[-1]))
        while not self._stopping.wait(next(waits)):
            try:
                return self._spawn()
            except OSError as error:
                logger.error("The engine's process cannot be started: %s", error)
        return None

    def _spawn(self) -> "subprocess.Popen[str]":
        process = subprocess.Popen(  # noqa: S603 our own command
            [sys.executable, str(settings.BASE_DIR / "manage.py"), "engine"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",  # a process that is killed may leave half a letter
        )
        with self._lock:
            self._process = process
        return process

    def _listen(self, process: "subprocess.Popen[str]") -> None:
        """Handles what the engine says until it ends."""
        layer = get_channel_layer()
        for line in process.stdout or ():
            if not line.endswith("\n"):
                return  # it was killed in the middle of a word
            head, _, message = line.rstrip("\n").partition("\t")
            if head in ("pong", "metrics"):
                with self._answered:
                    self._answers[head] = message
                    self._answered.notify_all()
            elif isinstance(layer, InProcessChannelLayer) and layer.has(head):
                layer.push(head, json.loads(message))


def _take_back(worker: str) -> None:
    """Puts the topics of a process that fell back into the queue."""
    try:
        with transaction.atomic():
            record([event for topic in Topic.objects.held_by(worker) for event in topic.lost()])
    except Error as error:  # their leases run out instead
        logger.error("The topics of %s could not be taken back: %s", worker, error)
    finally:
        connections.close_all()


class Upstream:
    """The other end: the engine's stdin and stdout. Its pushes are those of a channel layer."""

    def __init__(self) -> None:
        self._out = sys.stdout
        self._lock = threading.Lock()
        sys.stdout = sys.stderr  # whatever a tool prints must not stand among the pushes

    def push(self, group: str, message: dict[str, Any]) -> None:
        self._say(group, json.dumps(message))

    def pong(self, state: str) -> None:
        self._say("pong", state)

    def metrics(self, text: str) -> None:
        self._say("metrics", json.dumps(text))

    def _say(self, head: str, text: str) -> None:
        with self._lock:
            self._out.write(f"{head}\t{text}\n")
            self._out.flush()
