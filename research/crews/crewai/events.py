"""The events of one crew, and of no other, as they happen."""

import contextlib
import functools
from collections.abc import Callable, Iterator
from typing import Any

from research.crews.crewai.quiet_import import quiet_import

with quiet_import():
    from crewai.events.event_bus import crewai_event_bus
    from crewai.events.stream_context import add_stream_sink, reset_stream_sinks

Sink = Callable[[Any, Any], None]


@contextlib.contextmanager
def listening(sink: Sink) -> Iterator[None]:
    """Sends the events of crews run in this context, and of no others, to `sink(source, event)`.

    Sinks are called at once, in the emitting thread. The global bus delivers without order on ten
    threads, a kickoff waits for it on the event loop, and it keeps every event until the crew
    ends; so its own listeners and its record are taken off.
    """
    _silence_bus()
    token = add_stream_sink(sink)
    try:
        yield
    finally:
        reset_stream_sinks(token)


@functools.cache
def _silence_bus() -> None:
    crewai_event_bus._sync_handlers.clear()
    crewai_event_bus._async_handlers.clear()
    crewai_event_bus._record_event = lambda event: None  # type: ignore[method-assign]
