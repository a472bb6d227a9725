"""The crews' process falls: the site does not, and a topic that fells it again and again ends."""

import os
import signal
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from research.engine.embedded.process import EngineProcess
from research.runs.events import record
from research.runs.models import TaskResult, Topic
from research.runs.submission import Submission
from tests.support.provider import ScriptedProvider
from tests.support.waiting import events_of, wait

pytestmark = pytest.mark.alone  # the times it looks at need the machine


def test_when_the_engine_falls_the_site_stays_and_topics_go_on(
    make_site: Any, provider: ScriptedProvider
) -> None:
    provider.script(latency=60.0)
    site = make_site()
    run = site.submit("one", "two", "three")["id"]
    wait(lambda: provider.stats()["open"] == 3, seconds=30)
    fallen = site.engine_pid
    os.kill(fallen, signal.SIGKILL)
    provider.reset()
    assert site.get("/").status_code == 200
    assert site.result(run, timeout=40)["status"] == "succeeded"
    assert site.engine_pid not in (None, fallen)
    kinds = [event["kind"] for event in events_of(site, run)]
    assert kinds.count("topic.resumed") == 3
    assert "ended with status -9" in site.log


def test_when_the_site_is_killed_its_engine_goes_too(make_site: Any) -> None:
    site = make_site()
    engine = site.engine_pid
    site.kill()
    wait(lambda: not _lives(engine), seconds=5)


TORN = """
import pathlib, sys
been_here = pathlib.Path(__file__).with_suffix(".been")
if not been_here.exists():
    been_here.touch()
    sys.stdout.write('run.1\\t{"events": [')
    sys.exit(9)
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


@pytest.mark.django_db
def test_a_topic_that_fells_three_workers_in_a_row_fails() -> None:
    run = Submission.check(["poison"], model="offline").submit()
    for _ in range(3):
        (topic,) = Topic.objects.next_in_line(10, run.pk)
        with transaction.atomic():
            record(Topic.objects.claim([topic], "host:1"))
        for held in Topic.objects.held_by("host:1"):
            with transaction.atomic():
                record(held.lost())
    run.refresh_from_db()
    assert run.status == "failed"
    assert run.topics.get().error_kind == "crashed"


@pytest.mark.django_db
def test_a_topic_that_gets_on_between_the_falls_is_no_suspect() -> None:
    run = Submission.check(["slow"], model="offline").submit()
    run.topics.update(crashes=2)
    (topic,) = Topic.objects.next_in_line(10, run.pk)
    now = timezone.now()
    result = TaskResult(topic=topic, attempt=1, index=0, name="a", started_at=now, finished_at=now)
    topic.keep(result)
    assert not run.topics.get().is_suspect


@pytest.mark.django_db
def test_suspects_run_one_at_a_time() -> None:
    run = Submission.check(["a", "b", "c", "d"], model="offline").submit()
    run.topics.filter(text__in="ab").update(crashes=2)
    first = Topic.objects.next_in_line(10, run.pk)
    assert [topic.text for topic in first] == ["c", "d", "a"]
    with transaction.atomic():
        record(Topic.objects.claim([first[-1]], "host:1"))
    assert [topic.text for topic in Topic.objects.next_in_line(10, run.pk)] == ["c", "d"]


def _lives(pid: int | None) -> bool:
    try:
        os.kill(pid or 0, 0)
    except ProcessLookupError:
        return False
    return True
