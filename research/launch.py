"""Starts the work that is queued: here, in the engine of this process."""

import threading

from research.engine.local import LocalEngine

_lock = threading.Lock()
_engine: LocalEngine | None = None


def start() -> LocalEngine:
    """This process's engine, started on first use."""
    global _engine
    with _lock:
        if _engine is None or not _engine.is_alive:
            _engine = LocalEngine()
            _engine.start()
        return _engine


def wake() -> None:
    """Tells the engine that topics were queued."""
    start().wake()


def stop() -> None:
    """Ends the engine; topics at work go back to the queue."""
    if _engine is not None:
        _engine.stop()


def answers() -> bool:
    """Whether this process's engine is at work, and not stuck."""
    return start().answers()
