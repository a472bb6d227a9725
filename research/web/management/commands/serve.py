"""`manage.py serve`: brings the database up to date and serves the site with Daphne."""

import logging
import socket
from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from research.ops import metrics
from research.ops.database import check_reachable, migrate
from research.ops.private_files import keep_private
from research.ops.runtime import settle_memory, take_short_turns
from research.runs import engines
from research.web.guard import may_serve_on
from research.web.health import web_numbers

NO_ACCOUNTS = (
    "It has no accounts yet: everyone who can reach this port, as every user of this machine can, "
    "is its administrator."
)

BACKLOG = 1024  # connections that wait to be taken: all watchers come back at once after a restart
HANDSHAKE_SECONDS = 30  # for a WebSocket to open: a busy machine takes a while for hundreds

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Serves the site on HOST:PORT (127.0.0.1:8000), this machine's own addresses only."
    requires_migrations_checks = False

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = _address()
        _check_free(host, port)
        check_reachable()
        keep_private()
        migrate()
        metrics.serve(web_numbers())
        engine = engines.engine()
        engine.start()  # it imports for seconds, which the site does meanwhile, too
        try:
            call_command("library", "fill")
            self._serve(host, port)
        finally:
            engine.stop()

    def _accounts(self, host: str, port: int) -> str:
        """Who may come in, or how the first of them does."""
        from research.web.first import first_path, has_administrator

        if not settings.RESEARCH_ACCOUNTS:
            return NO_ACCOUNTS
        if has_administrator():
            return "People sign in to it."
        place = settings.RESEARCH_PUBLIC_URL or f"http://{_for_url(host)}:{port}"
        return (
            f"Nobody has an account yet. Make the first administrator here:\n{place}{first_path()}"
        )

    def _serve(self, host: str, port: int) -> None:
        from channels.routing import get_default_application
        from daphne.server import twisted_loop

        from research.web.server import Server

        self.stderr.write(f"Research is at http://{_for_url(host)}:{port}/  (Ctrl-C stops it)")
        self.stderr.write(self._accounts(host, port))

        metrics.measure_lag(twisted_loop, "web")
        import_module(settings.ROOT_URLCONF)  # now, not with the first request
        take_short_turns()
        settle_memory()
        interface = host.replace(":", r"\:")
        Server(
            get_default_application(),
            endpoints=[f"tcp:port={port}:interface={interface}:backlog={BACKLOG}"],
            application_close_timeout=2,
            websocket_handshake_timeout=HANDSHAKE_SECONDS,
        ).run()


def _address() -> tuple[str, int]:
    host: str = settings.HOST
    if not may_serve_on(host):
        raise CommandError(
            f"HOST must be a loopback address such as 127.0.0.1, not {host!r}: "
            "everyone who reaches this site is its administrator, so it serves this machine only. "
            "With RESEARCH_ACCOUNTS=on people sign in, and it serves any address of this machine.",
            returncode=2,
        )
    return ("127.0.0.1" if host == "localhost" else host.strip("[]")), settings.PORT


def _check_free(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"{host}:{port} is not free ({error.strerror}). Set PORT to another port.",
                returncode=2,
            ) from None


def _for_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host
