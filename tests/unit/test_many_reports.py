"""`?open=all` is bounded by how much there is to show, and says what it leaves out."""

import re

import pytest
from django.test import Client

from research.runs.events import record
from research.runs.models import Run, Topic
from research.runs.submission import Submission
from research.web.pages.reports import MANY_CLAIMS

pytestmark = pytest.mark.django_db


def run_with(*claims: int) -> Run:
    """A run of topics that have so many claims, as far as their counts tell."""
    run = Submission.check([f"Topic {at}" for at in range(len(claims))], model="offline").submit()
    Topic.objects.claim(Topic.objects.next_in_line(len(claims)), "here:1")
    for topic, number in zip(run.topics.order_by("position"), claims, strict=True):
        record(topic.succeed(f"Result {topic.position}."))
        Topic.objects.filter(pk=topic.pk).update(checked={"claims": number})
    return run


def opened(client: Client, address: str) -> tuple[list[int], str]:
    page = client.get(address).content.decode()
    following = re.search(r'id="left-out" href="([^"]*)"', page)
    shown = [int(n) for n in re.findall(r'id="topic-(\d+)-report"', page)]
    return shown, following[1] if following else ""


def test_reports_that_are_too_much_are_left_to_the_next_page(client: Client) -> None:
    run = run_with(MANY_CLAIMS - 1, 1, 1, MANY_CLAIMS + 1, 5)
    address = run.get_absolute_url()
    shown, following = opened(client, f"{address}?open=all")
    assert (shown, following) == ([1, 2], "?open=3,4,5")
    seen = shown
    while following:
        shown, following = opened(client, address + following)
        seen = [*seen, *shown]
    assert seen == [1, 2, 3, 4, 5]


def test_a_page_that_holds_all_says_nothing(client: Client) -> None:
    run = run_with(3, 4)
    assert opened(client, f"{run.get_absolute_url()}?open=all") == ([1, 2], "")
    assert opened(client, run.get_absolute_url()) == ([], "")
