"""What a process counts: labels come from short lists, and what is undone does not count."""

import socket
import time
from typing import Any

import httpx
import pytest
from django.core.management.base import CommandError
from django.db import transaction
from prometheus_client import REGISTRY

from research.crews.tools.sources import SourceBook
from research.crews.tools.toolbox import make_tools
from research.ops import metrics
from research.runs.events import record
from research.runs.models import Event, Topic
from research.runs.submission import Submission


def test_a_worker_shows_its_own_numbers(settings: Any) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = settings.RESEARCH_METRICS_PORT = probe.getsockname()[1]
        with pytest.raises(CommandError, match="in use"):
            metrics.serve(metrics.Shown("worker"))
    metrics.serve(metrics.Shown("worker"))
    text = httpx.get(f"http://127.0.0.1:{port}/metrics", trust_env=False).text
    assert 'research_crews{process="worker"} 0.0' in text
    assert "research_topics{" not in text  # the site tells it, once


def test_the_tools_have_their_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SERPER_API_KEY", "serper-key-0123456789")
    tools = make_tools(["search", "read"], SourceBook(), "openai/gpt-4o-mini")
    assert {tool.name for tool in tools} == metrics.TOOLS


def call(model: str) -> Event:
    tokens = {"prompt": 100, "completion": 20}
    data = {"model": model, "seconds": 1.5, "tokens": tokens, "call": "c", "agent": "A"}
    return Event(kind="llm.finished", position=1, data=data)


def test_labels_are_bounded_and_counting_is_cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "_models", set())
    before = _value("research_model_calls_total", model="other", outcome="succeeded")
    metrics.observe([call(f"openai/made-up-{number}") for number in range(500)])
    after = _value("research_model_calls_total", model="other", outcome="succeeded")
    assert after - before == 500 - metrics.MOST_MODELS
    same = [call("openai/made-up-1")] * 2000
    begin = time.process_time()
    metrics.observe(same)
    assert (time.process_time() - begin) / len(same) < 50e-6  # 7 µs on a quiet machine


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_is_not_counted() -> None:
    Submission.check(["a topic"], model="offline").submit()
    before = _value("research_queue_wait_seconds_count")

    def claim() -> None:
        record(Topic.objects.claim(Topic.objects.next_in_line(1), "host:1"))

    with transaction.atomic():
        claim()
        transaction.set_rollback(True)
    assert _value("research_queue_wait_seconds_count") == before
    with transaction.atomic():
        claim()
    assert _value("research_queue_wait_seconds_count") == before + 1


def _value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0
