"""Log lines name the run and the topic they are about, for people and as JSON, without a key."""

import asyncio
import io
import json
import logging
import logging.config
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings

from research.ops.logs import bind

KEY = 'sk-live-"quoted"-0123456789\nsecond line'  # JSON writes the quotes and the break otherwise


@pytest.fixture(params=["line", "json"])
def written(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """What the settings' own handler writes in either format; `written.format` says which."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    stream: Any = io.StringIO()
    stream.format = request.param
    console = {**settings.LOGGING["handlers"]["console"], "formatter": request.param}
    logger = {"handlers": ["console"], "level": "INFO", "propagate": False}
    logging.config.dictConfig(
        {
            **settings.LOGGING,
            "handlers": {"console": {**console, "stream": stream}},
            "root": {},
            "loggers": {"tests.logs": logger, "a.library": logger},
        }
    )
    yield stream
    for name in ("tests.logs", "a.library"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True


def test_no_key_reaches_a_log(written: Any) -> None:
    logger = logging.getLogger("tests.logs")
    logger.warning("refused with %s", KEY)
    try:
        raise ValueError(f"Incorrect API key provided: {KEY}")
    except ValueError:
        logger.exception("the call failed", extra={"topic": KEY}, stack_info=True)
    text = written.getvalue()
    assert "sk-live" not in text and "0123456789" not in text and "second line" not in text
    assert text.count("•••" if written.format == "line" else "\\u2022" * 3) >= 3
    assert "ValueError: Incorrect API key provided" in text


async def test_what_a_topic_logs_names_it(written: Any) -> None:
    """Its own lines, a library's, and those of its tools' threads; not its neighbour's."""

    async def topic(position: int) -> None:
        bind(run="r1", topic=position, worker="host:1")
        await asyncio.sleep(0)
        logging.getLogger("tests.logs").info("own %s", position)
        await asyncio.to_thread(logging.getLogger("a.library").error, "threaded %s", position)

    await asyncio.gather(*(asyncio.create_task(topic(position)) for position in (1, 2)))
    logging.getLogger("tests.logs").info("nobody's")
    lines = written.getvalue().splitlines()
    assert len(lines) == 5
    for line in lines:
        if written.format == "json":
            found = json.loads(line)
            message, number = found["message"], found.get("topic")
            assert {"time", "level", "logger", "message"} <= set(found)
            assert ("run" in found) == ("worker" in found) == (number is not None)
        else:
            message, _, number = line.partition(" run=r1 topic=")
            number = number.removesuffix(" worker=host:1") or None
        assert number == (None if message.endswith("nobody's") else message[-1])
