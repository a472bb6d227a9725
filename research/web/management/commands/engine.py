"""`manage.py engine`: the embedded engine's own process. `serve` starts it and stops it."""

import os
import signal
import sys
from typing import Any

from channels.layers import channel_layers, get_channel_layer
from django.core.management.base import BaseCommand, CommandError

from research.engine.embedded.loop import LocalEngine
from research.engine.embedded.process import Upstream
from research.live.layers import InProcessChannelLayer
from research.ops import metrics
from research.ops.runtime import step_back, take_short_turns

NICE = 5  # crews compute in the time that pages leave them


class Command(BaseCommand):
    help = "The process of the embedded engine. The site starts it; it is not started by hand."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        if sys.stdin.isatty():
            raise CommandError("The site starts its engine by itself: manage.py serve.")
        # The site hears Ctrl-C and SIGTERM, and tells the engine when to stop.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        take_short_turns()
        upstream = Upstream()
        if isinstance(get_channel_layer(), InProcessChannelLayer):  # one of a single process
            channel_layers.set("default", upstream)

        def tell() -> None:
            if engine.trouble is None:
                step_back(NICE)  # not before: somebody waits for the first topic
                upstream.ready()
            else:
                upstream.failed(engine.trouble)
                _exit(1)  # the site tries again

        engine = LocalEngine(on_ready=tell)
        engine.start()
        for line in sys.stdin:
            match line.strip():
                case "wake":
                    engine.wake()
                case "ping":
                    upstream.pong(engine.state())
                case "metrics":
                    upstream.metrics(metrics.own())
                case "stop":
                    engine.stop()
                    _exit(0)
        # The site is gone without a word. Its engine goes too: the next one takes over from here.
        _exit(1)


def _exit(status: int) -> None:
    """Ends without waiting for tool calls in threads, which Python would do."""
    sys.stderr.flush()
    os._exit(status)
