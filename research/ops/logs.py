"""Log lines for people or for machines; both name the run and the topic, and hold no secret."""

import json
import logging
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from research.text.redaction import redact

IDS = ("run", "topic", "worker")

_about: ContextVar[dict[str, str]] = ContextVar("about")


def bind(**ids: object) -> None:
    """Everything that this task, and its threads, log from now on is about these IDS."""
    _about.set(_about.get({}) | {name: str(value) for name, value in ids.items()})


class Ids(logging.Filter):
    """Adds to a record what it is about, unless the caller has said so with `extra`."""

    def filter(self, record: logging.LogRecord) -> bool:
        for name, value in _about.get({}).items():
            record.__dict__.setdefault(name, value)
        return True


def _ids(record: logging.LogRecord) -> dict[str, str]:
    return {name: str(record.__dict__[name]) for name in IDS if name in record.__dict__}


class LineFormatter(logging.Formatter):
    """A line to read, with what it is about at its end; a traceback follows."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        about = [f"{name}={value}" for name, value in _ids(record).items()]
        return " ".join([super().formatMessage(record), *about])

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time, level, logger, message, IDS where known, exception."""

    def format(self, record: logging.LogRecord) -> str:
        fields: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **_ids(record),
        }
        if record.exc_info:
            fields["exception"] = self.formatException(record.exc_info)
        if record.stack_info:
            fields["stack"] = self.formatStack(record.stack_info)
        # Before it is JSON: a secret with a quote or a line break in it is not found there.
        return json.dumps({name: redact(value) for name, value in fields.items()})
