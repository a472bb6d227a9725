"""Trying a key in a process of its own, by the very code with which crews use it.

What it takes to ask a provider takes a web process seconds to import, and much memory. What a
server answers is held to limits of time and memory there (`manage.py trial`).
"""

import json
import subprocess
import sys
import threading
from collections.abc import Mapping

from django.conf import settings

from research.keyring.current import Tried
from research.keyring.exceptions import TrialFailed, TrialsBusy

AT_ONCE = 2
TURN_SECONDS = 30.0  # that one waits for its turn
SECONDS = 100.0  # in all; the process ends itself before

_turns = threading.BoundedSemaphore(AT_ONCE)


def try_apart(service: str, values: Mapping[str, str], model: str = "") -> Tried:
    """How a service answers with these keys and addresses, or with those of the environment.

    Raises TrialsBusy and TrialFailed.
    """
    if not _turns.acquire(timeout=TURN_SECONDS):
        raise TrialsBusy
    try:
        done = subprocess.run(  # noqa: S603 our own command
            [sys.executable, str(settings.BASE_DIR / "manage.py"), "trial"],
            input=json.dumps({"service": service, "values": dict(values), "model": model}),
            stdout=subprocess.PIPE,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise TrialFailed(reason="it took too long") from None
    finally:
        _turns.release()
    if done.returncode < 0:
        raise TrialFailed(reason="it took too long, or too much memory")
    try:
        told = json.loads(done.stdout)
    except ValueError:
        raise TrialFailed(reason="see the site's log") from None
    return Tried(told["model"], tuple(told["models"]), told["trouble"])
