"""The crews' process falls: the site does not, and a topic that fells it again and again ends."""

import os
import signal
from pathlib import Path
from typing import Any

import pytest

from research.engine.embedded.process import EngineProcess
from tests.support.provider import ScriptedProvider
from tests.support.site import Site
from tests.support.waiting import events_of, wait


def test_when_the_engine_falls_the_site_stays_and_topics_go_on(
    fragile_site: Site, provider: ScriptedProvider
) -> None:
    provider.script(latency=300.0)
    site = fragile_site
    run = site.submit("one", "two", "three")["id"]
    wait(lambda: provider.stats()["open"] == 3, seconds=30)
    fallen, told = site.engine_pid, len(site.log)
    os.kill(fallen, signal.SIGKILL)
    provider.reset()
    assert site.get("/").status_code == 200
    assert site.result(run, timeout=40)["status"] == "succeeded"
    assert site.engine_pid not in (None, fallen)
    kinds = [event["kind"] for event in events_of(site, run)]
    assert kinds.count("topic.resumed") == 3
    assert "ended with status -9" in site.log[told:]


def test_when_the_site_is_killed_its_engine_goes_too(fragile_site: Site) -> None:
    engine = fragile_site.engine_pid
    fragile_site.kill()
    wait(lambda: not _lives(engine), seconds=5)


TORN = """
import pathlib, sys
been_here = pathlib.Path(__file__).with_suffix(".been")
if not been_here.exists():
    been_here.touch()
    sys.stdout.write('run.1\\t{"events": [')
    sys.exit(9)
print("ready\\t", flush=True)
for word in map(str.strip, sys.stdin):
    if word == "ping":
        print("pong\\tok", flush=True)
    if word == "stop":
        break
"""


@pytest.mark.django_db(transaction=True)
def test_an_engine_that_falls_in_the_middle_of_a_word_is_started_again(
    settings: Any, tmp_path: Path
) -> None:
    (tmp_path / "manage.py").write_text(TORN)
    settings.BASE_DIR = tmp_path
    engine = EngineProcess()
    engine.start()
    try:
        wait(lambda: engine.state(timeout=0.2) == "ok", seconds=20)
    finally:
        engine.stop()


def _lives(pid: int | None) -> bool:
    try:
        os.kill(pid or 0, 0)
    except ProcessLookupError:
        return False
    return True
