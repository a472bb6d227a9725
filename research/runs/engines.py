"""Brings what is queued to the engine: this site's own, or on PostgreSQL the fleet of workers."""

import functools
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from research.runs.models import Run

STARTING = "the engine is starting: it loads CrewAI, which takes some seconds"
CANNOT_START = "the engine cannot start: {reason}"


class Engine(Protocol):
    """What runs the topics."""

    def start(self) -> None:
        """Starts the engine's process, where the site has one of its own."""

    def dispatch(self, run: Run) -> None:
        """Topics of the run were queued or cancelled, in this transaction."""

    def state(self) -> str:
        """`ok`, or what is wrong; may take seconds to find out."""

    def lacks(self) -> str | None:
        """What queued topics wait for, other than their turn, as part of a sentence."""

    def trouble(self) -> str | None:
        """Why no topic is run until somebody mends it, as part of a sentence; else None.

        As it was last known: any page may ask, and nothing is waited for.
        """

    def metrics(self) -> str:
        """The numbers of the process that it began; empty where there is none, or no answer."""

    def stop(self) -> None:
        """Ends what `start` began; topics at work go back to the queue."""


@functools.cache
def engine() -> Engine:
    """The one that the settings name in RESEARCH_ENGINE."""
    made: Engine = import_string(settings.RESEARCH_ENGINE)()
    return made
