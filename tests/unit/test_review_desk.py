"""The review desk over HTTP, without a script: what it shows, and decisions by plain forms."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from research.runs import control
from research.runs.models import Claim, Decision, Event, Review, Run, Topic
from research.web.export.whole import as_json
from research.web.review.views import PAGE_SIZE
from tests.support.claims import Found, Passage, checked, succeeded

pytestmark = pytest.mark.django_db

DIFFERS = "Source 1 differs: the claim says 21 percent, the source 12 percent."


def page(client: Client, address: str = "/review/") -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def text_of(html: str) -> str:
    """What is read on a page."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html.partition("<main")[2])).split())


def shown(client: Client, address: str = "/review/") -> list[int]:
    """The keys of the claims on a page."""
    return [int(key) for key in re.findall(r'id="claim-([0-9]+)"', page(client, address))]


def fields(html: str, claim: Claim, **more: str) -> dict[str, str]:
    """What a browser sends with a claim's form."""
    form = html.partition(f'action="/review/{claim.pk}/"')[2].partition("</form>")[0]
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
    correction = re.search(r"<textarea[^>]*>(.*?)</textarea>", form, re.S)
    assert correction is not None
    return {name: unescape(value) for name, value in hidden.items()} | {
        "correction": unescape(correction[1]),
        **more,
    }


def press(
    client: Client, claim: Claim, decision: str, address: str = "/review/", **more: str
) -> Any:
    """What answers a button that is pressed on a claim of the page at the address."""
    sent = fields(page(client, address), claim, decision=decision, **more)
    return client.post(f"/review/{claim.pk}/", sent)


def claims_of(topic: Topic) -> list[Claim]:
    return list(topic.claims.order_by("index"))


def test_an_empty_desk_says_what_it_is_for(client: Client) -> None:
    assert "Nothing needs a person. Every sentence of a result is checked" in text_of(page(client))
    assert "Nobody has decided" in page(client, "/review/?state=decided")
    assert "No claim matches" in page(client, "/review/?q=bees")


def test_a_claim_stands_beside_its_passage_with_both_values(client: Client) -> None:
    source = "Bees make honey. Production rose by 12 percent. It rained."
    quote = "Production rose by 12 percent."
    start = source.index(quote)
    evidence = (Passage(1, start, start + len(quote), quote),)
    claim = Found("It rose by 21 percent [1].", "differs", reason=DIFFERS, evidence=evidence)
    topic = succeeded(claim, topic="<b>Honey</b>", sources=(source,))
    html = page(client)
    assert "It rose by <mark>21 percent</mark> [1]." in html
    assert 'Bees make honey. <span class="evidence">Production rose by <mark>12 percent' in html
    assert "The claim 21 percent The source 12 percent" in text_of(html)
    assert "The source says something else" in html and "On &lt;b&gt;Honey" in html
    assert f'href="/runs/{topic.run_id}/1/"' in html


@pytest.mark.parametrize(
    ("verdict", "told"),
    [
        ("invented", "No source that the crew saw says this."),
        ("uncited", "It cites no source, and no source that the crew saw says so."),
        ("unsupported", "No passage of the sources that it cites comes near it."),
    ],
)
def test_where_there_is_no_passage_that_is_said(client: Client, verdict: str, told: str) -> None:
    succeeded(Found("It is.", verdict, reason="9 stands in no source.", evidence=()))
    assert told in page(client) and "9 stands in no source." in page(client)


def test_what_could_not_be_checked_says_so(client: Client) -> None:
    reason = "Not checked: the sentence is longer than 4,000 characters."
    succeeded(Found("It is.", "unsupported", reason=reason, evidence=()))
    assert "It was not checked." in page(client) and reason in page(client)


def test_the_filters_stand_in_the_address(client: Client) -> None:
    bees, wasps = checked("invented", "differs"), checked("uncited", topic="wasps")
    (invented, differs), [uncited] = claims_of(bees), claims_of(wasps)
    assert shown(client) == [invented.pk, differs.pk, uncited.pk]
    assert shown(client, "/review/?verdict=differs") == [differs.pk]
    assert shown(client, "/review/?q=wasps") == [uncited.pk]
    assert shown(client, f"/review/?run={bees.run_id}&verdict=invented") == [invented.pk]
    assert shown(client, "/review/?state=decided") == []
    assert f'name="run" value="{bees.run_id}"' in page(client, f"/review/?run={bees.run_id}")


@pytest.mark.parametrize(
    "query", ["state=x", "verdict=x", "blueprint=x", "run=x", "q=" + "a" * 201]
)
def test_a_filter_that_cannot_be_read_shows_an_error(client: Client, query: str) -> None:
    checked("invented")
    assert 'class="error"' in page(client, f"/review/?{query}")


def test_a_run_that_is_not_there_is_told(client: Client) -> None:
    address = "/review/?run=00000000-0000-0000-0000-000000000000"
    assert "There is no such run." in page(client, address)


@pytest.mark.parametrize("place", ["after=x", "before=1-2", "after=" + "9" * 30])
def test_a_page_that_is_none_is_a_404(client: Client, place: str) -> None:
    assert client.get(f"/review/?{place}").status_code == 404


def test_pages_lead_on_and_keep_the_filter(client: Client) -> None:
    checked(*["differs"] * (PAGE_SIZE + 3))
    checked("invented")
    first = "/review/?verdict=differs"
    html = page(client, first)
    following = re.search(r'rel="next" id="more" href="([^"]*)"', html)
    assert following is not None and 'rel="prev"' not in html
    second = "/review/" + unescape(following[1])
    assert "verdict=differs" in second and len(shown(client, second)) == 3
    back = re.search(r'rel="prev" href="([^"]*)"', page(client, second))
    assert back is not None
    assert shown(client, "/review/" + unescape(back[1])) == shown(client, first)


def test_the_link_counts_what_needs_a_person(client: Client) -> None:
    assert 'class="count"' not in page(client, "/runs/")
    checked("invented", "quoted", "differs")
    assert 'class="count" title="Claims that need a person">2<' in page(client, "/runs/")


# Decisions --------------------------------------------------------------------------------------


@pytest.mark.parametrize("decision", ["accepted", "rejected"])
def test_a_decision_leads_on_to_the_next_claim(client: Client, decision: str) -> None:
    first, second = claims_of(checked("invented", "invented"))
    answer = press(client, first, decision, "/review/?verdict=invented")
    assert answer.status_code == 302
    assert answer["location"] == f"/review/?verdict=invented#claim-{second.pk}"
    claim = Claim.objects.get(pk=first.pk)
    assert (claim.decision, claim.decided_by.get_username()) == (decision, "local")  # type: ignore[union-attr]
    assert f"is {decision}" in page(client)
    assert shown(client) == [second.pk]


def test_a_correction_is_kept_with_who_and_when_and_exported(client: Client) -> None:
    topic = checked("invented")
    [claim] = claims_of(topic)
    press(client, claim, "corrected", correction=" It is\r\n12. ")
    html = page(client, "/review/?state=decided")
    assert "Corrected by local," in text_of(html) and "It is\n12." in html
    [exported] = as_json(Run.objects.get())["topics"][0]["claims"]
    assert exported["correction"] == "It is\n12."
    assert exported["decision"]["by"] == "local" and exported["decision"]["at"]


def test_a_decision_is_taken_back(client: Client) -> None:
    [claim] = claims_of(checked("invented"))
    press(client, claim, "accepted")
    press(client, claim, "", "/review/?state=decided")
    assert "is open again" in page(client)
    assert shown(client) == [claim.pk]


def test_reviews_of_topic_and_run_follow(client: Client) -> None:
    topic = checked("invented", "quoted", "differs")
    invented, _, differs = claims_of(topic)
    press(client, invented, "accepted")
    assert Topic.objects.get().review == Review.UNREVIEWED
    press(client, differs, "rejected")
    assert Topic.objects.get().review == Review.REJECTED
    told = Event.objects.filter(kind__in=["topic.reviewed", "run.reviewed"]).order_by("seq")
    assert [(event.kind, event.data["state"]) for event in told] == [
        ("topic.reviewed", "rejected"),
        ("run.reviewed", "rejected"),
    ]
    assert "it is rejected" in text_of(page(client, "/review/?state=decided"))


def test_the_second_reviewer_is_told_and_keeps_what_they_wrote(client: Client) -> None:
    topic = checked("invented")
    [claim] = claims_of(topic)
    sent = fields(page(client), claim, decision="corrected", correction="Mine <12>.")
    ann = client.get("/review/").wsgi_request.user.__class__.objects.create(username="ann")
    control.decide(topic.run, 1, 0, Decision.CORRECTED, ann, "Hers.")
    answer = client.post(f"/review/{claim.pk}/", sent)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "In the meantime ann corrected this claim." in html
    assert "Hers." in html and "Mine &lt;12&gt;.</textarea>" in html
    assert Claim.objects.get().correction == "Hers."
    again = fields(html, claim, decision="corrected")
    assert client.post(f"/review/{claim.pk}/", again).status_code == 302
    assert Claim.objects.get().correction == "Mine <12>."


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"decision": "wonderful"}, "a decision is accepted, rejected or corrected"),
        ({}, "a decision is accepted, rejected or corrected"),
        ({"decision": "corrected", "correction": " \r\n"}, "The correction is empty."),
        ({"decision": "corrected", "correction": "x" * 4001}, "4001 characters long"),
    ],
)
def test_what_cannot_be_kept_is_refused_in_a_sentence(
    client: Client, sent: dict[str, str], told: str
) -> None:
    [claim] = claims_of(checked("invented"))
    answer = client.post(f"/review/{claim.pk}/", sent)
    assert answer.status_code == 400 and told in answer.content.decode()
    assert not Claim.objects.get().is_decided


def test_a_claim_of_an_earlier_result_is_shown_and_not_decided(client: Client) -> None:
    topic = checked("invented")
    [claim] = claims_of(topic)
    sent = fields(page(client), claim, decision="corrected", correction="Mine.")
    press(client, claim, "rejected")
    control.retry(Run.objects.get(), [1])
    answer = client.post(f"/review/{claim.pk}/", sent)
    assert answer.status_code == 409 and "still queued" in answer.content.decode()
    assert "You wrote: Mine." in text_of(answer.content.decode())
    html = page(client, f"/review/{claim.pk}/")
    assert "this claim is of an earlier result" in html and "<form class=" not in html


def test_what_is_not_there_is_not_found(client: Client) -> None:
    for method in (client.get, client.post):
        assert method("/review/999/", {"decision": "accepted"}).status_code == 404
    assert client.post("/review/").status_code == 405


def test_a_script_gets_the_claim_alone(client: Client) -> None:
    [claim] = claims_of(checked("invented"))
    sent = {"decision": "accepted", "back": "q=b", "next": "7"}
    answer = client.post(f"/review/{claim.pk}/", sent, headers={"x-requested-with": "fetch"})
    html = answer.content.decode()
    assert answer.status_code == 200 and "<main" not in html
    assert "Accepted" in html and 'name="back" value="q=b"' in html and "data-open" not in html


def test_a_reviewers_way_back_stays_on_the_site(client: Client) -> None:
    [claim] = claims_of(checked("invented"))
    sent = {"decision": "accepted", "back": "//evil.example/?x", "next": "javascript:1"}
    answer = client.post(f"/review/{claim.pk}/", sent)
    assert answer["location"].startswith("/review/?") and "#" not in answer["location"]
