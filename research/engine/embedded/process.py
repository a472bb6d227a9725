"""The embedded engine in a process of its own, as the site's process sees it.

Crews and pages do not share an interpreter lock, and what brings the crews down (a crash in a tool,
a kernel short of memory) does not take the site with it. The two talk in lines over the child's
stdin and stdout: `wake`, `ping`, `metrics` and `stop` one way, answers (`pong`, `metrics`) and
pushes (`group TAB message`) the other; once, `ready` or `failed` with the reason.
"""

import atexit
import contextlib
import json
import logging
import subprocess
import sys
import threading
import time
from typing import Any

from channels.layers import get_channel_layer
from django.conf import settings
from django.db import Error, connections, transaction

from research.live.layers import InProcessChannelLayer
from research.ops.runtime import worker_name
from research.runs.engines import CANNOT_START, STARTING
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
        self._is_ready = False
        self._trouble: str | None = None
        self._lock = threading.Lock()  # of writing to the process
        self._stopping = threading.Event()
        self._answered = threading.Condition()
        self._answers: dict[str, str] = {}

    def start(self) -> None:
        """Has the process started, which then imports CrewAI; nobody waits for either."""
        atexit.register(self.stop)
        self._thread = threading.Thread(target=self._supervise, name="engine", daemon=True)
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

    def trouble(self) -> str | None:
        return self._trouble

    def lacks(self) -> str | None:
        return self._trouble or (None if self._is_ready else STARTING)

    def state(self, timeout: float = 2.0) -> str:
        """`ok`, or what is wrong with the engine."""
        return self._trouble or self._ask("ping", "pong", timeout) or "the engine does not answer"

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

    def _supervise(self) -> None:
        """Starts the process, again and again, until the site stops."""
        falls = 0
        while not self._stopping.wait(_pause(falls)):
            begin = time.monotonic()
            try:
                status = self._live_through(self._spawn())
            except OSError as error:
                self._fail(f"its process cannot be started ({error})")
            else:
                if self._stopping.is_set():
                    return
                logger.error("The engine's process ended with status %s", status)
                was_ready, self._is_ready = self._is_ready, False
                if not was_ready and not self._trouble:
                    self._fail(f"its process ended with status {status} before it was ready")
            falls = 1 if time.monotonic() - begin > STEADY_SECONDS else falls + 1
            logger.error("The engine is started again in %g s", _pause(falls))

    def _live_through(self, process: "subprocess.Popen[str]") -> int:
        """Listens to a process to its end, and takes its topics back; returns its exit status."""
        with contextlib.suppress(BrokenPipeError), process:  # closes its pipes, waits for its end
            self._listen(process)
        status = process.wait()
        if not self._stopping.is_set():
            _take_back(worker_name(process.pid))
        return status

    def _fail(self, reason: str) -> None:
        self._trouble = CANNOT_START.format(reason=reason)
        logger.error("No topic can be run: %s", self._trouble)

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
            if head == "ready":
                self._is_ready, self._trouble = True, None
            elif head == "failed":
                self._trouble = json.loads(message)
            elif head in ("pong", "metrics"):
                with self._answered:
                    self._answers[head] = message
                    self._answered.notify_all()
            elif isinstance(layer, InProcessChannelLayer) and layer.has(head):
                layer.push(head, json.loads(message))


def _pause(falls: int) -> float:
    """Seconds to wait before the process is started, after it fell that often in a row."""
    return RESTART_SECONDS[min(max(falls - 1, 0), len(RESTART_SECONDS) - 1)]


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

    def ready(self) -> None:
        self._say("ready", "")

    def failed(self, trouble: str) -> None:
        self._say("failed", json.dumps(trouble))

    def pong(self, state: str) -> None:
        self._say("pong", state)

    def metrics(self, text: str) -> None:
        self._say("metrics", json.dumps(text))

    def _say(self, head: str, text: str) -> None:
        with self._lock:
            self._out.write(f"{head}\t{text}\n")
            self._out.flush()
