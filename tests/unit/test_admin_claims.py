"""Claims in the admin: listed, filtered, and shown with the topic; nothing is changed there."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from research.runs.models import Claim, Topic
from tests.support.claims import Found
from tests.support.rows import LISTS, change_page, make_run, page_of

pytestmark = pytest.mark.django_db


def checked(text: str, *verdicts: str) -> Topic:
    """A topic with a claim for each verdict, all of which are its first words."""
    topic = make_run(text).topics.get()
    claims = [
        Found(f"{text} is {verdict}.", verdict, 2, 2 + len(text) + 4, reason=f"So {verdict}.")
        for verdict in verdicts
    ]
    topic.keep_claims(claims)
    return topic


def test_a_topic_shows_what_its_result_claims(client: Client) -> None:
    topic = checked("bees", "differs")
    page = page_of(client, change_page(topic))
    assert "1 claim: 1 differs" in page and "≠ differs" in page and "So differs." in page
    assert f'href="{LISTS["claim"]}?topic__id__exact={topic.pk}"' in page
    assert "<mark>All of it.</mark>" in page and 'id="topic-1-claim-0"' in page


def test_claims_are_found_by_verdict_run_and_words(client: Client) -> None:
    bees, wasps = checked("bees", "differs", "quoted"), checked("wasps", "invented")
    for query, there, not_there in (
        ({"verdict__exact": "differs"}, "bees is differs.", "wasps is invented."),
        ({"topic__run__id__exact": str(wasps.run_id)}, "wasps is", "bees is differs."),
        ({"topic__id__exact": str(bees.pk)}, "bees is differs.", "wasps is"),
        ({"q": "quoted"}, "bees is quoted.", "bees is differs."),
        ({"awaiting__exact": "0"}, "bees is quoted.", "bees is differs."),
    ):
        page = page_of(client, LISTS["claim"], **query)
        assert there in page and not_there not in page, query


def test_claims_of_earlier_results_are_left_out_until_asked_for(client: Client) -> None:
    topic = checked("bees", "differs")
    Topic.objects.update(attempt=2)
    assert "bees is differs." not in page_of(client, LISTS["claim"])
    assert "bees is differs." in page_of(client, LISTS["claim"], result="all")
    assert topic.claims.count() == 1


def test_a_claim_is_only_read(client: Client) -> None:
    claim = checked("bees", "invented").claims.get()
    page = page_of(client, change_page(claim))
    assert "✕" in page and "So invented." in page and "<mark>All of it.</mark>" in page
    assert reverse("review-claim", args=[claim.pk]) in page and 'type="submit"' not in page
    assert client.get(reverse("admin:research_claim_add")).status_code == 403
    assert client.post(change_page(claim), {"verdict": "quoted"}).status_code == 403
    assert Claim.objects.get().verdict == "invented"


def test_topics_are_found_by_what_their_check_found(client: Client) -> None:
    checked("bees", "differs", "quoted")
    checked("wasps", "supported")
    make_run("ants")
    for query, found in (("differs", "bees"), ("held", "wasps"), ("unchecked", "ants")):
        page = page_of(client, LISTS["topic"], claims=query)
        others = {"bees", "wasps", "ants"} - {found}
        assert f">{found}</a>" in page, query
        assert not [other for other in others if f">{other}</a>" in page]


def test_a_list_costs_as_many_queries_for_50_claims_as_for_5(client: Client) -> None:
    page_of(client, LISTS["claim"])  # the first request makes the local user
    costs: list[Any] = []
    for number in (5, 50):
        while Claim.objects.count() < number:
            checked("bees", *["invented"] * 5)
        with CaptureQueriesContext(connection) as queries:
            page_of(client, LISTS["claim"])
        costs.append(len(queries))
    assert costs[0] == costs[1]
